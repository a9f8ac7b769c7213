"""Packed postings say what the postings they were made of say, whatever the numbers of images."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from udata_mediadb.recognition.match.description import MatchDescription
from udata_mediadb.recognition.match.inverted.cold import KEPT_BYTES, ColdMap, share_memory
from udata_mediadb.recognition.match.inverted.index import InvertedIndex
from udata_mediadb.recognition.match.inverted.merging import Part, merge
from udata_mediadb.recognition.match.inverted.packed_postings import PackedPostings
from udata_mediadb.recognition.match.inverted.postings import sorted_postings
from udata_mediadb.recognition.match.inverted.segment import Segment
from udata_mediadb.recognition.match.inverted.segment_writing import write_segment
from udata_mediadb.recognition.match.inverted.vocabulary import Vocabulary
from udata_mediadb.recognition.segments.files import BadSegment
from udata_mediadb.recognition.segments.id_sets import id_set

from ..indexing.kinds import WORDS, keypoints
from ..indexing.kinds import vocabulary as small_vocabulary
from .former_segments import write_former
from .merged import merge_segments

RANGE = 1 << 16
D = MatchDescription


def drawn(images: NDArray[np.uint32], count: int, seed: int) -> Part:
    """So many postings of random ones of these images; the last word has none."""
    chance = np.random.default_rng(seed)
    postings = sorted_postings(
        WORDS,
        chance.integers(0, WORDS - 1, count, np.int32),
        chance.choice(images, count),
        chance.integers(0, 2**64, count, np.uint64),
        chance.integers(0, 2**16, count).astype(np.uint16),
        chance.integers(0, 2**64, 4 * len(images), np.uint64),
    )
    return Part(postings, images)


def rows(part: Part) -> list[tuple[int, ...]]:
    """All postings with their words, in the order of their content."""
    postings = part.postings
    words = np.repeat(np.arange(WORDS), np.diff(postings.offsets))
    ids, geometry = postings.between(0, len(postings))
    columns = (words, ids, postings.codes, geometry)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize(
    ("images", "count"),
    [
        (np.arange(1, 500), 4000),
        (np.arange(RANGE), 9000),
        (np.arange(RANGE + 1), 9000),
        (np.arange(1, 5 * RANGE, 2), 30_000),  # half of the numbers are not there
        (np.r_[3, 2**32 - 2, 2**31], 300),
        (np.arange(0, 2**32 - 1, 2**14), 5000),  # four ranges, far apart
        (np.arange(40), 0),
    ],
)
def test_each_posting_has_its_image_and_geometry(
    images: NDArray[np.int64], count: int, tmp_path: Path
) -> None:
    part = drawn(id_set(images), count, 1)
    write_segment(tmp_path / "segment", [part], small_vocabulary())

    segment = Segment.open(tmp_path / "segment", "test-1")
    segment.check()
    written = segment.part(id_set([]))
    assert rows(written) == rows(part)
    assert np.array_equal(written.images, part.images)
    positions = np.random.default_rng(2).permutation(count)[: count // 3]
    ids, geometry = written.postings.between(0, count)
    words = np.searchsorted(written.postings.offsets, positions, side="right") - 1
    at = written.postings.at(positions, words.astype(np.int32))
    assert np.array_equal(at[0], ids[positions])
    assert np.array_equal(at[1], geometry[positions])
    for start in range(0, count, 997):
        stop = min(start + 997, count)
        assert np.array_equal(written.postings.between(start, stop)[0], ids[start:stop])


def test_merged_segments_have_what_is_live_in_each(tmp_path: Path) -> None:
    """Of three ranges, in another order, with dead ones and images that alternate."""
    parts = [
        drawn(id_set(np.arange(1, 3 * RANGE, 3)), 20_000, 1),
        drawn(id_set(np.arange(0, 3 * RANGE, 3)), 20_000, 2),
        drawn(id_set(np.arange(4 * RANGE, 5 * RANGE)), 10_000, 3),
    ]
    dead = [id_set(np.arange(1, RANGE, 6)), id_set([]), id_set([4 * RANGE])]
    segments = []
    for number, part in enumerate(parts):
        write_segment(tmp_path / str(number), [part], small_vocabulary())
        segments.append(Segment.open(tmp_path / str(number), "test-1"))

    merged = merge_segments(tmp_path / "all", segments[::-1], dead[::-1], small_vocabulary())

    merged.check()
    kept = [part.with_dead(gone) for part, gone in zip(parts, dead, strict=True)]
    expected = merge(kept)
    assert rows(merged.part(id_set([]))) == rows(expected)
    assert np.array_equal(merged.images, expected.images)
    assert np.array_equal(merged.postings.wholes, expected.postings.wholes)


def test_segments_of_the_former_form_answer_the_same(
    descriptions: list[D], vocabulary: Vocabulary, tmp_path: Path
) -> None:
    memory = InvertedIndex(vocabulary)
    memory.add(range(len(descriptions)), descriptions)
    write_former(tmp_path / "former", memory.delta, vocabulary)
    former = Segment.open(tmp_path / "former", vocabulary.version)
    former.check()
    new = merge_segments(tmp_path / "new", [former], [id_set([])], vocabulary)

    assert new.manifest["format"] != former.manifest["format"]
    for description in descriptions:
        answer = memory.shortlist(description, 20)
        assert answer
        assert InvertedIndex(vocabulary, [former]).shortlist(description, 20) == answer
        assert InvertedIndex(vocabulary, [new]).shortlist(description, 20) == answer


def test_former_and_new_segments_are_searched_and_merged_together(tmp_path: Path) -> None:
    vocabulary = small_vocabulary()
    memory = InvertedIndex(vocabulary)
    memory.add(range(60), [keypoints(i) for i in range(60)])
    halves = []
    for first in (0, 30):
        half = InvertedIndex(vocabulary)
        half.add(range(first, first + 30), [keypoints(i) for i in range(first, first + 30)])
        halves.append(half.delta)
    write_former(tmp_path / "a", halves[0], vocabulary)
    write_segment(tmp_path / "b", [halves[1]], vocabulary)
    both = [Segment.open(tmp_path / name, "test-1") for name in "ab"]
    merged = merge_segments(tmp_path / "c", both, [id_set([])] * 2, vocabulary)

    for segments in (both, [merged]):
        index = InvertedIndex(vocabulary, segments)
        for asked in range(0, 60, 7):
            query = keypoints(asked)
            assert index.shortlist(query, 10) == memory.shortlist(query, 10)


def test_ranges_of_another_length_are_refused(tmp_path: Path) -> None:
    """As if a segment of one range were told to be one of many."""
    write_segment(tmp_path / "few", [drawn(id_set(np.arange(9)), 90, 1)], small_vocabulary())
    part = drawn(id_set(np.arange(2 * RANGE)), 90, 1)
    write_segment(tmp_path / "many", [part], small_vocabulary())
    many = tmp_path / "many" / "ranges.npy"
    shorter = np.load(many)[:-1]
    np.save(many, shorter)

    with pytest.raises(BadSegment, match=r"ranges\.npy"):
        Segment.open(tmp_path / "many", "test-1")


def test_what_was_read_of_a_large_map_is_given_back(tmp_path: Path) -> None:
    np.save(tmp_path / "seen.npy", np.arange(1 << 21, dtype=np.uint32))
    mapped = np.load(tmp_path / "seen.npy", mmap_mode="r")
    cold = ColdMap(mapped, mapped.base, kept=1 << 20)
    every = np.arange(0, 1 << 21, 512)

    for _ in range(3):
        assert np.array_equal(cold.at(every), every)
        assert np.array_equal(cold.between(7, 1 << 20), np.arange(7, 1 << 20))
    assert _resident_kb(tmp_path / "seen.npy") <= 1 << 10
    kept = ColdMap(mapped, mapped.base, kept=1 << 24)
    kept.at(every)
    assert _resident_kb(tmp_path / "seen.npy") > 1 << 12, "the measure sees what stays"


def test_maps_of_an_index_stay_where_there_is_room_for_all_of_them() -> None:
    maps = [ColdMap(np.zeros(KEPT_BYTES // 2, np.uint32)) for _ in range(2)]  # never touched
    size = maps[0].array.nbytes

    for room, kept in ((2 * size, size), (2 * size - 1, KEPT_BYTES), (0, KEPT_BYTES)):
        share_memory(maps, room)
        assert [one.kept for one in maps] == [kept, kept]


def test_an_index_lets_the_maps_of_its_segments_share_the_memory(tmp_path: Path) -> None:
    segments = []
    for number in range(3):
        path = tmp_path / str(number)
        write_segment(path, [drawn(id_set(np.arange(9) + 9 * number), 90, 1)], small_vocabulary())
        segments.append(Segment.open(path, "test-1"))
    *both, merged = segments
    for one in segments:
        _cold(one).kept = 1

    index = InvertedIndex(small_vocabulary(), both)
    assert [_cold(one).kept for one in segments] == [KEPT_BYTES, KEPT_BYTES, 1]
    index.replace(both, merged)

    assert _cold(merged).kept == KEPT_BYTES


def _cold(segment: Segment) -> ColdMap:
    assert isinstance(segment.postings, PackedPostings)
    return segment.postings.seen


def _resident_kb(path: Path) -> int:
    """Of the map of a file, in this process."""
    smaps = Path("/proc/self/smaps")
    if not smaps.exists():
        pytest.skip("only Linux tells what is resident of a map")
    lines = iter(smaps.read_text().splitlines())
    found = 0
    for line in lines:
        if line.endswith(str(path)):
            found += next(int(one.split()[1]) for one in lines if one.startswith("Rss:"))
    return found
