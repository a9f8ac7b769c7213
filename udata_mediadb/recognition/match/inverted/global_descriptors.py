"""Whole pictures by 255 bits (`match.global_descriptor`): an exact scan, beside the postings.

It finds pictures that have hardly any keypoints. Where the query has, only stored ones without are
looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...index import Order
from ...segments.id_sets import Ids
from ..description import MatchDescription
from ..global_descriptor import (
    BITS,
    WITHOUT_TEXTURE,
    WORDS,
    Code,
    code_of,
    codes_in_all_orientations,
    has_texture,
)

# Measured: docs/explanation/match-index.md, "Global descriptors". Unrelated pictures differ in 127
# bits, the nearest of 1,565 under eight orientations and as a negative in 95 to 105.
NEAR_BITS = 104
MOST = 10  # candidates for one query
_AT_ONCE = 1 << 15  # pictures: their codes stay in the processor's cache


Distances = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class WholePicture:
    """A query as a whole. `codes`: (8, 4) its bits in all orientations, (1, 4) of a flat one;
    `textured`: whether its keypoints can be expected to find it."""

    codes: Code
    textured: bool

    @classmethod
    def of(cls, description: MatchDescription) -> "WholePicture":
        """What is asked for a description."""
        return cls(codes_in_all_orientations(description), has_texture(description))


def codes_of(ids: Sequence[int], descriptions: Sequence[MatchDescription]) -> Code:
    """(4 n,) the codes of pictures, in the order of their ids."""
    order = np.argsort(np.asarray(ids, np.int64))
    codes = [code_of(descriptions[i]) for i in order]
    return np.concatenate(codes) if codes else np.zeros(0, np.uint64)


def places_without_texture(codes: Code) -> NDArray[np.intp]:
    """Which of the pictures of (4 n,) codes have hardly any keypoints; in order."""
    return np.flatnonzero(codes[WORDS - 1 :: WORDS] >= WITHOUT_TEXTURE)


def near_pictures(
    whole: WholePicture, codes: Code, images: Ids, places: NDArray[np.intp]
) -> tuple[Ids, Distances]:
    """Pictures that look like the query as a whole, and in how many bits they differ.

    `codes`: (4 n,) of `images` (n,); `places`: which of them may be found. A negative differs in
    as many bits as it agrees in.
    """
    rows = codes.reshape(-1, WORDS)
    if not len(whole.codes) or not len(places):
        return np.zeros(0, np.uint32), np.zeros(0, np.uint8)
    distances = np.concatenate(
        [
            _distances(rows[places[first : first + _AT_ONCE]], whole.codes)
            for first in range(0, len(places), _AT_ONCE)
        ]
    )
    near = np.flatnonzero(distances <= NEAR_BITS)
    return images[places[near]], distances[near]


def with_near_pictures(
    found: Sequence[tuple[int, float]],
    near: Sequence[tuple[Ids, Distances]],
    k: int,
    order: Order | None = None,
) -> list[tuple[int, float]]:
    """`found` with the nearest pictures of all parts between its first ones; at most k.

    They take turns, since nobody can compare the two kinds of scores; each of the nearest pictures
    has the score of the candidate before it. `order`: as for `Index.shortlist`.
    """
    ids = np.concatenate([images for images, _ in near]) if near else np.zeros(0, np.uint32)
    distances = np.concatenate([bits for _, bits in near]) if near else np.zeros(0, np.uint8)
    nearest = nearest_of(ids, distances)
    ids, distances = ids[nearest], distances[nearest]
    first = np.lexsort((ids if order is None else order(ids), distances))[:MOST]
    score = {int(ids[i]): 1 - float(distances[i]) / BITS for i in first}
    mixed: dict[int, float] = {}
    last = found[0][1] if found else None
    waiting = iter(found)
    for image, closeness in score.items():
        mixed.setdefault(image, closeness if last is None else last)
        for other, votes in waiting:
            mixed.setdefault(other, votes)
            last = votes
            break
    mixed.update({image: votes for image, votes in waiting if image not in mixed})
    return list(mixed.items())[:k]


def nearest_of(ids: Ids, distances: Distances) -> NDArray[np.intp]:
    """The places of the ones that a search can show, and of all that are as near as the last."""
    if len(ids) <= MOST:
        return np.arange(len(ids))
    return np.flatnonzero(distances <= np.partition(distances, MOST - 1)[MOST - 1])


def _distances(codes: Code, asked: Code) -> Distances:
    """(n,) fewest bits in which (n, 4) codes differ from one of the (8, 4) or its negative."""
    columns = np.ascontiguousarray(codes.T)  # a column at a time: three times as fast as rows
    columns[-1] &= ~WITHOUT_TEXTURE
    fewest = np.full(len(codes), BITS, np.uint8)
    for code in asked:
        bits = np.zeros(len(codes), np.uint8)
        for column, word in zip(columns, code, strict=True):
            bits += np.bitwise_count(column ^ word)
        np.minimum(fewest, np.minimum(bits, BITS - bits), out=fewest)
    return fewest
