"""What an index is asked: of one description, and of several that share keypoints."""

import numpy as np
import pytest

from udata_mediadb.recognition.match.description import MatchDescription
from udata_mediadb.recognition.match.features import VARIANTS
from udata_mediadb.recognition.match.inverted.query import (
    IndexQuery,
    distinct_rows,
    index_query,
    prepare_queries,
)
from udata_mediadb.recognition.match.inverted.vocabulary import Vocabulary
from udata_mediadb.recognition.registry import new_registry


def test_several_are_asked_as_each_of_them_alone(
    vocabulary: Vocabulary, descriptions: list[MatchDescription]
) -> None:
    whole = descriptions[0]
    windows = [slice(0, 300), slice(100, 900), slice(550, 700)]

    together = [whole.only(rows) for rows in windows]
    prepare_queries(vocabulary, together)
    for window, rows in zip(together, windows, strict=True):
        alone = index_query(vocabulary, whole.only(rows), VARIANTS)
        assert_same(index_query(vocabulary, window, VARIANTS), alone)


def test_what_was_prepared_is_taken(
    vocabulary: Vocabulary, descriptions: list[MatchDescription], blank: MatchDescription
) -> None:
    one = descriptions[1].only(slice(None))

    prepare_queries(vocabulary, [one, blank])
    assert index_query(vocabulary, one, VARIANTS) is index_query(vocabulary, one, VARIANTS)
    assert not blank.asked
    only_plain = index_query(vocabulary, one, VARIANTS[:1])  # another index may ask less
    assert len(only_plain.variants) == min(len(one), 1000)


def test_the_match_signature_prepares_its_queries(descriptions: list[MatchDescription]) -> None:
    one = descriptions[2].only(slice(None))

    new_registry()["match"].prepare([one])
    assert one.asked


@pytest.mark.parametrize("equal_sums", [False, True])
def test_each_row_is_there_once(*, equal_sums: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if equal_sums:
        monkeypatch.setattr(
            "udata_mediadb.recognition.match.inverted.query._ODD", np.zeros(8, np.uint64)
        )
    some = np.random.default_rng(1).integers(0, 32, (30, 64), np.uint8)
    parts = [some[:20], some[10:], some[5:6]]

    rows, places = distinct_rows(parts)
    assert len(rows) == (41 if equal_sums else 30)
    for part, own in zip(parts, places, strict=True):
        assert (rows[own] == part).all()


def assert_same(found: IndexQuery, expected: IndexQuery) -> None:
    assert found.words.shape == expected.words.shape
    # products round differently in other shapes
    assert np.mean(found.words == expected.words) >= 0.999
    assert np.mean(found.codes == expected.codes) >= 0.998
    for name in ("voters", "geometry", "variants"):
        assert (getattr(found, name) == getattr(expected, name)).all()
