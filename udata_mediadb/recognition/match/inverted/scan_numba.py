"""The same scan as `scan_numpy`, compiled. Imported only where the extra `[scale]` is installed."""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from .postings import AnyPostings
from .query import IndexQuery
from .scan_numpy import Found

_BLOCK = 64  # distances computed at once without a branch, so that the compiler vectorises them


def scan(postings: AnyPostings, query: IndexQuery, threshold: int) -> Found:
    """As `scan_numpy.scan`: the same values in the same order."""
    found: Found = _scan(
        postings.offsets, postings.codes, query.words, query.codes, np.uint8(threshold)
    )
    return found


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiled at its first call; kept for other processes where numba finds a place for it.

    It looks beside the source and in the home, and in a container there may be neither.
    """
    try:
        return numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:
        return numba.njit(nogil=True)(function)


@_compiled
def _popcount(bits: np.uint64) -> np.uint64:
    """Bits that are set (Warren, Hacker's Delight 5-1); LLVM makes one instruction of it."""
    bits = bits - ((bits >> np.uint64(1)) & np.uint64(0x5555555555555555))
    pairs = np.uint64(0x3333333333333333)
    bits = (bits & pairs) + ((bits >> np.uint64(2)) & pairs)
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (bits * np.uint64(0x0101010101010101)) >> np.uint64(56)


@_compiled
def _scan(
    offsets: NDArray[np.int64],
    codes: NDArray[np.uint64],
    words: NDArray[np.int32],
    wanted: NDArray[np.uint64],
    threshold: np.uint8,
) -> Found:
    positions = np.empty(1 << 14, np.int64)
    rows = np.empty(1 << 14, np.int32)
    distances = np.empty(1 << 14, np.uint8)
    block = np.empty(_BLOCK, np.uint8)
    count = 0
    for row in range(len(words)):
        code = wanted[row]
        for start in range(offsets[words[row]], offsets[words[row] + 1], _BLOCK):
            size = min(_BLOCK, offsets[words[row] + 1] - start)
            nearest = np.uint8(64)
            for i in range(size):
                block[i] = _popcount(codes[start + i] ^ code)
                nearest = min(nearest, block[i])
            if nearest > threshold:
                continue
            if count + size > len(positions):
                positions = _grown(positions)
                rows = _grown(rows)
                distances = _grown(distances)
            for i in range(size):
                if block[i] <= threshold:
                    positions[count] = start + i
                    rows[count] = row
                    distances[count] = block[i]
                    count += 1
    return positions[:count], rows[:count], distances[:count]


@_compiled
def _grown(array: NDArray[Any]) -> NDArray[Any]:
    larger = np.empty(2 * len(array), array.dtype)
    larger[: len(array)] = array
    return larger
