"""A picture's bytes -> all that is stored of it beside them: work for the processor, nothing else.

Needs no app and no MongoDB, so that any process can do it (`describing_pool`).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import MediaDBError
from ..imaging import DecodingBudget, decode, thumbnail
from ..imaging.embedded import Facts, read_facts
from ..imaging.opening import open_image
from ..recognition.registered import RegisteredSignature, dump_descriptions

logger = logging.getLogger(__name__)

DECODE_SIDE_PX = 1024  # serves the signatures (512) and the thumbnail from one decode


@dataclass(frozen=True)
class Described:
    """`width`, `height`: pixels of the original, upright. `facts`: what its file says.

    `thumbnail`: JPEG. `descriptions`: as stored, by signature key.
    """

    width: int
    height: int
    format: str
    facts: Facts
    thumbnail: bytes
    descriptions: Mapping[str, bytes]


@dataclass(frozen=True)
class Limits:
    """What a picture may cost, and the size of what is made of it."""

    max_pixels: int
    thumbnail_side_px: int
    budget: DecodingBudget = field(default_factory=DecodingBudget)


def describe_bytes(
    data: bytes, signatures: Mapping[str, RegisteredSignature], limits: Limits
) -> Described:
    """All of one picture by these signatures; waits until there is memory. Raises as `decode`."""
    picture = decode(
        data,
        max_pixels=limits.max_pixels,
        side=DECODE_SIDE_PX,
        room=limits.budget.room_in_the_end,
        max_bytes=limits.budget.total_bytes,
        about=True,
    )
    facts = read_facts(open_image(data, max_pixels=limits.max_pixels))
    small, _mime = thumbnail(picture, side=limits.thumbnail_side_px)
    descriptions = dump_descriptions(signatures, picture)
    return Described(picture.width, picture.height, picture.format, facts, small, descriptions)


@dataclass(frozen=True)
class Refused:
    """Why a picture cannot be described; `error`: the slug of ours."""

    reason: str
    error: str


@dataclass(frozen=True)
class Setup:
    """What such a process must know: settings of the portal. `tunes`: MEDIADB_TUNE_PROCESS."""

    encoder: Mapping[str, Any] | None
    former_encoder: Mapping[str, Any] | None
    max_pixels: int
    thumbnail_side_px: int
    decoding_bytes: int
    tunes: bool


def refused_or(describe: Callable[[], Described]) -> Described | Refused:
    """What `describe` gives, or why it is refused; what was not foreseen is in the log."""
    try:
        return describe()
    except MediaDBError as exc:
        return Refused(exc.message, exc.slug)
    except Exception as exc:  # such as an error of a decoder: that of one picture alone
        logger.exception("A picture could not be described")
        return Refused(f"{type(exc).__name__}: it is in the log", "error")
