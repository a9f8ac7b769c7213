"""A mapped file that is read here and there: what was read does not stay in this process.

Pages of a map count as memory of a process until the kernel takes them back. Those of files that
are larger than some share of the memory are given back by ourselves; they stay in the kernel's
cache of the disk as long as nobody else needs the memory.
"""

import mmap
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

KEPT_BYTES = 1 << 28
# Of the machine's memory, what the maps of one index may take together for good. Of a million
# pictures (1.8 GB) a search read 30 ms more after they were given back than where they stayed.
_STAYING_SHARE = 8
_FAULT_BYTES = 1 << 16  # what Linux maps where one byte is read: fault_around_bytes
_BLOCK_BITS = 14  # positions of four bytes in so many
_CAN_GIVE_BACK = hasattr(mmap, "MADV_DONTNEED")


@dataclass(eq=False)
class ColdMap:
    """`array`, whose map keeps at most `kept` bytes between two reads.

    `mapping`: what the array is a view of; None: memory that is not mapped.
    """

    array: NDArray[np.uint32]
    mapping: mmap.mmap | None = None
    kept: int = KEPT_BYTES
    _read: int = field(default=0, init=False)

    def at(self, positions: NDArray[np.int64]) -> NDArray[np.uint32]:
        """The numbers at these positions."""
        found = self.array[positions]
        blocks = positions >> _BLOCK_BITS
        self._note((int(np.count_nonzero(np.diff(blocks))) + 1) * _FAULT_BYTES)
        return found

    def between(self, start: int, stop: int) -> NDArray[np.uint32]:
        """The numbers from one position to another, copied."""
        found = np.array(self.array[start:stop])
        self._note(found.nbytes)
        return found

    def _note(self, at_most: int) -> None:
        self._read += min(at_most, self.array.nbytes)
        if self._read <= self.kept:
            return
        self._read = 0
        if self.mapping is not None and self.array.nbytes > self.kept and _CAN_GIVE_BACK:
            self.mapping.madvise(mmap.MADV_DONTNEED)


def share_memory(maps: Sequence[ColdMap], room: int | None = None) -> None:
    """Let the maps of one index stay mapped where there is room for all; else each gives back.

    `room`: in bytes; None: a share of the machine's memory.
    """
    most = _memory() // _STAYING_SHARE if room is None else room
    stays = sum(one.array.nbytes for one in maps) <= most
    for one in maps:
        one.kept = max(KEPT_BYTES, one.array.nbytes) if stays else KEPT_BYTES


def _memory() -> int:
    """Of the machine, in bytes; 0 where it does not say."""
    if not hasattr(os, "sysconf"):
        return 0
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
