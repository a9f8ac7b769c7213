"""A search over all shards, whoever carries the calls.

All shards answer of one moment: those that are behind the foremost are asked again. Else a picture
that replaces another might be missed together with it, being in different shards.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...errors import Unavailable
from ...recognition.match.inverted.shares import threshold_of
from .asking import Answer, Ask, First, Second, Words
from .joining import Weights, joined_vectors, joined_words, named_by_all

ROUNDS_ANEW = 4  # where shards moved on meanwhile, or a copy was lost between the rounds
T = TypeVar("T")


class CopyLost(Exception):
    """The copy that had the first round does not answer the second one."""


class AskedShard(Protocol):
    """One shard as a search reaches it; Unavailable where no copy of it answers."""

    async def first(self, ask: Ask, bits: int, least: int) -> tuple[Any, First]:
        """See `Shard.first`, with the copy that answered."""

    async def second(
        self, copy: Any, token: str, named: Sequence[NDArray[np.int64] | None], idf: Any, tried: int
    ) -> list[Second | None]:
        """See `Shard.second`, of that copy; CopyLost where it is away, or silent.

        `tried`: so often the search was begun anew: be more patient, it may be busy.
        """

    async def words(self, copy: Any, ask: Ask, tried: int) -> Words:
        """See `Shard.words`, of that copy; for the rest see `second`."""


class ShardedSearch:
    """Searches over these shards; remembers what is worth it between them."""

    def __init__(self, shards: Sequence[AskedShard], weights: Weights | None = None) -> None:
        self.shards = shards
        self._weights = weights or Weights()
        self._bits: dict[tuple[str, str], int] = {}

    async def shortlists(self, ask: Ask) -> Answer:
        """The list of each question, of all shards; Unavailable where one does not answer."""
        for tried in range(ROUNDS_ANEW):
            copies, firsts = await self._firsts(ask)
            facts = {
                "applied": firsts[0].applied,
                "images": sum(one.images for one in firsts),
                "words": [one.words for one in firsts],
            }
            if not firsts[0].token:
                return Answer(joined_vectors(firsts, ask.k), facts)
            try:
                return Answer(await self._by_words(ask, copies, firsts, tried), facts)
            except CopyLost:
                continue
        raise Unavailable("The shards cannot be asked. Try again in a moment.", what="cluster")

    async def _firsts(self, ask: Ask) -> tuple[list[Any], list[First]]:
        """Of all shards at the same entry of the log, asked by the threshold of their size."""
        key = (ask.application, ask.signature)
        bits = self._bits.get(key, threshold_of(0))
        found = await together([one.first(ask, bits, ask.seq) for one in self.shards])
        for _ in range(ROUNDS_ANEW):
            right = threshold_of(sum(first.images for _, first in found))
            foremost = max(first.applied for _, first in found)
            again = [
                i for i, (_, one) in enumerate(found) if one.applied < foremost or right != bits
            ]
            if not again:
                break
            bits = self._bits[key] = right
            asked = [self.shards[i].first(ask, bits, foremost) for i in again]
            for i, one in zip(again, await together(asked), strict=True):
                found[i] = one
        return [copy for copy, _ in found], [first for _, first in found]

    async def _by_words(
        self, ask: Ask, copies: Sequence[Any], firsts: Sequence[First], tried: int
    ) -> Any:
        idf = self._weights.known(firsts)
        if idf is None:
            pairs = zip(self.shards, copies, strict=True)
            words = await together([shard.words(copy, ask, tried) for shard, copy in pairs])
            idf = self._weights.learn(firsts, words)
        named = named_by_all(firsts)
        seconds = await together(
            [
                shard.second(copy, first.token, named, idf, tried)
                for shard, copy, first in zip(self.shards, copies, firsts, strict=True)
            ]
        )
        return joined_words(firsts, seconds, ask.k)


async def together(calls: Sequence[Awaitable[T]]) -> list[T]:
    """All of them at once; the first error, after all have ended."""
    ended = await asyncio.gather(*calls, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    return [one for one in ended if not isinstance(one, BaseException)]
