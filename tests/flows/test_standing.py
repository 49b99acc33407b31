from flows.standing import Peers, Place


def test_rank_counts_down_from_the_highest_and_ties_share_it():
    peers = Peers([("a", 0.1), ("a", 0.5), ("a", 0.5), ("a", 0.9), ("b", 0.2)])
    assert peers.place("a", 0.9) == Place(1, 4, 87.5)
    assert peers.place("a", 0.5) == Place(2, 4, 50.0)
    assert peers.place("a", 0.1) == Place(4, 4, 12.5)
    assert peers.place("b", 0.2) == Place(1, 1, 50.0)


def test_median_of_even_odd_and_no_values():
    peers = Peers([("even", 1.0), ("even", 2.0), ("odd", 3.0)])
    assert (peers.median("even"), peers.median("odd"), peers.median("none")) == (1.5, 3.0, None)
