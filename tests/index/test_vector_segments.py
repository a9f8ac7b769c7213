"""A segment of vectors is whole and of this dimension, or it is refused."""

import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from udata_mediadb.recognition.segments.files import BadSegment
from udata_mediadb.recognition.vectors.segment import VectorSegment
from udata_mediadb.recognition.vectors.segments import VectorSegments

from .vectors import DIMENSION, Vectors, nearest, rows_of, segments, unit, written


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return unit(120)


@pytest.fixture
def segment(vectors: Vectors, tmp_path: Path) -> VectorSegment:
    """Of the vectors 0 to 59, so with a graph."""
    return written(tmp_path / "segment", vectors[:60])


def test_what_was_written_is_found(segment: VectorSegment, vectors: Vectors) -> None:
    segment.check()
    index = segments().index([segment])

    assert len(index) == 60
    assert [index.shortlist(v, 1)[0][0] for v in vectors[:60]] == list(range(60))


def test_maps_cannot_be_written_to(segment: VectorSegment) -> None:
    with pytest.raises(ValueError, match="read-only"):
        segment.vectors[0] = 1


def test_references_without_a_vector_are_kept(vectors: Vectors, tmp_path: Path) -> None:
    index = segments().index()
    index.add([4, 5], [None, vectors[5]])
    index.add([9], [None])
    segments().write(tmp_path / "bare", [index.delta])
    segment = segments().open(tmp_path / "bare")
    segment.check()

    assert segment.images.tolist() == [4, 5, 9]
    reopened = segments().index([segment])
    assert len(reopened) == 3
    assert reopened.shortlist(vectors[0], 9) == index.shortlist(vectors[0], 9)


@pytest.mark.parametrize("descriptions", [[], [None, None]])
def test_segment_without_any_vector_opens(descriptions: list[None], tmp_path: Path) -> None:
    index = segments().index()
    index.add(range(len(descriptions)), descriptions)
    segments().write(tmp_path / "empty", [index.delta])
    segment = segments().open(tmp_path / "empty")

    segment.check()
    assert len(segment) == len(descriptions)
    assert segments().index([segment]).shortlist(unit(1)[0], 3) == []


def test_merge_leaves_out_the_dead(
    segment: VectorSegment, vectors: Vectors, tmp_path: Path
) -> None:
    index = segments().index([segment, written(tmp_path / "second", vectors[60:], first=60)])
    index.discard([2, 99])
    index.add([3], [vectors[0] * -1])
    old = [segment for segment, _ in index.segments]
    parts = [segment.part(dead) for segment, dead in index.segments]
    segments().write(tmp_path / "merged", parts)
    index.discard([50])  # during the merge
    merged = segments().open(tmp_path / "merged")
    merged.check()
    index.replace(old, merged)

    live = np.setdiff1d(np.arange(120), [2, 3, 99, 50])
    assert merged.images.tolist() == sorted([*live.tolist(), 50])
    assert len(index) == len(live) + 1
    for query in unit(5, seed=8):
        found = [id_ for id_, _ in index.shortlist(query, 9) if id_ != 3]
        assert found[:8] == live[nearest(vectors[live], query, 8)].tolist()


def test_one_segment_several_and_memory_rank_alike(vectors: Vectors, tmp_path: Path) -> None:
    whole, memory = written(tmp_path / "whole", vectors), segments().index()
    spread = [written(tmp_path / str(i), vectors[i : i + 30], first=i) for i in range(0, 120, 30)]
    memory.add(range(120), list(vectors))

    for query in unit(10, seed=3):
        expected = memory.shortlist(query, 12)
        assert segments().index([whole]).shortlist(query, 12) == expected
        assert segments().index(spread).shortlist(query, 12) == expected


def _truncate(path: Path) -> None:
    os.truncate(path / "vectors.npy", 1000)


def _lose(path: Path) -> None:
    (path / "owners.npy").unlink()


def _rewrite(path: Path, name: str, array: object) -> None:
    """As if it had been written so: the manifest agrees."""
    np.save(path / f"{name}.npy", array)
    manifest = json.loads((path / "manifest.json").read_text())
    data = (path / f"{name}.npy").read_bytes()
    manifest["files"][f"{name}.npy"] = {"bytes": len(data), "crc32": zlib.crc32(data)}
    _write_manifest(path, manifest)


def _write_manifest(path: Path, manifest: dict[str, object]) -> None:
    del manifest["crc32"]
    manifest["crc32"] = zlib.crc32(json.dumps(manifest, sort_keys=True).encode())
    (path / "manifest.json").write_text(json.dumps(manifest))


def _other_dimension(path: Path) -> None:
    _rewrite(path, "vectors", unit(60, dimension=DIMENSION + 1))


def _other_type(path: Path) -> None:
    _rewrite(path, "vectors", unit(60).astype(np.float64))


def _other_count(path: Path) -> None:
    _rewrite(path, "owners", np.arange(59, dtype=np.uint32))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_truncate, "vectors.npy of segment .* bytes, not"),
        (_lose, "lacks owners.npy"),
        (_other_dimension, r"vectors.npy .* \(60, 17\), not \(60, 16\)"),
        (_other_type, "float64"),
        (_other_count, r"owners.npy .* not \(60,\)"),
    ],
)
def test_damaged_segment_is_refused(
    segment: VectorSegment, damage: Callable[[Path], None], message: str
) -> None:
    damage(segment.path)

    with pytest.raises(BadSegment, match=message):
        segments().open(segment.path)


def test_segment_of_another_dimension_is_refused(segment: VectorSegment) -> None:
    with pytest.raises(BadSegment, match="made with"):
        VectorSegments(DIMENSION + 1, rows_of).open(segment.path)


def test_segment_of_an_earlier_format_is_refused(segment: VectorSegment) -> None:
    """It had one vector of each reference, and did not say how many there are at most."""
    manifest = json.loads((segment.path / "manifest.json").read_text())
    _write_manifest(segment.path, manifest | {"format": 1, "version": "l2-16-links8-breadth60"})

    with pytest.raises(BadSegment, match=r"made with .*'format': 1"):
        segments().open(segment.path)


def test_vectors_of_images_that_it_does_not_list_are_found_by_the_check(
    segment: VectorSegment,
) -> None:
    _rewrite(segment.path, "owners", np.arange(1, 61, dtype=np.uint32))

    with pytest.raises(BadSegment, match="does not list"):
        segments().open(segment.path).check()
