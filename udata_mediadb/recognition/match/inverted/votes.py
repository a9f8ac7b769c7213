"""Close postings -> votes: who votes for which image, how much, under which turn and zoom."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...segments.id_sets import Ids
from .postings import AnyPostings
from .query import IndexQuery
from .scan_numpy import Found


@dataclass(frozen=True, eq=False)
class Votes:
    """(m,) parallel arrays, one entry per close posting.

    `images`: uint32; `voters`: int32; `distances`: uint8 bits; `words`: int32; `turns`: uint8,
    angle of the query's keypoint relative to the stored one (1/256 turn); `zooms`: int16, the same
    of the sizes (1/8 octave).
    """

    images: Ids
    voters: NDArray[np.int32]
    distances: NDArray[np.uint8]
    words: NDArray[np.int32]
    turns: NDArray[np.uint8]
    zooms: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.images)

    def only(self, kept: NDArray[np.bool_] | NDArray[np.intp]) -> "Votes":
        """Those votes."""
        return Votes(
            self.images[kept],
            self.voters[kept],
            self.distances[kept],
            self.words[kept],
            self.turns[kept],
            self.zooms[kept],
        )


def joined(votes: Sequence[Votes]) -> Votes:
    """All votes of several postings."""
    columns = zip(*(vars(v).values() for v in votes), strict=True)
    return Votes(*(np.concatenate(column) for column in columns))


def votes_of(postings: AnyPostings, query: IndexQuery, found: Found) -> Votes:
    """The votes of what a scan found."""
    positions, rows, distances = found
    voters, words = query.voters[rows], query.words[rows]
    images, there = postings.at(positions, words)
    here = query.geometry[voters]
    return Votes(
        images=images,
        voters=voters,
        distances=distances,
        words=words,
        turns=((here >> 8) - (there >> 8)).astype(np.uint8),
        zooms=(here & 255).astype(np.int16) - (there & 255).astype(np.int16),
    )
