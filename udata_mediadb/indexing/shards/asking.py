"""One search of a catalog, as all shards are asked for it, and what they answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..media_table import Keys
from . import wire
from .wire import Arrays, BadBody

ALLOWED = "allowed"
FOUND, SCORES, LENGTHS = "found", "scores", "lengths"
MOST_WANTED = 100_000  # of one list; a search of the portal wants a thousand at most
KEY_BYTES = 16

Ranked = tuple[Keys, NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Ask:
    """`signature`: its key; `version`: of its index' format; `k`: how many of each list; `seq`: the
    entry of the log that every shard must have applied; `questions`: columns, as the index packs
    them; `allowed`: only these media, None: all.
    """

    application: str
    signature: str
    version: str
    k: int
    seq: int
    questions: Arrays
    allowed: Keys | None = None

    def written(self) -> bytes:
        """For `read_ask`."""
        facts = {name: getattr(self, name) for name in _FACTS}
        arrays = dict(self.questions)
        if self.allowed is not None:
            arrays[ALLOWED] = as_bytes(self.allowed)
        return wire.written(facts, arrays)


_FACTS: Mapping[str, type] = {
    "application": str,
    "signature": str,
    "version": str,
    "k": int,
    "seq": int,
}


def read_ask(body: bytes) -> Ask:
    """What was asked; BadBody for anything else."""
    facts, arrays = wire.read(body)
    if set(facts) != set(_FACTS) or any(type(facts[n]) is not kind for n, kind in _FACTS.items()):
        raise BadBody(f"a question has {', '.join(_FACTS)}")
    if not 0 < facts["k"] <= MOST_WANTED or facts["seq"] < 0:
        raise BadBody(f"k is 1 to {MOST_WANTED}, and seq is not negative")
    allowed = arrays.pop(ALLOWED, None)
    return Ask(**facts, questions=arrays, allowed=None if allowed is None else as_keys(allowed))


@dataclass(frozen=True, eq=False)
class First:
    """What a shard answers in the first round, by question.

    `token`: for its second round; `applied`: where in the log it is; `images`: how many it has;
    `words`: a checksum of how many postings of each word it has; `named`: how many of its images
    each voter names; `near`: media that look like the query as a whole, and their distance in bits.
    For vectors `near` has the nearest ones, and there is no second round.
    """

    token: str
    applied: int
    images: int
    words: int = 0
    named: Sequence[NDArray[np.int64] | None] = ()
    near: Sequence[tuple[Keys, NDArray[Any]]] = ()


@dataclass(frozen=True, eq=False)
class Words:
    """`counts`: (w,) how many postings of each word a shard has, and a checksum of that."""

    checksum: int
    images: int
    counts: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Second:
    """What a shard answers in the second round to one question: its best readings."""

    keys: Keys
    sums: NDArray[np.float64]
    scores: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answer:
    """Lists of media with scores, best first; `facts`: about the shards."""

    lists: Sequence[Ranked]
    facts: dict[str, Any] = field(default_factory=dict)

    def written(self) -> bytes:
        """For `read_answer`."""
        nothing = np.zeros(0, f"S{KEY_BYTES}")
        arrays = {
            FOUND: as_bytes(np.concatenate([nothing, *(keys for keys, _ in self.lists)])),
            SCORES: np.concatenate([np.zeros(0), *(scores for _, scores in self.lists)]),
            LENGTHS: np.array([len(keys) for keys, _ in self.lists], np.int64),
        }
        return wire.written(self.facts, arrays)


def read_answer(body: bytes) -> Answer:
    """The lists; BadBody for anything else."""
    facts, arrays = wire.read(body)
    try:
        keys, scores = as_keys(arrays[FOUND]), arrays[SCORES]
        ends = np.cumsum(arrays[LENGTHS])
    except KeyError as exc:
        raise BadBody(f"an answer without {exc}") from exc
    if scores.dtype != np.float64 or len(scores) != len(keys) or ends[-1:].sum() != len(keys):
        raise BadBody("an answer whose columns do not fit together")
    parts = zip(np.split(keys, ends[:-1]), np.split(scores, ends[:-1]), strict=True)
    return Answer(list(parts) if len(ends) else [], facts)


def as_bytes(keys: Keys) -> NDArray[np.uint8]:
    """(n, 16) uint8: NumPy drops zeros at the end of S16."""
    return np.ascontiguousarray(keys).view(np.uint8).reshape(-1, KEY_BYTES)


def as_keys(stored: NDArray[Any]) -> Keys:
    """(n,) S16 of what `as_bytes` gave; BadBody for anything else."""
    if stored.dtype != np.uint8 or stored.ndim != 2 or stored.shape[1] != KEY_BYTES:
        raise BadBody("ids of media are rows of 16 bytes")
    return np.ascontiguousarray(stored).view(f"S{KEY_BYTES}").reshape(-1)
