"""Which candidates are looked at, and what becomes of what many share."""

from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import picture, pixels
from udata_mediadb.recognition.looking import Look, look
from udata_mediadb.recognition.match.signature import MatchSignature
from udata_mediadb.recognition.verification import verified

SIGNATURE = MatchSignature()
LOGO = cv2.resize(pixels(99), (200, 130), interpolation=cv2.INTER_AREA)  # 8 % of a picture


def described(array: np.ndarray) -> Any:
    return SIGNATURE.describe(picture(array))


def with_logo(seed: int) -> np.ndarray:
    marked = pixels(seed).copy()
    marked[-140:-10, -210:-10] = LOGO
    return marked


class Stored:
    """Descriptions by name, and how many were asked for."""

    def __init__(self, descriptions: Sequence[Any]) -> None:
        self.descriptions = {str(i): one for i, one in enumerate(descriptions)}
        self.loaded: list[str] = []

    def __call__(self, _: Any, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
        for name in names:
            self.loaded.append(name)
            yield name, self.descriptions[name]


def accepted(query: Any, stored: Stored, **options: Any) -> list[str]:
    ranked = [(name, 1.0) for name in stored.descriptions]
    signature = SIGNATURE.asked(min_box=options.pop("min_box", None), every=False, alone=True)
    found = look(signature, query, lambda: None, lambda _, k: [ranked[:k]], Look(**options), stored)
    return [name for name, comparison in found if comparison.accepted]


@pytest.fixture(scope="module")
def marked() -> list[Any]:
    return [described(with_logo(seed)) for seed in range(8)]


def test_pictures_with_one_logo_do_not_match_each_other(marked: list[Any]) -> None:
    query = described(with_logo(20))
    assert accepted(query, Stored(marked)) == []
    ranked = [(str(i), 1.0) for i in range(8)]
    found = look(SIGNATURE, query, lambda: None, lambda _, k: [ranked[:k]], Look(), Stored(marked))
    assert [comparison.decision for _, comparison in found] == ["shared_part"] * 8


def test_a_copy_among_pictures_with_its_logo_is_found(marked: list[Any]) -> None:
    assert accepted(described(with_logo(3)[:, 60:]), Stored(marked)) == ["3"]


def test_a_picture_that_hangs_in_many_photos_is_found_in_all(marked: list[Any]) -> None:
    assert len(accepted(described(LOGO), Stored(marked))) == 8


def test_a_larger_box_may_be_asked_for(marked: list[Any]) -> None:
    query = described(with_logo(20))
    assert accepted(query, Stored(marked[:3]), min_box=0.5) == []
    assert accepted(described(with_logo(1)), Stored(marked[:3]), min_box=0.5) == ["1"]


@pytest.mark.slow
def test_a_picture_stored_a_hundred_times_is_found_a_hundred_times() -> None:
    copy = described(pixels(1, 320, 240))
    assert len(accepted(copy, Stored([copy] * 100))) == 100


def test_candidates_that_score_like_strangers_are_left_out_after_some_in_vain() -> None:
    copy, other = described(pixels(1, 320, 240)), described(pixels(2, 320, 240))
    stored = Stored([copy] + [other] * 99)
    ranked = [("0", 50.0), *((str(i), 1.0) for i in range(1, 100))]
    found = verified(SIGNATURE, copy, ranked, 20, load=stored)
    assert [name for name, comparison in found if comparison.accepted] == ["0"]
    assert len(stored.loaded) == 8  # one hit, six in vain, and the one whose score ends it

    every = Stored([copy] + [other] * 99)
    verified(SIGNATURE, copy, ranked, 20, every=True, load=every)
    assert len(every.loaded) == 20


@pytest.mark.parametrize(("size", "looked_at"), [(12, 12), (40, 8)])
def test_of_a_small_library_the_worse_half_tells_what_strangers_score(
    size: int, looked_at: int
) -> None:
    copy, other = described(pixels(1, 320, 240)), described(pixels(2, 320, 240))
    stored = Stored([copy] + [other] * (size - 1))
    ranked = [("0", 50.0), *((str(i), 1.0) for i in range(1, size))]
    found = verified(SIGNATURE, copy, ranked, 20, load=stored)
    assert [name for name, comparison in found if comparison.accepted] == ["0"]
    assert len(stored.loaded) == looked_at  # of a dozen nobody knows


def test_a_high_score_is_looked_at_however_many_were_in_vain() -> None:
    copy, other = described(pixels(1, 320, 240)), described(pixels(2, 320, 240))
    stored = Stored([other] * 15 + [copy] + [other] * 84)
    ranked = [(str(i), 20.0 if i < 16 else 1.0) for i in range(100)]
    found = verified(SIGNATURE, copy, ranked, 20, load=stored)
    assert [name for name, comparison in found if comparison.accepted] == ["15"]
