"""Parts -> a segment on the disk: merged, and purged of what is dead."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...segments.files import reserve, write_directory
from .merging import Part, merge
from .segment import FORMAT
from .vocabulary import Vocabulary


def write_segment(path: Path, parts: Sequence[Part], vocabulary: Vocabulary) -> None:
    """A new segment with the live images of all parts; it appears whole or not at all.

    FileExistsError where the name is taken; OSError where the disk is full, without leftovers.
    """

    def fill(directory: Path) -> Mapping[str, object]:
        def allocate(name: str, dtype: type[np.generic], length: int) -> NDArray[Any]:
            path = directory / f"{name}.npy"
            array = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=(length,))
            reserve(path)
            return array

        written = merge(parts, allocate)
        for array in (written.images, *vars(written.postings).values()):
            array.flush()
        return {"images": len(written.images), "postings": len(written.postings)}

    about = {"format": FORMAT, "vocabulary": vocabulary.version, "words": len(vocabulary)}
    write_directory(path, fill, about)
