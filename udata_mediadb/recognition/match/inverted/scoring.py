"""Votes -> scores: rare and close votes count more, and only those of one turn and one zoom add up.

Hamming weighting and burstiness after Jegou, Douze & Schmid 2009 (On the burstiness of visual
elements), weak geometric consistency after the same 2008.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...index import Order
from ...segments.id_sets import Ids
from .postings import ANGLE_STEPS, SIZE_STEPS
from .votes import Votes

Scores = NDArray[np.float64]

SIGMA_BITS = 8.0  # measured: docs/explanation/match-index.md, "Constants"
_TURN_BINS = 16
_ZOOM_BINS = 16  # octaves, -8 to 8
_TURN_WIDTH = ANGLE_STEPS // _TURN_BINS
_BINS = _TURN_BINS * _ZOOM_BINS
# Readings whose geometry is looked at, at least: the best by sum of votes
_LEAST_READINGS = 1000
_READINGS_PER_WANTED = 10
# One sortable number: image 32 bits, voter 11 (500 keypoints in 4 readings), distance 5 (at most
# 31), turn 8, zoom 8
_VOTER_BITS = 11
_RANK_BITS = 21
_CLOSENESS = np.exp(-((np.arange(65) / SIGMA_BITS) ** 2))


@dataclass(frozen=True, eq=False)
class Readings:
    """(n,) parallel arrays. A reading is an image under one variant of the query.

    `images`: uint32; `sums`: of all weights; `scores`: of those that agree on turn and zoom.
    """

    images: Ids
    sums: Scores
    scores: Scores

    def only(self, kept: NDArray[np.bool_]) -> "Readings":
        """Those readings."""
        return Readings(self.images[kept], self.sums[kept], self.scores[kept])


def best_images(
    votes: Votes, variants: NDArray[np.uint8], idf: NDArray[np.float32], k: int
) -> tuple[Ids, Scores]:
    """Up to k images and their scores, best first; of equals the smaller id first.

    `variants`: (v,) of each voter; `idf`: per word. An image has the score of its best reading.
    """
    votes = one_per_voter(votes)
    readings = readings_of(votes, named_by(votes, len(variants)), variants, idf, looked_at(k))
    return best_of([readings], k)


def looked_at(k: int) -> int:
    """How many readings' geometry is looked at for k images: the best by their sums."""
    return max(_LEAST_READINGS, _READINGS_PER_WANTED * k)


def named_by(votes: Votes, voters: int) -> NDArray[np.int64]:
    """(v,) how many images each voter names; `votes`: one of each voter for an image."""
    return np.bincount(votes.voters, minlength=voters).astype(np.int64)


def readings_of(
    votes: Votes,
    named: NDArray[np.int64],
    variants: NDArray[np.uint8],
    idf: NDArray[np.float32],
    count: int,
) -> Readings:
    """The readings with the `count` largest sums, and all that are equal to the last of them.

    `votes`: as `one_per_voter` gives them; `named`: (v,) how many images each voter names, those of
    other shares of the index too.
    """
    if not len(votes):
        return Readings(np.zeros(0, np.uint32), np.zeros(0), np.zeros(0))
    weights = weights_of(votes, idf, named)
    readings = votes.images.astype(np.int64) << 8 | variants[votes.voters]
    starts = np.flatnonzero(np.r_[True, readings[1:] != readings[:-1]])
    sums = np.add.reduceat(weights, starts)
    numbers = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(votes)]))
    chosen = _largest(sums, count)
    if not chosen.all():
        kept = chosen[numbers]
        numbers = (np.cumsum(chosen) - 1)[numbers[kept]]
        votes, weights, starts = votes.only(kept), weights[kept], starts[chosen]
    images = (readings[starts] >> 8).astype(np.uint32)
    scores = consistent_sums(votes, weights, numbers, len(starts))
    return Readings(images, sums[chosen], scores)


def best_of(shares: Sequence[Readings], k: int, order: Order | None = None) -> tuple[Ids, Scores]:
    """The k best images of all shares of an index, whose images differ.

    `order`: as for `Index.shortlist`.
    """
    columns = zip(*(vars(one).values() for one in shares), strict=True)
    readings = Readings(*(np.concatenate(column) for column in columns))
    readings = readings.only(_largest(readings.sums, looked_at(k)))
    return _best(readings.images, readings.scores, k, order)


def _largest(sums: Scores, count: int) -> NDArray[np.bool_]:
    """(n,) which are among the `count` largest, and all that are equal to the last of these.

    So it does not matter in which order they come, or in how many shares.
    """
    if len(sums) <= count:
        return np.ones(len(sums), bool)
    return np.asarray(sums >= np.partition(sums, len(sums) - count)[len(sums) - count])


def one_per_voter(votes: Votes) -> Votes:
    """The closest vote of each voter for each image, sorted by image, then voter.

    Of equally close ones that of the smallest turn, zoom and word: the order does not matter.
    """
    if not len(votes):
        return votes
    keys = votes.images.astype(np.uint64) << np.uint64(_VOTER_BITS + _RANK_BITS)
    keys |= votes.voters.astype(np.uint64) << np.uint64(_RANK_BITS)
    zooms = (votes.zooms.astype(np.int64) & 255).astype(np.uint64)
    keys |= votes.distances.astype(np.uint64) << np.uint64(16)
    keys |= votes.turns.astype(np.uint64) << np.uint64(8) | zooms
    order = np.argsort(keys)
    keys = keys[order]
    equal = np.flatnonzero(keys[1:] == keys[:-1])
    if len(equal):  # hardly any
        runs = np.union1d(equal, equal + 1)
        order[runs] = order[runs][np.lexsort((votes.words[order[runs]], keys[runs]))]
    pairs = keys >> np.uint64(_RANK_BITS)
    return votes.only(order[np.r_[True, pairs[1:] != pairs[:-1]]])


def weights_of(
    votes: Votes, idf: NDArray[np.float32], named: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(m,) weight of each vote: rarity of its word, closeness, and how many images its voter names.

    A keypoint that is close to something in many images (a watermark, a logo, a plain corner)
    shares its vote among them.
    """
    weights = idf[votes.words] * _CLOSENESS[votes.distances] / named[votes.voters]
    return np.asarray(weights, np.float64)


def consistent_sums(
    votes: Votes, weights: NDArray[np.float64], readings: NDArray[np.intp], count: int
) -> Scores:
    """(count,) per reading the largest sum of weights that agree on turn and zoom.

    Each vote counts in its bin of 1/16 turn and one octave, and in the neighbours that are nearer
    than half a bin, so that agreement across a border is not lost.
    """
    turn, within_turn = np.divmod(votes.turns.astype(np.int64), _TURN_WIDTH)
    beside = np.where(within_turn * 2 >= _TURN_WIDTH, turn + 1, turn - 1) % _TURN_BINS
    middle = SIZE_STEPS * _ZOOM_BINS // 2
    steps = np.clip(votes.zooms.astype(np.int64) + middle, 0, 2 * middle - 1)
    zoom, within_zoom = np.divmod(steps, SIZE_STEPS)
    above = np.where(within_zoom * 2 >= SIZE_STEPS, zoom + 1, zoom - 1).clip(0, _ZOOM_BINS - 1)
    bins = np.concatenate(
        [
            readings * _BINS + turns * _ZOOM_BINS + zooms
            for turns in (turn, beside)
            for zooms in (zoom, above)
        ]
    )
    each = np.tile(weights, 4)
    if count <= _LEAST_READINGS:
        return np.asarray(np.bincount(bins, each, count * _BINS).reshape(count, _BINS).max(axis=1))
    # of many readings most have a few votes: only the bins that have one
    used, place = np.unique(bins, return_inverse=True)
    sums = np.bincount(place, each)
    starts = np.searchsorted(used, np.arange(count) * _BINS)
    return np.asarray(np.maximum.reduceat(sums, starts))


def _best(images: Ids, scores: Scores, k: int, order: Order | None) -> tuple[Ids, Scores]:
    """The k best different images, each with its best score."""
    best = np.argsort(-scores, kind="stable")
    _, first = np.unique(images[best], return_index=True)
    best = best[np.sort(first)]
    if len(best) > k:
        best = best[scores[best] >= scores[best[k - 1]]]
    tied = images[best] if order is None else order(images[best])
    best = best[np.lexsort((tied, -scores[best]))[:k]]
    return images[best], scores[best]
