"""A segment: postings in an immutable directory of `.npy` files, memory-mapped by every worker.

    manifest.json   format, vocabulary, number of postings, size and CRC-32 of each file
    offsets.npy     (k + 1,) int64, where the postings of each word start
    ranges.npy      where those of each word and range start; empty where there is one range
    codes.npy       (p,) uint64
    seen.npy        (p,) uint32, what is read of those that are close: see `packed_postings`
    images.npy      (n,) uint32, sorted: all images it holds, also those without any posting
    wholes.npy      (4 n,) uint64, four for each image: see `global_descriptors`

The format before, 2, has `ids.npy` (uint32) and `geometry.npy` (uint16) instead of `ranges` and
`seen`; it is read, and the next merge writes the new one.

A segment is written under another name, synced and renamed: a directory of the right name is whole.
One that is not (a truncated file, another vocabulary) is refused, never guessed at.
"""

import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...segments.files import BadSegment, checked_manifest, crc_of
from ...segments.id_sets import Ids
from ..global_descriptor import WORDS
from .cold import ColdMap
from .merging import POSTINGS_AT_ONCE, Part
from .packed_postings import PackedPostings, range_count
from .postings import AnyPostings, Postings

FORMAT = 3
_BOTH: Mapping[str, type[np.generic]] = {
    "offsets": np.int64,
    "codes": np.uint64,
    "images": np.uint32,
    "wholes": np.uint64,
}
COLUMNS: Mapping[int, Mapping[str, type[np.generic]]] = {
    2: {**_BOTH, "ids": np.uint32, "geometry": np.uint16},
    FORMAT: {**_BOTH, "ranges": np.int64, "seen": np.uint32},
}


@dataclass(frozen=True, eq=False)
class Segment:
    """An open segment; the arrays are read-only maps of its files."""

    path: Path
    postings: AnyPostings
    images: Ids
    manifest: Mapping[str, Any]

    def __len__(self) -> int:
        """How many images it holds."""
        return len(self.images)

    def part(self, dead: Ids) -> Part:
        """Its postings, with these tombstones."""
        return Part(self.postings, self.images, dead)

    @classmethod
    def open(cls, path: Path, vocabulary_version: str) -> "Segment":
        """Map the files; some milliseconds whatever the size.

        BadSegment where a file is missing, has another size or shape than the manifest says, or
        was written with another format or vocabulary. Contents are not read: see `check`.
        """
        manifest = checked_manifest(path)
        _check_origin(path, manifest, vocabulary_version)
        dtypes = COLUMNS[manifest["format"]]
        maps = {name: _mapped(path, name, dtype) for name, dtype in dtypes.items()}
        # plain arrays: indexing np.memmap costs several microseconds more each time
        arrays = {name: np.asarray(one).view(np.ndarray) for name, one in maps.items()}
        _check_shapes(path, arrays, manifest)
        return cls(path, _postings(arrays, maps), arrays["images"], manifest)

    def check(self) -> None:
        """Read all files and compare with their checksums; BadSegment where one differs."""
        for name, entry in self.manifest["files"].items():
            if crc_of(self.path / name) != entry["crc32"]:
                raise BadSegment(f"{name} of segment {self.path.name} is damaged: wrong checksum")
        for start in range(0, len(self.postings), POSTINGS_AT_ONCE):
            if not self._known(start, min(start + POSTINGS_AT_ONCE, len(self.postings))):
                raise BadSegment(f"segment {self.path.name} has postings of images not in it")

    def _known(self, start: int, stop: int) -> bool:
        """Whether these postings are of images that it lists."""
        if isinstance(self.postings, PackedPostings):
            places, _ = self.postings.places(start, stop)
            return bool((places < len(self.images)).all())
        ids, _ = self.postings.between(start, stop)
        places = np.minimum(np.searchsorted(self.images, ids), max(len(self.images) - 1, 0))
        return bool((self.images[places] == ids).all())


def _check_origin(path: Path, manifest: Mapping[str, Any], vocabulary_version: str) -> None:
    if manifest.get("format") not in COLUMNS:
        raise BadSegment(
            f"segment {path.name} has format {manifest.get('format')!r}, {FORMAT} is read"
        )
    if manifest.get("vocabulary") != vocabulary_version:
        raise BadSegment(
            f"segment {path.name} was made with vocabulary {manifest.get('vocabulary')!r}, "
            f"{vocabulary_version!r} is in use"
        )


def _mapped(path: Path, name: str, dtype: type[np.generic]) -> NDArray[Any]:
    try:
        array = np.load(path / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as exc:
        raise BadSegment(f"{name}.npy of segment {path.name} cannot be read: {exc}") from exc
    if array.ndim != 1 or array.dtype != dtype:
        raise BadSegment(f"{name}.npy of segment {path.name} holds {array.dtype} {array.shape}")
    return np.asanyarray(array)


def _postings(arrays: Mapping[str, NDArray[Any]], maps: Mapping[str, NDArray[Any]]) -> AnyPostings:
    shared = (arrays["offsets"], arrays["codes"], arrays["wholes"])
    if "seen" not in arrays:
        offsets, codes, wholes = shared
        return Postings(offsets, arrays["ids"], codes, arrays["geometry"], wholes)
    mapping = maps["seen"].base
    seen = ColdMap(arrays["seen"], mapping if isinstance(mapping, mmap.mmap) else None)
    return PackedPostings(*shared, arrays["ranges"], seen, arrays["images"])


def _check_shapes(
    path: Path, arrays: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any]
) -> None:
    count, images = manifest["postings"], manifest["images"]
    lengths = {name: len(arrays[name]) for name in _EACH if name in arrays}
    if set(lengths.values()) != {count} or len(arrays["images"]) != images:
        raise BadSegment(f"segment {path.name} should have {count} postings, it has {lengths}")
    if len(arrays["wholes"]) != WORDS * images:
        raise BadSegment(f"wholes.npy of segment {path.name} has {len(arrays['wholes'])} numbers")
    offsets = arrays["offsets"]
    ends = len(offsets) == manifest["words"] + 1 and offsets[0] == 0 and offsets[-1] == count
    if not ends or (np.diff(offsets) < 0).any():
        raise BadSegment(f"the offsets of segment {path.name} do not fit its {count} postings")
    if "ranges" in arrays and len(arrays["ranges"]) != range_length(manifest["words"], images):
        raise BadSegment(f"the ranges of segment {path.name} do not fit its {images} images")


_EACH = ("codes", "seen", "ids", "geometry")


def range_length(words: int, images: int) -> int:
    """How long `ranges` is."""
    ranges = range_count(images)
    return words * ranges + 1 if ranges > 1 else 0
