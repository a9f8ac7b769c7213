"""Parts -> a segment on the disk: merged, and purged of what is dead."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...segments.files import reserve, write_directory
from ...segments.id_sets import Ids
from .merging import Part, Run, merged_images, merged_offsets, merged_runs, merged_wholes
from .packed_postings import RANGE_BITS, Packed, packed, range_count
from .segment import COLUMNS, FORMAT, range_length
from .vocabulary import Vocabulary

_TABLE_FACTOR = 8  # numbers per image up to which a table is smaller than what is merged


def write_segment(path: Path, parts: Sequence[Part], vocabulary: Vocabulary) -> None:
    """A new segment with the live images of all parts; it appears whole or not at all.

    FileExistsError where the name is taken; OSError where the disk is full, without leftovers.
    """
    about = {"format": FORMAT, "vocabulary": vocabulary.version, "words": len(vocabulary)}
    write_directory(path, lambda directory: _filled(directory, parts), about)


def _filled(directory: Path, parts: Sequence[Part]) -> Mapping[str, object]:
    offsets, images = merged_offsets(parts), merged_images(parts)
    count = int(offsets[-1])
    ranges = range_count(len(images))
    sizes = {
        "offsets": len(offsets),
        "ranges": range_length(len(offsets) - 1, len(images)),
        "codes": count,
        "seen": count,
        "images": len(images),
        "wholes": 4 * len(images),
    }
    columns = {name: _allocated(directory, name, length) for name, length in sizes.items()}
    columns["offsets"][:] = offsets
    columns["images"][:] = images
    columns["wholes"][:] = merged_wholes(parts)
    places = _PlaceOf(images)
    for run in merged_runs(parts):
        _write_run(run, places.of(run.ids), ranges, columns)
    for array in columns.values():
        array.flush()
    return {"images": len(images), "postings": count}


def _write_run(run: Run, places: Packed, ranges: int, columns: Mapping[str, NDArray[Any]]) -> None:
    start = int(columns["offsets"][run.first])
    here = slice(start, start + len(places))
    codes, geometry = run.codes, run.geometry
    if ranges > 1:
        numbers = (places >> RANGE_BITS).astype(np.uint16)
        order = np.argsort(numbers, kind="stable")
        order = order[np.argsort(run.words[order], kind="stable")]
        codes, geometry, places = codes[order], geometry[order], places[order]
        cells = run.words.astype(np.int64) * ranges + numbers
        counts = np.bincount(cells, minlength=(run.last - run.first) * ranges)
        ends = columns["ranges"][run.first * ranges + 1 : run.last * ranges + 1]
        ends[:] = start + np.cumsum(counts)
    columns["codes"][here] = codes
    columns["seen"][here] = packed(places, geometry)


class _PlaceOf:
    """Where an image is among the images: by a table, where their numbers are close together."""

    def __init__(self, images: Ids) -> None:
        self._images = images
        self._first = int(images[0]) if len(images) else 0
        span = int(images[-1]) - self._first + 1 if len(images) else 0
        self._table: Packed | None = None
        if span <= _TABLE_FACTOR * len(images):
            self._table = np.zeros(span, np.uint32)
            self._table[images - images[:1]] = np.arange(len(images), dtype=np.uint32)

    def of(self, ids: Ids) -> Packed:
        if self._table is not None:
            return self._table[ids - np.uint32(self._first)]
        return np.searchsorted(self._images, ids).astype(np.uint32)


def _allocated(directory: Path, name: str, length: int) -> "np.memmap[Any, Any]":
    path = directory / f"{name}.npy"
    dtype = COLUMNS[FORMAT][name]
    array = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=(length,))
    reserve(path)
    return array
