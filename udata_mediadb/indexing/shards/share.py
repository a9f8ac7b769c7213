"""Which media belong to which shard.

A media has one of 64 slots for ever, and a shard has a run of slots. So another number of shards
moves slots, and what a shard of twice as many has comes from one shard alone.
"""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

SLOTS = 64
_NAME = re.compile(r"~\d+of(\d+)(?:@\w+)?$")


def slot_of(media: str) -> int:
    """0 to 63, by its id alone."""
    return zlib.crc32(media.encode()) % SLOTS


@dataclass(frozen=True)
class Share:
    """Shard `number`, from 0, of `count` ones, 1 to 64."""

    number: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.count <= SLOTS or not 0 <= self.number < self.count:
            raise ValueError(f"no shard {self.number} of {self.count}; there are 1 to {SLOTS}")

    @property
    def is_whole(self) -> bool:
        """Whether it has all media."""
        return self.count == 1

    @property
    def name(self) -> str:
        """What its directory ends with."""
        return "" if self.is_whole else f"~{self.number}of{self.count}"

    def within(self, count: int) -> "Share":
        """The one of `count` shards that has all of its media; `count` divides its own number."""
        return Share(self.number * count // self.count, count)

    def is_other(self, directory: str) -> bool:
        """Whether a directory of this name is of another number of shards."""
        found = _NAME.search(directory)
        return found is not None and int(found[1]) != self.count

    def has(self, media: str) -> bool:
        """Whether the media is in it."""
        return slot_of(media) * self.count // SLOTS == self.number

    def of(self, media: Iterable[str]) -> list[str]:
        """Those that are in it, in the same order."""
        return [one for one in media if self.is_whole or self.has(one)]


WHOLE = Share()
