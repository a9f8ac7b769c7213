"""What a catalog must know of a signature."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .index import Index
from .segments.segmented import SegmentFormat
from .signature import Signature


@dataclass(frozen=True)
class RegisteredSignature:
    """A signature and how to make an empty index for it.

    `segments`: where there is a format, many media go into shared segments
    (docs/decisions/0005-shared-segments.md); `new_index` serves few ones, or all.
    `candidates`: how many a search compares, all at once, where comparing is cheap; None: batches
    of the search's own size. `beside`: the least score of a hit that only this signature finds,
    in a search by several.
    """

    signature: Signature[Any]
    new_index: Callable[[], Index[Any]]
    segments: Callable[[], SegmentFormat] | None = None
    candidates: int | None = None
    beside: float = 0.0
