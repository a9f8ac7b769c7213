"""Media ids <-> the numbers that an index uses, for what one worker holds.

A number is private to a lineage of manifests. It stays with its media while a segment names it, and
is never given to another.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np

from .media_table import Keys, MediaTable, Numbers, keys_of

FIRST = 1  # 0 says "none" in the tables


class Numbering:
    """The tables of the segments, and what came after them."""

    def __init__(
        self, tables: Sequence[tuple[Numbers, MediaTable]] = (), next_number: int = FIRST
    ) -> None:
        """`tables`: sorted numbers and table of each segment; `next_number`: the first unused."""
        self._tables = list(tables)
        self._new: dict[str, int] = {}
        self._media: dict[int, str] = {}
        self.next_number = next_number

    def rearranged(self, tables: Sequence[tuple[Numbers, MediaTable]]) -> None:
        """Go on with the tables of merged segments."""
        self._tables = list(tables)

    def assign(self, media: Sequence[str]) -> list[int]:
        """The number of each media, a new one for those that have none."""
        known = self._known(media)
        for one, number in known.items():  # a merge may drop it from the tables meanwhile
            self._new[one] = number
            self._media[number] = one
        return [known.get(one) or self._assign(one) for one in media]

    def known(self, media: Iterable[str]) -> Numbers:
        """The numbers of those that have one."""
        return np.fromiter(self._known(list(media)).values(), np.uint32)

    def numbers_of(self, keys: Keys) -> Numbers:
        """The numbers of those of these media that have one."""
        found = [table.numbers_of(keys) for _, table in self._tables]
        if self._new:
            raw = keys.view(np.uint8).tobytes().hex()
            own = [self._by_hex(raw[i : i + 32]) for i in range(0, len(raw), 32)]
            found.append(np.array(own, np.uint32))
        numbers = np.concatenate([np.zeros(0, np.uint32), *found])
        return numbers[numbers > 0]

    def _by_hex(self, key: str) -> int:
        media = f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"
        return self._new.get(media, 0)

    def media_of(self, numbers: Iterable[int]) -> list[str]:
        """The media of these numbers; KeyError for one that was never assigned."""
        asked = [int(number) for number in numbers]
        found = {one: media for one in asked if (media := self._media.get(one)) is not None}
        for sorted_numbers, table in self._tables:
            missing = np.array([one for one in asked if one not in found], np.uint32)
            if not len(missing):
                break
            here, keys = table.keys_of_numbers(sorted_numbers, missing)
            pairs = zip(missing[here].tolist(), keys, strict=True)
            found.update((number, str(UUID(bytes=key))) for number, key in pairs)
        return [found[one] for one in asked]

    def keys_of(self, numbers: Iterable[int]) -> Keys:
        """(n,) S16 of these numbers; all zero for one that is no more."""
        asked = np.fromiter(numbers, np.uint32)
        keys = np.zeros(len(asked), "S16")
        for sorted_numbers, table in self._tables:
            table.fill_keys(keys, sorted_numbers, asked)
        own = [(i, one) for i, n in enumerate(asked.tolist()) if (one := self._media.get(n))]
        if own:
            places, media = zip(*own, strict=True)
            keys[list(places)] = keys_of(media)
        return keys

    def forget(self, numbers: Iterable[int]) -> None:
        """Drop what no segment names; a media that comes back gets another number."""
        for number in numbers:
            media = self._media.pop(int(number), None)
            if media is not None:
                del self._new[media]

    def _assign(self, media: str) -> int:
        if (known := self._new.get(media)) is not None:  # twice in one call
            return known
        number = self._new[media] = self.next_number
        self._media[number] = media
        self.next_number += 1
        return number

    def _known(self, media: Sequence[str]) -> Mapping[str, int]:
        found = {one: number for one in media if (number := self._new.get(one)) is not None}
        missing = [one for one in media if one not in found]
        if missing and self._tables:
            keys = keys_of(missing)
            for _, table in self._tables:
                numbers = table.numbers_of(keys)
                found.update((missing[i], int(numbers[i])) for i in np.flatnonzero(numbers))
        return found
