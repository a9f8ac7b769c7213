"""One shard as a door reaches it: a copy that answers, the other one where it does not."""

import asyncio
import itertools
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import ray
from numpy.typing import NDArray
from ray.exceptions import ActorDiedError, RayError

from ..errors import InvalidRequest, MediaDBError, NotFound, Unavailable
from ..indexing.shards.asking import Ask, First, Second, Words
from ..indexing.shards.forms import SHARD_FORM
from ..indexing.shards.searching import CopyLost
from .refusals import Refused, is_refusal

logger = logging.getLogger(__name__)

# A copy answers in some 20 ms; the other one is asked as well after this, or 5 times the usual.
# With what `shards.client` waits it is the longest that a lost machine costs: decision 0024.
LEAST_PATIENCE_S, PATIENCE_TIMES, MOST_PATIENCE_S = 0.3, 5.0, 0.4
DEADLINE_S = 8.0
PROBE_S = 1.0
_SMOOTHING = 0.1
# Ray is asked where a copy is; it may keep that waiting for a minute while its head is away.
_LOOKING = ThreadPoolExecutor(4, "mediadb: looking")


class Copies:
    """The copies of a shard, by their names in Ray. See `AskedShard`."""

    def __init__(self, number: int, names: Sequence[str], namespace: str) -> None:
        self.number = number
        self._namespace = namespace
        self._handles: dict[str, Any] = dict.fromkeys(names)
        self._away: set[str] = set()
        self._usual_s = 0.0
        self._latest = ""  # that answered
        self._turn = itertools.count(number)

    async def first(self, ask: Ask, bits: int, least: int) -> tuple[str, First]:
        """See `AskedShard.first`."""
        copy, answer = await self._any("first", ask, bits, least)
        return copy, answer

    async def second(
        self, copy: str, token: str, named: Sequence[NDArray[np.int64] | None], idf: Any, tried: int
    ) -> list[Second | None]:
        """See `AskedShard.second`."""
        asked = (token, named, _stored(idf))
        found: list[Second | None] = await self._of(copy, tried, "second", *asked)
        return found

    async def words(self, copy: str, ask: Ask, tried: int) -> Words:
        """See `AskedShard.words`."""
        asked = (ask.application, ask.signature, ask.version)
        told: Words = await self._of(copy, tried, "words", *asked)
        return told

    async def any_words(self, *which: str) -> Words:
        """Of application, signature and version, of whatever copy answers."""
        told: Words = (await self._any("words", *which))[1]
        return told

    async def told(self, method: str, *arguments: Any) -> list[dict[str, Any] | None]:
        """What each copy says, None where it does not answer."""
        calls = [self._call(copy, method, *arguments) for copy in self._handles]
        ended = await asyncio.gather(
            *(asyncio.wait_for(one, PROBE_S) for one in calls), return_exceptions=True
        )
        return [one if isinstance(one, dict) else None for one in ended]

    async def probe(self) -> None:
        """Try those that were away, beside the searches."""
        for copy in list(self._away):
            try:
                await asyncio.wait_for(self._call(copy, "state"), PROBE_S)
                self._away.discard(copy)
            except (RayError, ValueError, TimeoutError) as exc:
                self._forget(copy, exc)

    async def _any(self, method: str, *arguments: Any) -> tuple[str, Any]:
        """The first good answer: one copy is asked, then another beside it."""
        waiting: dict[asyncio.Future[Any], str] = {}
        since: dict[str, float] = {}
        refusal: Refused | None = None
        loop = asyncio.get_running_loop()
        start = loop.time()
        order = self._in_turn()
        while order or waiting:
            if order:
                copy = order.pop(0)
                since[copy] = loop.time()
                waiting[asyncio.ensure_future(self._call(copy, method, *arguments))] = copy
            wait_s = self._patience if order else max(0.0, DEADLINE_S - (loop.time() - start))
            done, _ = await asyncio.wait(
                waiting, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED
            )
            self._note_slow(waiting, done, bool(order))
            for one in done:
                copy = waiting.pop(one)
                answer = self._answer(copy, one)
                if answer is not None and not isinstance(answer, Refused):
                    self._usual_s += _SMOOTHING * (loop.time() - since[copy] - self._usual_s)
                    self._latest = copy
                    for late in waiting:
                        late.add_done_callback(_ignored)
                    return copy, answer
                if isinstance(answer, Refused) and not is_refusal(answer):
                    raise _error(answer)
                refusal = answer or refusal
            if not done and not order:
                break
        raise _error(refusal or Refused(503, f"No copy of shard {self.number} answers."))

    def _in_turn(self) -> list[str]:
        """The good copies take turns; where none is good, the one that answered last leads."""
        names, turn = list(self._handles), next(self._turn) % len(self._handles)
        turned = sorted(names[turn:] + names[:turn], key=lambda name: name in self._away)
        if turned[0] in self._away:
            turned.sort(key=lambda name: name != self._latest)
        return turned

    async def _of(self, copy: str, tried: int, method: str, *arguments: Any) -> Any:
        """Of this copy alone; CopyLost where it is silent, later the more often that was so."""
        call = asyncio.ensure_future(self._call(copy, method, *arguments))
        done, _ = await asyncio.wait([call], timeout=self._patience * 2**tried)
        self._note_slow({call: copy}, done, other=True)
        if not done:
            call.add_done_callback(_ignored)
        answer = self._answer(copy, call) if done else None
        if answer is None or isinstance(answer, Refused):
            raise CopyLost(copy)
        return answer

    @property
    def _patience(self) -> float:
        return min(MOST_PATIENCE_S, max(LEAST_PATIENCE_S, PATIENCE_TIMES * self._usual_s))

    def _note_slow(
        self, waiting: Mapping[asyncio.Future[Any], str], done: set[Any], other: bool
    ) -> None:
        if not done and other:
            self._away.update(waiting.values())

    def _answer(self, copy: str, ended: asyncio.Future[Any]) -> Any:
        """None where the copy did not answer."""
        try:
            return ended.result()
        except (RayError, ValueError) as exc:  # ValueError: no actor has this name
            logger.warning("Copy %s of a shard does not answer: %s", copy, type(exc).__name__)
            self._away.add(copy)
            self._forget(copy, exc)
            return None

    def _forget(self, copy: str, error: Exception) -> None:
        """One that Ray does not start again may be started anew, under the same name."""
        if isinstance(error, ActorDiedError):
            self._handles[copy] = None

    async def _call(self, copy: str, method: str, *arguments: Any) -> Any:
        if self._handles[copy] is None:
            loop = asyncio.get_running_loop()
            self._handles[copy] = await loop.run_in_executor(_LOOKING, self._found, copy)
        return await getattr(self._handles[copy], method).remote(SHARD_FORM, *arguments)

    def _found(self, copy: str) -> Any:
        return ray.get_actor(copy, namespace=self._namespace)


def _error(refused: Refused) -> MediaDBError:
    if refused.status >= 500:
        return Unavailable(refused.message, what="cluster")
    return NotFound(refused.message) if refused.status == 404 else InvalidRequest(refused.message)


def _ignored(late: asyncio.Future[Any]) -> None:
    if not late.cancelled():
        late.exception()


_STORED: dict[int, tuple[Any, Any]] = {}
MOST_STORED = 8


def _stored(array: NDArray[Any]) -> Any:
    """The array in Ray's store, once for all shards and searches."""
    if id(array) not in _STORED:
        while len(_STORED) >= MOST_STORED:
            del _STORED[next(iter(_STORED))]
        _STORED[id(array)] = (array, ray.put(array))
    return _STORED[id(array)][1]
