"""What one shard does: the two rounds of a search over its share of the media.

Nothing here knows how it is reached: tests call it in their own process, a cluster over a network.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from ...errors import NotFound, Unavailable
from ...recognition.index import Index
from ...recognition.match.inverted.global_descriptors import nearest_of
from ...recognition.match.inverted.index import InvertedIndex
from ...recognition.match.inverted.query import IndexQuery
from ...recognition.match.inverted.questions import MatchQuestion
from ...recognition.match.inverted.scoring import named_by
from ...recognition.match.inverted.shares import second_round
from ...recognition.match.inverted.votes import Votes
from ...recognition.vectors.index import VectorIndex
from ..catalogs import Catalogs, MaintainedCatalog
from ..media_table import Keys
from ..numbering import Numbering
from ..replica import Replica
from .asking import Ask, First, Second, Words

KEPT = 64  # searches between their rounds, some megabytes each of a large index
KEPT_S = 30.0


# A keypoint of the first word
_ANY = IndexQuery(
    words=np.zeros(1, np.int32),
    codes=np.zeros(1, np.uint64),
    voters=np.zeros(1, np.int32),
    geometry=np.zeros(1, np.uint16),
    variants=np.zeros(1, np.uint8),
)


class UnknownIndex(NotFound):
    """The shard has no such signature, or its index is of another version."""


@dataclass(frozen=True, eq=False)
class _Kept:
    """A search between its rounds."""

    asked: Sequence[MatchQuestion]
    votes: Sequence[Votes | None]
    numbering: Numbering
    k: int
    since: float


class Shard:
    """The catalogs of one share; safe for several threads."""

    def __init__(self, catalogs: Catalogs) -> None:
        self.catalogs = catalogs
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def first(self, ask: Ask, bits: int, least: int) -> First:
        """See `First`. `bits`: in which codes may differ; `least`: entry of the log to be at.

        UnknownIndex, ValueError for a bad question, Unavailable while it cannot catch up.
        """
        served = self.served(ask.application, ask.signature, ask.version)
        segments = served.catalog.registered.segments
        assert segments is not None
        questions = segments().unpacked(ask.questions)
        try:
            with served.catalog.held(least) as replica:
                index: Index[Any] = replica.index
                wanted = None
                if ask.allowed is not None:
                    wanted = np.unique(replica.numbering.numbers_of(ask.allowed))
                if isinstance(index, VectorIndex):
                    near = [self._nearest(replica, one, ask.k, wanted) for one in questions]
                    return First("", replica.applied, len(replica), near=near)
                assert isinstance(index, InvertedIndex)
                return self._votes(replica, index, ask.k, questions, bits, wanted)
        finally:
            served.upkeep.start_if_due()

    def words(self, application: str, signature: str, version: str) -> Words:
        """See `Words`."""
        with self.served(application, signature, version).catalog.held(0) as replica:
            index = replica.index
            assert isinstance(index, InvertedIndex)
            return Words(index.words_checksum, len(index), index.postings_by_word)

    def second(
        self,
        token: str,
        named: Sequence[NDArray[np.int64] | None],
        idf: NDArray[np.float32],
    ) -> list[Second | None]:
        """Of each question what it finds, given what all shards named; Unavailable: ask anew."""
        with self._lock:
            kept = self._kept.pop(token, None)
        if kept is None:
            raise Unavailable("The search was forgotten between its rounds. Ask again.")
        found: list[Second | None] = []
        for asked, votes, counts in zip(kept.asked, kept.votes, named, strict=True):
            if asked.query is None or votes is None or counts is None:
                found.append(None)
                continue
            readings = second_round(votes, asked.query, counts, idf, kept.k)
            keys = kept.numbering.keys_of(readings.images)
            there = keys != b""  # without those that were discarded between the rounds
            found.append(Second(keys[there], readings.sums[there], readings.scores[there]))
        return found

    def warm_up(self, application: str, signature: str, version: str) -> None:
        """Compile and read what the first search would wait for."""
        with self.served(application, signature, version).catalog.held(0) as replica:
            if isinstance(replica.index, InvertedIndex) and len(replica.index):
                replica.index.votes(_ANY, 0, None)

    def status(self, application: str, signature: str, version: str) -> dict[str, int]:
        """See `Catalog.status`."""
        return self.served(application, signature, version).status()

    def served(self, application: str, signature: str, version: str) -> MaintainedCatalog:
        """The catalog for a signature key; UnknownIndex for another version of its index."""
        for name, registered in self.catalogs.registry.items():
            if registered.key == signature and registered.segments is not None:
                if registered.segments().version != version:
                    raise UnknownIndex(f"The index of {signature} is of another version here.")
                return self.catalogs.own(application, name)
        raise UnknownIndex(f"There is no signature {signature} here.")

    def _votes(
        self,
        replica: Replica,
        index: InvertedIndex,
        k: int,
        questions: Sequence[MatchQuestion],
        bits: int,
        wanted: NDArray[np.uint32] | None,
    ) -> First:
        votes = [
            None if one.query is None or not len(index) else index.votes(one.query, bits, wanted)
            for one in questions
        ]
        named = [
            None if one.query is None or some is None else named_by(some, len(one.query.variants))
            for one, some in zip(questions, votes, strict=True)
        ]
        token = uuid4().hex
        self._keep(token, _Kept(questions, votes, replica.numbering, k, time.monotonic()))
        near = [self._near(replica, index, one, wanted) for one in questions]
        return First(token, replica.applied, len(index), index.words_checksum, named, near)

    def _near(
        self,
        replica: Replica,
        index: InvertedIndex,
        question: MatchQuestion,
        wanted: NDArray[np.uint32] | None,
    ) -> tuple[Keys, NDArray[Any]]:
        parts = index.near(question.whole, wanted)
        ids = np.concatenate([np.zeros(0, np.uint32), *(images for images, _ in parts)])
        bits = np.concatenate([np.zeros(0, np.uint8), *(distances for _, distances in parts)])
        nearest = nearest_of(ids, bits)
        return replica.numbering.keys_of(ids[nearest]), bits[nearest]

    def _nearest(
        self,
        replica: Replica,
        question: NDArray[np.float32],
        k: int,
        wanted: NDArray[np.uint32] | None,
    ) -> tuple[Keys, NDArray[Any]]:
        index = replica.index
        assert isinstance(index, VectorIndex)
        if not len(question):
            return np.zeros(0, "S16"), np.zeros(0)
        order = replica.numbering.keys_of
        ids, distances = index.nearest(question, k, wanted, order)
        return order(ids), distances

    def _keep(self, token: str, kept: _Kept) -> None:
        with self._lock:
            old = [one for one, k in self._kept.items() if kept.since - k.since > KEPT_S]
            for one in (*old, *list(self._kept)[: max(0, len(self._kept) - KEPT + 1)]):
                self._kept.pop(one, None)
            self._kept[token] = kept
