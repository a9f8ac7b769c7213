"""What a catalog must know of a signature."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from ..imaging import Picture
from .index import Index
from .segments.segmented import SegmentFormat
from .side_by_side import side_by_side
from .signature import Signature, signature_key


@dataclass(frozen=True)
class RegisteredSignature:
    """A signature and how to make an empty index for it.

    `segments`: where there is a format, many media go into shared segments
    (docs/decisions/0005-shared-segments.md); `new_index` serves few ones, or all.
    `candidates`: how many a search compares, all at once, where comparing is cheap; None: batches
    of the search's own size. `beside`: the least score of a hit that only this signature finds,
    in a search by several. `prepare`: what an index would do with queries that needs nothing of it;
    called before the index is locked.
    """

    signature: Signature[Any]
    new_index: Callable[[], Index[Any]]
    segments: Callable[[], SegmentFormat] | None = None
    candidates: int | None = None
    beside: float = 0.0
    prepare: Callable[[Sequence[Any]], None] = lambda _: None

    @cached_property
    def key(self) -> str:
        """See `signature_key`."""
        return signature_key(self.signature)


def dump_descriptions(
    registered: Mapping[str, RegisteredSignature], picture: Picture
) -> dict[str, bytes]:
    """The stored descriptions of a picture by these signatures; keys stay as they are."""
    return dict(zip(registered, side_by_side(dumping(registered, picture)), strict=True))


def dumping(
    registered: Mapping[str, RegisteredSignature], picture: Picture
) -> list[Callable[[], bytes]]:
    """What gives the stored description by each of these signatures."""
    return [partial(_dumped, one.signature, picture) for one in registered.values()]


def _dumped(signature: Signature[Any], picture: Picture) -> bytes:
    return signature.dumps(signature.describe(picture))
