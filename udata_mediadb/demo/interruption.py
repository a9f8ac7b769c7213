"""Ctrl-C and SIGTERM as one exception, once."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody wants the demo to end; not an Exception, so that no handler swallows it."""


class Interruption:
    """Whether such a signal came."""

    def __init__(self) -> None:
        self._name: str | None = None

    def raise_if_pending(self) -> None:
        """Raise `Interrupted` once more: the first may have been lost in a `__del__`."""
        if self._name is not None:
            raise Interrupted(self._name)

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """The handler: the first signal raises; later ones must not disturb the stopping."""
        if self._name is None:
            self._name = signal.Signals(number).name
            raise Interrupted(self._name)


@contextlib.contextmanager
def interruptible() -> Iterator[Interruption]:
    """Within, SIGINT, SIGTERM and SIGHUP raise `Interrupted`."""
    interruption = Interruption()
    before = {number: signal.signal(number, interruption.handle) for number in _SIGNALS}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
