"""What one worker holds of an application and signature: an index, its numbers, where in the log.

Not safe for concurrent use: the catalog locks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..recognition.index import Index
from ..recognition.segments.segmented import SegmentedIndex, SegmentFormat, SegmentPart
from .manifest import Entry, Manifest
from .media_table import Keys
from .numbering import Numbering
from .segment_store import Opened, Stored


@dataclass(frozen=True, eq=False)
class Delta:
    """What a worker has beyond its manifest; enough to write the next one without it."""

    base: Manifest
    seq: int
    next_number: int
    part: SegmentPart
    keys: Keys  # of `part.live`
    entries: tuple[Entry, ...]  # the segments with what is dead in them by now


class Replica:
    """An index that knows media by their ids."""

    def __init__(self, index: Index[Any], applied: int) -> None:
        """An empty index; `applied`: the sequence number from which the log is to be applied."""
        self.applied = applied
        self.manifest: Manifest | None = None
        self.stored: Sequence[Stored] = ()
        self._index = index
        self._segmented: SegmentedIndex[Any] | None = None
        self._numbering = Numbering()

    @classmethod
    def of(cls, opened: Opened, segment_format: SegmentFormat) -> "Replica":
        """The segments of a manifest, and nothing else yet."""
        segments = [stored.segment for stored in opened.stored]
        index = segment_format.index(segments, [stored.dead for stored in opened.stored])
        replica = cls(index, opened.manifest.seq)
        replica.manifest = opened.manifest
        replica.stored = opened.stored
        replica._segmented = index
        replica._numbering = Numbering(_tables(opened.stored), opened.manifest.next_number)
        return replica

    def rearrange(self, opened: Opened) -> bool:
        """Go on with a manifest of the same content; False where this is not one simple merge."""
        if self._segmented is None or self.manifest is None:
            return False
        names = {stored.name for stored in self.stored}
        fresh = [stored for stored in opened.stored if stored.name not in names]
        if opened.manifest.content != self.manifest.content or len(fresh) != 1:
            return False
        old = [s.segment for s in self.stored if s.name not in opened.manifest.names]
        self._segmented.replace(old, fresh[0].segment)
        self._numbering.rearranged(_tables(opened.stored))
        self.manifest, self.stored = opened.manifest, opened.stored
        return True

    def __len__(self) -> int:
        return len(self._index)

    @property
    def index(self) -> Index[Any]:
        """The index, by numbers."""
        return self._index

    @property
    def numbering(self) -> Numbering:
        """Which media the numbers are."""
        return self._numbering

    @property
    def in_memory(self) -> int:
        """How many media are in this worker's memory only."""
        if self._segmented is None:
            return len(self._index)
        settled = sum(len(segment) - len(dead) for segment, dead in self._segmented.segments)
        return len(self._index) - settled

    @property
    def entries(self) -> int:
        """How many entries of the log a restart would have to apply, or all of them."""
        return self.applied - (self.manifest.seq if self.manifest else 0)

    def add(self, media: Sequence[str], descriptions: Sequence[Any]) -> None:
        """Add these, or describe them anew."""
        self._index.add(self._numbering.assign(media), descriptions)

    def discard(self, media: Iterable[str]) -> None:
        """Forget these; unknown ones are ignored."""
        numbers = self._numbering.known(media).tolist()
        self._index.discard(numbers)
        self._numbering.forget(numbers)

    def shortlist(
        self, description: Any, k: int, allowed: Iterable[str] | None
    ) -> list[tuple[str, float]]:
        """Up to k (media id, score), best first; of equals the smaller id first."""
        numbers = None if allowed is None else self._numbering.known(allowed)
        found = self._index.shortlist(description, k, numbers, self._numbering.keys_of)
        media = self._numbering.media_of([number for number, _ in found])
        return [(one, score) for one, (_, score) in zip(media, found, strict=True)]

    def delta(self) -> Delta | None:
        """What the next manifest needs; None where this worker has none to build on."""
        if self._segmented is None or self.manifest is None:
            return None
        part = self._segmented.delta
        return Delta(
            base=self.manifest,
            seq=self.applied,
            next_number=self._numbering.next_number,
            part=part,
            keys=self._numbering.keys_of(part.live),
            entries=tuple(
                Entry(segment.path.name, tuple(dead.tolist()))
                for segment, dead in self._segmented.segments
            ),
        )


def _tables(stored: Sequence[Stored]) -> list[Any]:
    return [(one.segment.images, one.table) for one in stored]
