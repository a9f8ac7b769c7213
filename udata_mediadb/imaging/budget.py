"""How much memory the pictures that are decoded at the same time may take, all together.

A file of 38 bytes can say that it has 80 megapixels, which cost 1.2 GB as a WebP; a few at once
would end a worker. So each picture says what it will take, and waits until there is room.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Condition

from ..errors import Unavailable

# Holds that many bytes, and gives them back at its end.
Room = Callable[[int], AbstractContextManager[None]]

# Two workers stay below 1 GB over rest while four pictures are described (test_bombs).
DEFAULT_BYTES = 288 << 20
# Four times what the largest picture within the budget takes; below what a client waits for.
WAIT_S = 4.0
RETRY_S = 2


class DecodingBudget:
    """Room for so many bytes in one process; safe in threads."""

    def __init__(self, total_bytes: int = DEFAULT_BYTES) -> None:
        self.total_bytes = total_bytes
        self._held = 0
        self._changed = Condition()

    @property
    def held_bytes(self) -> int:
        """How much is held now."""
        return self._held

    def room_for(self, cost_bytes: int) -> AbstractContextManager[None]:
        """Hold that many bytes inside; what is over the whole budget runs by itself.

        Unavailable where there is no room in time.
        """
        return self._held_by(cost_bytes, WAIT_S)

    def room_in_the_end(self, cost_bytes: int) -> AbstractContextManager[None]:
        """The same for work that nobody waits for: as soon as there is room, whenever that is."""
        return self._held_by(cost_bytes, None)

    @contextmanager
    def _held_by(self, cost_bytes: int, wait_s: float | None) -> Iterator[None]:
        cost = min(cost_bytes, self.total_bytes)
        with self._changed:
            if not self._changed.wait_for(lambda: self._held + cost <= self.total_bytes, wait_s):
                raise Unavailable(
                    "Too many large pictures are being decoded.", RETRY_S, what="decoding"
                )
            self._held += cost
        try:
            yield
        finally:
            with self._changed:
                self._held -= cost
                self._changed.notify_all()
