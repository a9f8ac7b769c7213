"""Waiting for a portal that is away in the middle of an import: restarted, or over a limit."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from ... import MediaDBClientError, NotAllowed, TooManyRequests, Unreachable
from ..running import READ_ONLY

T = TypeVar("T")
AWAY_MAX_S = 120.0  # a portal that is started again, and a library that is read into memory
_WAIT_S = 2.0
_OF_A_PROXY = (502, 503, 504)
_FULL = 507


def ends_all(exc: MediaDBClientError) -> bool:
    """Whether it would be the same with every other picture."""
    return (
        isinstance(exc, NotAllowed) or is_away(exc) or exc.error == READ_ONLY or exc.status == _FULL
    )


def is_away(exc: MediaDBClientError) -> bool:
    """Whether the portal takes nothing now, and may soon."""
    return isinstance(exc, Unreachable | TooManyRequests) or exc.status in _OF_A_PROXY


class Patience:
    """Asks again while the portal is away, for two minutes. One that never answered in this run is
    not waited for: its address may be wrong."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._answered = False
        self._said = False
        self._ended = threading.Event()

    def end(self) -> None:
        """Nobody waits any longer."""
        self._ended.set()

    def __call__(self, ask: Callable[[], T]) -> T:
        """What `ask` gives; it must do nothing more the second time."""
        begun = time.monotonic()
        while True:
            try:
                given = ask()
            except MediaDBClientError as exc:
                if not is_away(exc):
                    self._answered = True
                    raise
                if not (self._answered and self._waited(begun, exc)):
                    raise
            else:
                self._answered = True
                return given

    def _waited(self, begun: float, exc: MediaDBClientError) -> bool:
        """Whether it was waited; False where it has been for long enough."""
        wait = max(_WAIT_S, exc.retry_after or 0.0)
        if time.monotonic() + wait - begun > AWAY_MAX_S:
            return False
        if not self._said:
            self._said = True
            self._say(f"{exc.message} It is waited for, up to {AWAY_MAX_S:.0f} seconds.")
        return not self._ended.wait(wait)
