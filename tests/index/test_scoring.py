"""Whose votes add up."""

from dataclasses import replace

import numpy as np

from udata_mediadb.recognition.match.inverted.scoring import best_images, one_per_voter
from udata_mediadb.recognition.match.inverted.votes import Votes

IDF = np.full(10, 5.0, np.float32)
PLAIN = np.zeros(100, np.uint8)


def votes(*rows: tuple[int, ...]) -> Votes:
    """Of (image, voter, distance, turn, zoom)."""
    images, voters, distances, turns, zooms = np.array(rows).T
    return Votes(
        images.astype(np.uint32),
        voters.astype(np.int32),
        distances.astype(np.uint8),
        np.zeros(len(rows), np.int32),
        turns.astype(np.uint8),
        zooms.astype(np.int16),
    )


def scores(of: Votes, variants: np.ndarray = PLAIN, k: int = 50) -> dict[int, float]:
    images, found = best_images(of, variants, IDF, k)
    return dict(zip(images.tolist(), found.tolist(), strict=True))


def test_votes_of_one_turn_and_zoom_add_up() -> None:
    agreeing = votes(*((7, voter, 5, 40, 8) for voter in range(6)))
    scattered = votes(*((7, voter, 5, 40 * voter, 8) for voter in range(6)))

    assert scores(agreeing)[7] > 4 * scores(scattered)[7]


def test_votes_near_the_border_of_a_bin_still_add_up() -> None:
    both_sides = votes((7, 0, 5, 15, 7), (7, 1, 5, 17, 8))
    same_side = votes((7, 0, 5, 17, 8), (7, 1, 5, 17, 8))

    assert scores(both_sides)[7] == scores(same_side)[7]


def test_a_voter_has_one_vote_for_an_image() -> None:
    once = votes((7, 0, 5, 40, 8))
    often = votes((7, 0, 5, 40, 8), (7, 0, 6, 40, 8), (7, 0, 9, 40, 8))

    assert scores(often) == scores(once)


def test_it_does_not_matter_in_which_order_equal_votes_come() -> None:
    """Equal but for the word, of which one is rarer: found with 100,000 pictures in four shards."""
    chance = np.random.default_rng(5)
    same = votes(*((image, 0, 3, 9, 1) for image in range(200) for _ in range(3)))
    same = replace(same, words=np.tile(np.array([7, 2, 5], np.int32), 200))
    wanted = one_per_voter(same)

    assert set(wanted.words.tolist()) == {2}
    for _ in range(5):
        found = one_per_voter(same.only(chance.permutation(len(same))))
        assert all(np.array_equal(a, vars(found)[name]) for name, a in vars(wanted).items())


def test_close_codes_weigh_more() -> None:
    assert scores(votes((7, 0, 2, 0, 0)))[7] > scores(votes((7, 0, 12, 0, 0)))[7]


def test_readings_do_not_help_each_other() -> None:
    variants = np.array([0, 0, 1, 1], np.uint8)
    two_each = votes(*((7, voter, 5, 40, 8) for voter in range(4)))
    two = votes(*((7, voter, 5, 40, 8) for voter in range(2)))

    assert scores(two_each, variants) == scores(two, variants)


def test_what_many_images_share_weighs_less_than_what_one_has() -> None:
    logo = [(image, voter, 0, 0, 0) for image in range(100) for voter in range(20)]
    own = [(500, voter, 10, 0, 0) for voter in range(20, 26)]

    found = scores(votes(*logo, *own))
    assert max(found, key=lambda image: found[image]) == 500


def test_best_come_first_and_equals_by_id() -> None:
    images, found = best_images(
        votes((9, 0, 5, 0, 0), (4, 1, 5, 0, 0), (6, 2, 1, 0, 0), (8, 3, 20, 0, 0)), PLAIN, IDF, 3
    )

    assert images.tolist() == [6, 4, 9]
    assert found[0] > found[1] == found[2]


def test_no_votes_no_images() -> None:
    empty = votes((1, 0, 0, 0, 0)).only(np.zeros(1, bool))

    assert scores(empty) == {}
