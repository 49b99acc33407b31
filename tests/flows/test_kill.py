from killing import kill_everywhere
from sample_items import cells_of, item_of

from flows.normalize import normalize


def test_latest_verifies_wherever_a_publication_is_killed():
    items = [item_of(publisher, 2018) for publisher in ("9901010001", "3213020001")]
    other = item_of("3213020001", 2018, body="again", cells=cells_of("2014", add=7))
    lines, counts = kill_everywhere(normalize(items), normalize([items[0], other]), 20)
    assert lines > 1000
    assert sum(counts.values()) == 20
    assert counts["after"] >= 1
    assert set(counts) == {"before", "after"}
