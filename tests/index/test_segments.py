"""A segment is whole, of this vocabulary and of this format, or it is refused."""

import json
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from udata_mediadb.recognition.match.description import MatchDescription
from udata_mediadb.recognition.match.inverted.index import InvertedIndex
from udata_mediadb.recognition.match.inverted.merging import Part
from udata_mediadb.recognition.match.inverted.segment import Segment
from udata_mediadb.recognition.match.inverted.segment_writing import write_segment
from udata_mediadb.recognition.match.inverted.vocabulary import Vocabulary
from udata_mediadb.recognition.segments.files import BadSegment
from udata_mediadb.recognition.segments.id_sets import no_ids

from .merged import merge_segments

D = MatchDescription


@pytest.fixture
def segment(vocabulary: Vocabulary, descriptions: list[D], tmp_path: Path) -> Segment:
    """Of the pictures 0 to 7."""
    index = InvertedIndex(vocabulary)
    index.add(range(8), descriptions[:8])
    return index.flush(tmp_path / "segment")


def test_flushed_delta_is_found_in_a_new_index(
    segment: Segment, vocabulary: Vocabulary, descriptions: list[D]
) -> None:
    reopened = InvertedIndex(vocabulary, [Segment.open(segment.path, vocabulary.version)])

    assert len(reopened) == 8
    assert [reopened.shortlist(d, 1)[0][0] for d in descriptions[:8]] == list(range(8))


def test_whole_segment_passes_its_check(segment: Segment) -> None:
    segment.check()


def test_maps_cannot_be_written_to(segment: Segment) -> None:
    with pytest.raises(ValueError, match="read-only"):
        segment.postings.codes[0] = 1


def test_segment_without_any_posting_opens(
    vocabulary: Vocabulary, blank: D, tmp_path: Path
) -> None:
    index = InvertedIndex(vocabulary)
    index.add([4], [blank])

    segment = index.flush(tmp_path / "empty")
    segment.check()
    assert (len(segment), len(segment.postings), len(index)) == (1, 0, 1)


def test_segment_without_any_image_opens(vocabulary: Vocabulary, tmp_path: Path) -> None:
    segment = InvertedIndex(vocabulary).flush(tmp_path / "empty")

    segment.check()
    assert len(segment) == 0


def _truncate(path: Path) -> None:
    with (path / "codes.npy").open("r+b") as file:
        file.truncate((path / "codes.npy").stat().st_size - 8)


def _lose(path: Path) -> None:
    (path / "seen.npy").unlink()


def _lose_manifest(path: Path) -> None:
    (path / "manifest.json").unlink()


def _tear_manifest(path: Path) -> None:
    text = (path / "manifest.json").read_text()
    (path / "manifest.json").write_text(text[: len(text) // 2])


def _edit_manifest(path: Path) -> None:
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**manifest, "postings": 1}))


def _empty_manifest(path: Path) -> None:
    (path / "manifest.json").write_text("[]")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_truncate, "codes.npy of segment .* bytes, not"),
        (_lose, "lacks seen.npy"),
        (_lose_manifest, "no readable manifest"),
        (_tear_manifest, "no readable manifest"),
        (_edit_manifest, "manifest.json .* damaged"),
        (_empty_manifest, "no readable manifest"),
        (shutil.rmtree, "no readable manifest"),
    ],
)
def test_damaged_segment_is_refused(
    segment: Segment, vocabulary: Vocabulary, damage: Callable[[Path], None], message: str
) -> None:
    damage(segment.path)

    with pytest.raises(BadSegment, match=message):
        Segment.open(segment.path, vocabulary.version)


def test_segment_of_another_vocabulary_is_refused(segment: Segment) -> None:
    with pytest.raises(BadSegment, match="made with vocabulary"):
        Segment.open(segment.path, "16k-of-another-day")


def test_turned_over_bit_is_found_by_the_check(segment: Segment, vocabulary: Vocabulary) -> None:
    path = segment.path / "codes.npy"
    data = bytearray(path.read_bytes())
    data[-3] ^= 4
    path.write_bytes(data)

    with pytest.raises(BadSegment, match=r"codes\.npy .* damaged"):
        Segment.open(segment.path, vocabulary.version).check()


def test_name_that_is_taken_is_not_written_to(segment: Segment, vocabulary: Vocabulary) -> None:
    before = (segment.path / "manifest.json").read_text()

    with pytest.raises(FileExistsError):
        write_segment(segment.path, [Part(segment.postings, segment.images)], vocabulary)
    assert (segment.path / "manifest.json").read_text() == before


def test_disk_that_is_full_leaves_nothing_behind(segment: Segment, vocabulary: Vocabulary) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(vocabulary) * 8 + 4096, limits[1]))
    try:
        with pytest.raises(OSError, match="large"):
            new = segment.path.with_name("new")
            write_segment(new, [Part(segment.postings, segment.images)] * 30, vocabulary)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path.name for path in segment.path.parent.iterdir()] == ["segment"]


def test_merge_leaves_out_the_dead(
    segment: Segment, vocabulary: Vocabulary, descriptions: list[D], tmp_path: Path
) -> None:
    index = InvertedIndex(vocabulary, [segment])
    index.add(range(8, 12), descriptions[8:12])
    index.flush(tmp_path / "second")
    index.discard([2, 9])
    segments, dead = zip(*index.segments, strict=True)

    merged = merge_segments(tmp_path / "merged", segments, dead, vocabulary)

    merged.check()
    assert merged.images.tolist() == [0, 1, 3, 4, 5, 6, 7, 8, 10, 11]
    assert not np.isin(merged.postings.between(0, len(merged.postings))[0], [2, 9]).any()
    index.replace(segments, merged)
    assert len(index) == 10
    assert [index.shortlist(descriptions[i], 1)[0][0] for i in (1, 8, 11)] == [1, 8, 11]


def test_what_changes_during_a_merge_is_not_lost(
    segment: Segment, vocabulary: Vocabulary, descriptions: list[D], tmp_path: Path
) -> None:
    index = InvertedIndex(vocabulary, [segment])
    merged = merge_segments(tmp_path / "merged", [segment], [no_ids()], vocabulary)
    index.discard([2])
    index.add([3, 20], [descriptions[15], descriptions[20]])

    index.replace([segment], merged)

    assert len(index) == 8
    assert 2 not in dict(index.shortlist(descriptions[2], 10))
    assert index.shortlist(descriptions[15], 1)[0][0] == 3
    assert index.shortlist(descriptions[20], 1)[0][0] == 20


def test_tombstones_given_to_a_new_index_count(
    segment: Segment, vocabulary: Vocabulary, descriptions: list[D]
) -> None:
    index = InvertedIndex(vocabulary, [segment], [np.array([5], np.uint32)])

    assert len(index) == 7
    assert 5 not in dict(index.shortlist(descriptions[5], 10))
