from importlib.resources import files

import pytest

from schemas.errors import FormError
from schemas.indicators import load_codebook, read_codebook

ENTRY = """
requests.received:
  label: 收到申请数
  definition: requests received
  unit: 件
  dimension: requests
  units: [requests]
  channels: []
  phrases: ["@receive ~@application"]
"""


def phrases() -> str:
    return files("schemas").joinpath("phrases.yaml").read_text(encoding="utf-8")


def test_codebook_holds_every_indicator_once_with_its_cell() -> None:
    book = load_codebook()
    assert len([name for name in book.indicators if not name.startswith("x.")]) == 149
    assert book.indicators["requests.granted"].cells == ("requests/granted/total", "statistics_2014/replies.granted")
    assert book.indicators["disclosed.items"].channels == frozenset(book.channels)
    assert book.indicators["requests.received"].channels == frozenset()
    assert dict(book.indicators["disclosed.items"].channel_cells)["wechat"] == "statistics_2014/channel.wechat"


def test_words_carry_their_classes_channels_and_cues() -> None:
    features = load_codebook().features
    assert features["公开栏"] >= {"@board", "#bulletin_board"}
    assert "#website" in features["门户网站"]
    assert "!increase" in features["增长"]


def test_small_codebook_is_read() -> None:
    book = read_codebook(ENTRY, phrases())
    (phrase,) = book.indicators["requests.received"].phrases
    assert [element.may_be_earlier for element in phrase.elements] == [False, True]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("label: 收到申请数", "lable: 收到申请数", "indicators.yaml: requests.received.label"),
        ("units: [requests]", "units: [requets]", "indicators.yaml: requests.received.units: no group"),
        ("~@application", "~@aplication", "'@aplication'"),
        ("@receive ~", "~@receive ~", "must open with an element beside the number"),
        ("  channels: []", "  channels: []\n  wholes: [requests.nothing]", "'requests.nothing' is no indicator"),
        ("  channels: []", "  channels: [", "indicators.yaml:10: not valid YAML"),
        ('["@receive ~@application"]', "[]", "requests.received.phrases"),
    ],
)
def test_wrong_codebook_names_file_key_and_reason(old: str, new: str, reason: str) -> None:
    with pytest.raises(FormError, match=r"indicators\.yaml") as caught:
        read_codebook(ENTRY.replace(old, new), phrases())
    assert reason in str(caught.value)


def test_unknown_key_of_the_phrases_is_an_error() -> None:
    with pytest.raises(FormError, match=r"phrases\.yaml: extra"):
        read_codebook(ENTRY, phrases() + "\nextra: 词\n")
