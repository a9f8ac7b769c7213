"""Ctrl-C and SIGTERM as one exception, once."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody wants the demo to end; not an Exception, so that no handler swallows it."""


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Within, the first such signal raises `Interrupted`; later ones do not disturb the stopping.

    An impatient second Ctrl-C would otherwise leave half of the stopping undone.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        for other in _SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        raise Interrupted(signal.Signals(number).name)

    before = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
