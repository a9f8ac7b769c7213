"""The lists of all shards become one: the same as that of one index, to the last place."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...recognition.match.inverted.global_descriptors import with_near_pictures
from ...recognition.match.inverted.scoring import Readings, best_of
from ...recognition.match.inverted.shares import idf_of
from ...recognition.vectors.index import nearest_each
from ..media_table import Keys
from .asking import First, Ranked, Second, Words

# Weights by the checksums of the words of all shards: of several indexes, 256 KB each
MOST_WEIGHTS = 32


def named_by_all(firsts: Sequence[First]) -> list[NDArray[np.int64] | None]:
    """By question, how many images of all shards each voter names; None without keypoints."""
    total: list[NDArray[np.int64] | None] = []
    for counts in zip(*(first.named for first in firsts), strict=True):
        given = [one for one in counts if one is not None]
        total.append(np.sum(given, axis=0) if given else None)
    return total


def joined_words(
    firsts: Sequence[First], seconds: Sequence[Sequence[Second | None]], k: int
) -> list[Ranked]:
    """The list of each question, of the two rounds of all shards."""
    return [
        _ranked([s for by in seconds if (s := by[i]) is not None], [f.near[i] for f in firsts], k)
        for i in range(len(firsts[0].near))
    ]


def _ranked(
    found: Sequence[Second], near: Sequence[tuple[Keys, NDArray[np.uint8]]], k: int
) -> Ranked:
    """Media are numbered in the order of their ids: of equal scores the smaller id comes first."""
    columns = [*(one.keys for one in found), *(keys for keys, _ in near)]
    keys, numbers = np.unique(np.concatenate(columns), return_inverse=True)
    parts = np.split(numbers.astype(np.uint32), np.cumsum([len(one) for one in columns])[:-1])
    ranked: list[tuple[int, float]] = []
    if found:
        readings = [
            Readings(part, one.sums, one.scores) for part, one in zip(parts, found, strict=False)
        ]
        images, scores = best_of(readings, k)
        ranked = list(zip(images.tolist(), scores.tolist(), strict=True))
    beside = [(part, bits) for part, (_, bits) in zip(parts[len(found) :], near, strict=True)]
    mixed = with_near_pictures(ranked, beside, k)
    places = np.array([number for number, _ in mixed], np.intp)
    return keys[places], np.array([score for _, score in mixed], np.float64)


def joined_vectors(firsts: Sequence[First], k: int) -> list[Ranked]:
    """The list of each question, of the nearest ones of all shards."""
    return [_nearest([first.near[i] for first in firsts], k) for i in range(len(firsts[0].near))]


def _nearest(near: Sequence[tuple[Keys, NDArray[np.float64]]], k: int) -> Ranked:
    keys, numbers = np.unique(np.concatenate([keys for keys, _ in near]), return_inverse=True)
    distances = np.concatenate([distances for _, distances in near])
    ids, nearest = nearest_each(numbers.astype(np.uint32), distances, k)
    return keys[ids], -nearest


class Weights:
    """How rare each word is in all shards, computed where the words of one changed."""

    def __init__(self) -> None:
        self._idf: dict[tuple[int, ...], NDArray[np.float32]] = {}

    def known(self, firsts: Sequence[First]) -> NDArray[np.float32] | None:
        """Of the indexes that these come from, where they were seen before."""
        return self._idf.get(_names(firsts))

    def learn(self, firsts: Sequence[First], words: Sequence[Words]) -> NDArray[np.float32]:
        """Of these words, kept under what they were asked for where they are that."""
        postings = np.sum([one.counts for one in words], axis=0)
        idf = idf_of(sum(first.images for first in firsts), postings)
        if [one.words for one in firsts] == [one.checksum for one in words]:
            while len(self._idf) >= MOST_WEIGHTS:
                del self._idf[next(iter(self._idf))]
            self._idf[_names(firsts)] = idf
        return idf


def _names(firsts: Sequence[First]) -> tuple[int, ...]:
    return (*(one.words for one in firsts), sum(one.images for one in firsts))
