"""Postings close to the query, in NumPy: the reference for every faster scan."""

import numpy as np
from numpy.typing import NDArray

from .postings import AnyPostings
from .query import IndexQuery

Found = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]

_LONG_LIST = 1024  # mean length from which a loop over the lists is faster than gathering them
_AT_ONCE = 1 << 17  # postings gathered at once: their codes stay in the processor's cache


def scan(postings: AnyPostings, query: IndexQuery, threshold: int) -> Found:
    """Positions (m,), query rows (m,) and Hamming distances (m,), by row, then by position.

    Those of the query row's word whose code differs in at most `threshold` bits.
    """
    starts = postings.offsets[query.words]
    lengths = postings.offsets[query.words + 1] - starts
    groups = np.cumsum(lengths) // _AT_ONCE
    ends = [*(np.flatnonzero(np.diff(groups)) + 1).tolist(), len(query)]
    parts: list[Found] = []
    first = 0
    for last in ends:
        rows = np.arange(first, last)
        if lengths[first:last].sum() >= _LONG_LIST * len(rows):
            parts += [_one_list(postings, query, int(row), threshold) for row in rows]
        else:
            parts.append(_gathered(postings, query, rows, starts[rows], lengths[rows], threshold))
        first = last
    positions, rows_, distances = zip(*parts, strict=True)
    return np.concatenate(positions), np.concatenate(rows_), np.concatenate(distances)


def _one_list(postings: AnyPostings, query: IndexQuery, row: int, threshold: int) -> Found:
    word = query.words[row]
    start, stop = postings.offsets[word], postings.offsets[word + 1]
    distances = np.bitwise_count(postings.codes[start:stop] ^ query.codes[row])
    kept = np.flatnonzero(distances <= threshold)
    return kept + start, np.full(len(kept), row, np.int32), distances[kept]


def _gathered(
    postings: AnyPostings,
    query: IndexQuery,
    rows: NDArray[np.intp],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    threshold: int,
) -> Found:
    each = np.repeat(rows, lengths)
    shift = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    positions = np.arange(len(each)) + shift
    distances = np.bitwise_count(postings.codes[positions] ^ query.codes[each])
    kept = np.flatnonzero(distances <= threshold)
    return positions[kept], each[kept].astype(np.int32), distances[kept]
