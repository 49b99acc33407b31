from flows.aligned import aligned, width


def test_chinese_characters_are_two_columns_wide() -> None:
    assert width("云麓区 a") == 8


def test_numbers_stand_to_the_right_and_words_to_the_left() -> None:
    assert aligned(("district", "n"), [("云麓区", 5), ("a", 120), ("b", None)]) == (
        "district    n\n--------  ---\n云麓区      5\na         120\nb           -"
    )
