"""The seam between what an index keeps in shared segments and who writes, merges and opens them.

Postings and vectors are two formats of the same store (`indexing/store.py`): it knows manifests,
leases and media, a format knows what is in the files.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from ..index import D_contra, Index
from .id_sets import Ids


class SegmentPart(Protocol):
    """What a segment is written from: references, of which some are dead."""

    @property
    def images(self) -> Ids:
        """All ids in it, sorted."""

    @property
    def dead(self) -> Ids:
        """The ids in it that do not count, sorted."""

    @property
    def live(self) -> Ids:
        """The others, sorted."""


class OpenSegment(Protocol):
    """An open, immutable directory, memory-mapped."""

    @property
    def path(self) -> Path:
        """The directory; its name is that of the segment."""

    @property
    def images(self) -> Ids:
        """All ids in it, sorted."""

    def __len__(self) -> int:
        """How many references it holds, dead ones as well."""

    def check(self) -> None:
        """Read all files and compare with their checksums; BadSegment where one differs."""

    def part(self, dead: Ids) -> Any:
        """A `SegmentPart` of it; `dead`: sorted ids."""


class SegmentedIndex(Index[D_contra], Protocol[D_contra]):
    """An index of segments, their tombstones, and a delta in memory. Callers lock."""

    @property
    def segments(self) -> Sequence[tuple[OpenSegment, Ids]]:
        """Each segment with the ids in it that are dead, sorted."""

    @property
    def delta(self) -> SegmentPart:
        """What is in memory only, as one part."""

    def replace(self, old: Sequence[Any], new: Any) -> None:
        """Go on with `new`, the merge of `old`; what was discarded meanwhile stays dead."""


class SegmentFormat(Protocol):
    """How an index is stored; parts and segments are those of the same format."""

    @property
    def version(self) -> str:
        """Segments of another version are refused: vocabulary, dimension, parameters."""

    @property
    def formers(self) -> Sequence["SegmentFormat"]:
        """Earlier versions whose segments this one opens as well."""

    def open(self, path: Path) -> OpenSegment:
        """Map the files, in milliseconds; BadSegment where they cannot be used."""

    def write(self, path: Path, parts: Sequence[Any]) -> None:
        """A new segment of what is live in all parts; it appears whole or not at all.

        FileExistsError where the name is taken; OSError where the disk is full, without leftovers.
        """

    def index(self, segments: Sequence[Any] = (), dead: Sequence[Ids] = ()) -> SegmentedIndex[Any]:
        """An index of these segments; `dead` has the tombstones of each."""

    def packed(self, descriptions: Sequence[Any]) -> Mapping[str, NDArray[Any]]:
        """What an index is asked for these, as arrays; of any length, for shards elsewhere."""

    def unpacked(self, arrays: Mapping[str, NDArray[Any]]) -> Sequence[Any]:
        """The questions, one for each description; ValueError for what `packed` does not give."""
