"""What may be true of one thing that several clients write: a register and its possible values.

A write that was answered took effect between its question and its answer; one that was not
answered may have, at any time since. So the last value is that of a write which no answered one
came wholly after.
"""

import itertools
import math
import threading
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

_count = itertools.count()


@dataclass
class Write:
    """One write. `end`: infinite until it is answered; `answered`: acknowledged with success."""

    value: Any
    start: int
    end: float = math.inf
    answered: bool = False


@dataclass
class Register:
    """The writes of one thing, in no order."""

    writes: list[Write] = field(default_factory=list)

    def possible(self) -> list[Any]:
        latest = max((w.start for w in self.writes if w.answered), default=-1)
        return [w.value for w in self.writes if w.end > latest]


class History:
    """Registers by key; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._registers: dict[Hashable, Register] = {}
        self.acknowledged = 0

    def begin(self, key: Hashable, value: Any) -> Write:
        with self._lock:
            write = Write(value, next(_count))
            self._registers.setdefault(key, Register()).writes.append(write)
            return write

    def end(self, key: Hashable, write: Write, done: bool | None) -> None:
        """`done`: True acknowledged, False refused without effect, None not known."""
        with self._lock:
            if done is None:
                return
            if done:
                write.end, write.answered = next(_count), True
                self.acknowledged += 1
            else:
                self._registers[key].writes.remove(write)

    def possible(self, key: Hashable) -> list[Any]:
        with self._lock:
            return self._registers.get(key, Register()).possible()

    def register(self, key: Hashable) -> Register:
        with self._lock:
            return self._registers.get(key, Register())

    def ever(self, key: Hashable) -> list[Any]:
        """All values that were tried."""
        with self._lock:
            return [write.value for write in self._registers.get(key, Register()).writes]

    def keys(self) -> list[Hashable]:
        with self._lock:
            return list(self._registers)
