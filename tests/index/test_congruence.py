"""All ways to the same answer give the same answer."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.images import Pixels
from udata_mediadb.recognition import side_by_side
from udata_mediadb.recognition.exact import ExactIndex
from udata_mediadb.recognition.match.description import MatchDescription
from udata_mediadb.recognition.match.inverted import scan_numpy
from udata_mediadb.recognition.match.inverted.index import InvertedIndex
from udata_mediadb.recognition.match.inverted.postings import Postings, sorted_postings
from udata_mediadb.recognition.match.inverted.query import IndexQuery
from udata_mediadb.recognition.match.inverted.vocabulary import Vocabulary
from udata_mediadb.recognition.match.votes import voting_vectors

from .conftest import described
from .merged import merge_segments

pytestmark = pytest.mark.slow

WORDS = 50


def _attacked(pixels: Pixels) -> dict[str, Pixels]:
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 30, 0.8)
    return {
        "cropped": pixels[40:250, 60:330],
        "turned": cv2.warpAffine(pixels, turn, (width, height)),
        "smaller": cv2.resize(pixels, (200, 150), interpolation=cv2.INTER_AREA),
        "mirrored": pixels[:, ::-1],
        "negative": 255 - pixels,
        "mirrored negative": 255 - pixels[:, ::-1],
    }


def test_copies_are_found_as_the_exact_index_finds_them(
    vocabulary: Vocabulary, pictures: list[Pixels], descriptions: list[MatchDescription]
) -> None:
    exact, inverted = ExactIndex(voting_vectors), InvertedIndex(vocabulary)
    for index in (exact, inverted):
        index.add(range(len(descriptions)), descriptions)

    found = {"exact": 0, "inverted": 0}
    for number, pixels in enumerate(pictures[:4]):
        for copy in _attacked(pixels).values():
            query = described(copy)
            found["exact"] += exact.shortlist(query, 1)[0][0] == number
            found["inverted"] += inverted.shortlist(query, 1)[0][0] == number
    assert found["inverted"] >= 23
    assert found["exact"] >= 23


@pytest.mark.parametrize("length", [3, 400, 3000])
def test_compiled_scan_gives_the_same_in_the_same_order(length: int) -> None:
    scan_numba = pytest.importorskip("udata_mediadb.recognition.match.inverted.scan_numba")
    postings, query = _random_postings(length), _random_query()

    expected = scan_numpy.scan(postings, query, 26)
    assert len(expected[0])
    for one, other in zip(expected, scan_numba.scan(postings, query, 26), strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("helpers", [0, 3])
@pytest.mark.parametrize("of_group", [1, 500, 30_000])
def test_scan_by_several_threads_gives_the_same_in_the_same_order(
    of_group: int, helpers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan_numba = pytest.importorskip("udata_mediadb.recognition.match.inverted.scan_numba")
    monkeypatch.setattr(scan_numba, "_POSTINGS_OF_GROUP", of_group)
    monkeypatch.setattr(side_by_side._OfProcess, "helpers", side_by_side.Helpers(helpers))
    postings, query = _random_postings(3000), _random_query()
    few = IndexQuery(query.words[:1], query.codes[:1], query.voters[:1], *_about_voters(query))

    for asked in (query, few):
        expected = scan_numpy.scan(postings, asked, 26)
        for one, other in zip(expected, scan_numba.scan(postings, asked, 26), strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)


def test_scan_gives_exactly_the_postings_within_the_threshold() -> None:
    postings, query = _random_postings(200), _random_query()

    expected = {
        (position, row)
        for row in range(len(query))
        for position in range(
            postings.offsets[query.words[row]], postings.offsets[query.words[row] + 1]
        )
        if bin(int(postings.codes[position]) ^ int(query.codes[row])).count("1") <= 26
    }
    positions, rows, distances = scan_numpy.scan(postings, query, 26)
    assert set(zip(positions.tolist(), rows.tolist(), strict=True)) == expected
    assert distances.max() <= 26


def test_ranking_is_the_same_with_both_scans(
    vocabulary: Vocabulary, descriptions: list[MatchDescription]
) -> None:
    scan_numba = pytest.importorskip("udata_mediadb.recognition.match.inverted.scan_numba")
    one = InvertedIndex(vocabulary, scan=scan_numpy.scan)
    other = InvertedIndex(vocabulary, scan=scan_numba.scan)
    for index in (one, other):
        index.add(range(20), descriptions[:20])

    for description in descriptions[:4]:
        assert one.shortlist(description, 20) == other.shortlist(description, 20)


def test_segments_and_delta_rank_like_one_merged_segment(
    vocabulary: Vocabulary, descriptions: list[MatchDescription], tmp_path: Path
) -> None:
    spread, whole = InvertedIndex(vocabulary), InvertedIndex(vocabulary)
    spread.add(range(8), descriptions[:8])
    spread.flush(tmp_path / "a")
    spread.add(range(8, 14), descriptions[8:14])
    spread.flush(tmp_path / "b")
    spread.add(range(14, 20), descriptions[14:20])
    whole.add(range(20), descriptions[:20])
    asked = descriptions[::5]
    before = [spread.shortlist(d, 10) for d in asked]
    segments, dead = zip(*spread.segments, strict=True)
    spread.replace(segments, merge_segments(tmp_path / "ab", segments, dead, vocabulary))

    assert len(spread.segments) == 1
    for description, earlier in zip(asked, before, strict=True):
        now, as_one = spread.shortlist(description, 10), whole.shortlist(description, 10)
        assert [i for i, _ in now] == [i for i, _ in earlier] == [i for i, _ in as_one]
        np.testing.assert_allclose([s for _, s in now], [s for _, s in as_one])


def _random_postings(length: int) -> Postings:
    random = np.random.default_rng(1)
    count = WORDS * length
    return sorted_postings(
        WORDS,
        random.integers(0, WORDS - 1, count, np.int32),  # the last word has no postings
        random.integers(0, 1000, count, np.uint32),
        random.integers(0, 2**64, count, np.uint64),
        random.integers(0, 2**16, count, np.uint16),
        random.integers(0, 2**64, 4 * 1000, np.uint64),
    )


def _about_voters(query: IndexQuery) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    return query.geometry, query.variants


def _random_query() -> IndexQuery:
    random = np.random.default_rng(2)
    return IndexQuery(
        words=np.r_[WORDS - 1, random.integers(0, WORDS, 40)].astype(np.int32),
        codes=random.integers(0, 2**64, 41, np.uint64),
        voters=np.arange(41, dtype=np.int32) // 3,
        geometry=random.integers(0, 2**16, 14, np.uint16),
        variants=np.zeros(14, np.uint8),
    )
