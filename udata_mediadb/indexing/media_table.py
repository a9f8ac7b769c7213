"""Which media the numbers of a segment are: two ways to look up, memory-mapped like the postings.

media.npy     (n,) 16 bytes each, the UUIDs, sorted
numbers.npy   (n,) uint32, the number of each of them
places.npy    (n,) uint32, where in `media` each number is, in the order of the numbers
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..recognition.segments.files import BadSegment, checked_manifest, write_directory

Numbers = NDArray[np.uint32]
Keys = NDArray[np.bytes_]

FORMAT = 1
_DTYPES = {"media": np.dtype("S16"), "numbers": np.dtype(np.uint32), "places": np.dtype(np.uint32)}


def keys_of(media: Iterable[str]) -> Keys:
    """(n,) S16 of media ids, which are UUIDs."""
    # not by UUID(), which takes five times as long
    return np.frombuffer(bytes.fromhex("".join(media).replace("-", "")), "S16")


@dataclass(frozen=True, eq=False)
class MediaTable:
    """Numbers and media of one segment, read-only."""

    media: Keys
    numbers: Numbers
    places: Numbers

    @classmethod
    def of(cls, numbers: Numbers, media: Keys) -> "MediaTable":
        """From parallel (n,) arrays, numbers sorted."""
        order = np.argsort(media, kind="stable")
        places = np.empty(len(order), np.uint32)
        places[order] = np.arange(len(order), dtype=np.uint32)
        return cls(media[order], np.asarray(numbers, np.uint32)[order], places)

    @classmethod
    def open(cls, path: Path) -> "MediaTable":
        """Map the files; BadSegment where one is missing or has another size than was written."""
        about = checked_manifest(path)
        if about.get("format") != FORMAT:
            raise BadSegment(f"media table {path.name} has format {about.get('format')!r}")
        try:
            arrays = {name: np.load(path / f"{name}.npy", mmap_mode="r") for name in _DTYPES}
        except (OSError, ValueError, EOFError) as exc:
            raise BadSegment(f"media table {path.name} cannot be read: {exc}") from exc
        for name, array in arrays.items():
            if array.dtype != _DTYPES[name] or array.shape != (len(arrays["media"]),):
                raise BadSegment(f"{name} of {path.name} holds {array.dtype} {array.shape}")
        return cls(**{name: array.view(np.ndarray) for name, array in arrays.items()})

    def write(self, path: Path) -> None:
        """A directory that appears whole or not at all; OSError where the disk is full."""

        def fill(directory: Path) -> Mapping[str, Any]:
            for name in _DTYPES:
                np.save(directory / f"{name}.npy", getattr(self, name), allow_pickle=False)
            return {"media": len(self)}

        write_directory(path, fill, {"format": FORMAT})

    def __len__(self) -> int:
        return len(self.media)

    def numbers_of(self, keys: Keys) -> Numbers:
        """(n,) number of each media, 0 for those that are not here."""
        if not len(self):
            return np.zeros(len(keys), np.uint32)
        places = np.minimum(np.searchsorted(self.media, keys), len(self) - 1)
        return np.where(self.media[places] == keys, self.numbers[places], 0).astype(np.uint32)

    def keys(self) -> Keys:
        """(n,) S16 in the order of the numbers."""
        return np.asarray(self.media[self.places])

    def sorted_numbers(self) -> Numbers:
        """(n,) all numbers, ascending."""
        return np.asarray(self.numbers[self.places])

    def fill_keys(self, keys: Keys, images: Numbers, numbers: Numbers) -> None:
        """Put in the keys of those of the numbers that are here; `images`: its sorted numbers."""
        if len(images):
            places = np.minimum(np.searchsorted(images, numbers), len(images) - 1)
            here = images[places] == numbers
            keys[here] = self.media[self.places[places[here]]]

    def keys_of_numbers(
        self, images: Numbers, numbers: Numbers
    ) -> tuple[NDArray[np.intp], list[bytes]]:
        """Which of the numbers are here, and their 16 bytes; `images`: its sorted numbers."""
        if not len(images):
            return np.zeros(0, np.intp), []
        places = np.minimum(np.searchsorted(images, numbers), len(images) - 1)
        here = np.flatnonzero(images[places] == numbers)
        keys = self.media[self.places[places[here]]].tolist()  # NumPy drops zeros at the end
        return here, [key.ljust(16, b"\0") for key in keys]
