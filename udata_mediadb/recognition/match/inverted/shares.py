"""One ranking over an index that is split into shares, in one process or on several machines.

The weight of a vote needs two things of the whole index: how rare its word is, and how many images
its voter names. So a search has two rounds. In the first each share scans its postings and counts
whom each voter names; in the second it weighs its votes by the counts of all shares. What is added
up is the same numbers in the same order, however the images are spread: an index of one share gives
the same list to the last place.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...index import Order
from ...segments.id_sets import Ids
from .global_descriptors import Distances, WholePicture, with_near_pictures
from .query import IndexQuery
from .questions import MatchQuestion
from .scoring import Readings, best_of, looked_at, named_by, readings_of
from .votes import Votes

# Bits in which codes may differ, up to so many live images; measured: explanation/match-index.md
_THRESHOLDS = ((20_000, 22), (300_000, 20))
_THRESHOLD_BEYOND = 18
_LEAST_RARITY = 1.1  # a word that every image shows keeps a tenth of a vote


class Share(Protocol):
    """A part of the images of an index; no image is in two of them."""

    def __len__(self) -> int:
        """How many images it holds."""

    @property
    def postings_by_word(self) -> NDArray[np.int64]:
        """(w,) how many postings of each word it has."""

    def votes(self, query: IndexQuery, threshold: int, wanted: Ids | None) -> Votes:
        """One vote of each voter for an image, sorted by image, then voter."""

    def near(self, whole: WholePicture, wanted: Ids | None) -> list[tuple[Ids, Distances]]:
        """Images that look like the query as a whole."""


def ranked(
    shares: Sequence[Share],
    asked: MatchQuestion,
    k: int,
    wanted: Ids | None,
    idf: NDArray[np.float32],
    order: Order | None = None,
) -> list[tuple[int, float]]:
    """Up to k (id, score), best first. `order`: as for `Index.shortlist`."""
    found = [] if asked.query is None else _by_words(shares, asked.query, k, wanted, idf, order)
    near = [one for share in shares for one in share.near(asked.whole, wanted)]
    return with_near_pictures(found, near, k, order)


def _by_words(
    shares: Sequence[Share],
    query: IndexQuery,
    k: int,
    wanted: Ids | None,
    idf: NDArray[np.float32],
    order: Order | None,
) -> list[tuple[int, float]]:
    bits = threshold_of(sum(map(len, shares)))
    first = [share.votes(query, bits, wanted) for share in shares]
    named = np.sum([named_by(votes, len(query.variants)) for votes in first], axis=0)
    second = [second_round(votes, query, named, idf, k) for votes in first]
    images, scores = best_of(second, k, order)
    return list(zip(images.tolist(), scores.tolist(), strict=True))


def second_round(
    votes: Votes,
    query: IndexQuery,
    named: NDArray[np.int64],
    idf: NDArray[np.float32],
    k: int,
) -> Readings:
    """What one share answers when it knows `named`, the sum over all shares."""
    return readings_of(votes, named, query.variants, idf, looked_at(k))


def idf_of(images: int, postings: NDArray[np.int64]) -> NDArray[np.float32]:
    """(w,) log of images per posting of each word, at least a little; both of all shares."""
    share = images / np.maximum(postings, 1)
    return np.log(np.maximum(share, _LEAST_RARITY)).astype(np.float32)


def threshold_of(images: int) -> int:
    """In how many bits codes may differ, among so many images."""
    return next((bits for limit, bits in _THRESHOLDS if images <= limit), _THRESHOLD_BEYOND)
