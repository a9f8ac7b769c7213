"""What an import does in groups: its items, with their bytes where it has read them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .doing import Outcome
from .items import Item

GROUP = 100  # pictures that are written at once
# Two groups are in memory, the one that is described and the one that is written.
GROUP_BYTES = 32 * 1024 * 1024
FETCHED = 16  # those that come from elsewhere may take their time


@dataclass(frozen=True)
class Entry:
    """An item that is to be done. `identifier`: the id of a new media.

    `data`: its bytes, None where they are read when it is done by itself. `outcome`: where there is
    nothing to do any more.
    """

    item: Item
    identifier: str
    data: bytes | None = None
    outcome: Outcome | None = None


def grouped(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """In order, in groups that neither last too long nor take too much memory."""
    group: list[Entry] = []
    size = 0
    for entry in entries:
        group.append(entry)
        size += len(entry.data or b"")
        most = FETCHED if entry.item.url else GROUP
        if len(group) >= most or size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
