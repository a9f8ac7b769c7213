"""A segment: postings in an immutable directory of `.npy` files, memory-mapped by every worker.

    manifest.json   format, vocabulary, number of postings, size and CRC-32 of each file
    offsets.npy     (k + 1,) int64, where the postings of each word start
    ids.npy         (p,) uint32, codes.npy (p,) uint64, geometry.npy (p,) uint16: see `Postings`
    images.npy      (n,) uint32, sorted: all images it holds, also those without any posting
    wholes.npy      (4 n,) uint64, four for each image: see `global_descriptors`

A segment is written under another name, synced and renamed: a directory of the right name is whole.
One that is not (a truncated file, another vocabulary) is refused, never guessed at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...segments.files import BadSegment, checked_manifest, crc_of
from ...segments.id_sets import Ids
from ..global_descriptor import WORDS
from .merging import Part
from .postings import Postings

FORMAT = 2
DTYPES: Mapping[str, type[np.generic]] = {
    "offsets": np.int64,
    "ids": np.uint32,
    "codes": np.uint64,
    "geometry": np.uint16,
    "images": np.uint32,
    "wholes": np.uint64,
}


@dataclass(frozen=True, eq=False)
class Segment:
    """An open segment; the arrays are read-only maps of its files."""

    path: Path
    postings: Postings
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
        arrays = {name: _mapped(path, name) for name in DTYPES}
        _check_shapes(path, arrays, manifest)
        images = arrays.pop("images")
        return cls(path, Postings(**arrays), images, manifest)

    def check(self) -> None:
        """Read all files and compare with their checksums; BadSegment where one differs."""
        for name, entry in self.manifest["files"].items():
            if crc_of(self.path / name) != entry["crc32"]:
                raise BadSegment(f"{name} of segment {self.path.name} is damaged: wrong checksum")
        images = np.asarray(self.images)
        ids = np.asarray(self.postings.ids)
        known = images[np.minimum(np.searchsorted(images, ids), max(len(images) - 1, 0))] == ids
        if not known.all():
            raise BadSegment(f"segment {self.path.name} has postings of images it does not list")


def _check_origin(path: Path, manifest: Mapping[str, Any], vocabulary_version: str) -> None:
    if manifest.get("format") != FORMAT:
        raise BadSegment(
            f"segment {path.name} has format {manifest.get('format')!r}, {FORMAT} is read"
        )
    if manifest.get("vocabulary") != vocabulary_version:
        raise BadSegment(
            f"segment {path.name} was made with vocabulary {manifest.get('vocabulary')!r}, "
            f"{vocabulary_version!r} is in use"
        )


def _mapped(path: Path, name: str) -> NDArray[Any]:
    try:
        array = np.load(path / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as exc:
        raise BadSegment(f"{name}.npy of segment {path.name} cannot be read: {exc}") from exc
    if array.ndim != 1 or array.dtype != DTYPES[name]:
        raise BadSegment(f"{name}.npy of segment {path.name} holds {array.dtype} {array.shape}")
    # plain arrays: indexing np.memmap costs several microseconds more each time
    return np.asarray(array).view(np.ndarray)


def _check_shapes(
    path: Path, arrays: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any]
) -> None:
    count = manifest["postings"]
    lengths = {name: len(arrays[name]) for name in ("ids", "codes", "geometry")}
    if set(lengths.values()) != {count} or len(arrays["images"]) != manifest["images"]:
        raise BadSegment(f"segment {path.name} should have {count} postings, it has {lengths}")
    if len(arrays["wholes"]) != WORDS * manifest["images"]:
        raise BadSegment(f"wholes.npy of segment {path.name} has {len(arrays['wholes'])} numbers")
    offsets = arrays["offsets"]
    ends = len(offsets) == manifest["words"] + 1 and offsets[0] == 0 and offsets[-1] == count
    if not ends or (np.diff(offsets) < 0).any():
        raise BadSegment(f"the offsets of segment {path.name} do not fit its {count} postings")
