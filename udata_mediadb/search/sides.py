"""One of two pictures that are compared: sent, kept or stored, as a whole or in part."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ..imaging import WHOLE, Picture, Region
from ..indexing.descriptions import stored_data
from ..media.models import Media
from ..recognition.signature import Signature, signature_key
from .kept import described, picture_of
from .models import KeptQuery
from .querying import decode_media, decode_query

Kind = Literal["file", "query", "media"]


@dataclass(frozen=True)
class Side:
    """A picture: what it is called, its pixels where they are needed, what is known of it.

    `sha256`: of its file, None where it is a part of one. `identifier`: of a query or media.
    `size`: width and height of what is compared.
    `known`: its stored description by a signature's key, None where there is none.
    """

    kind: Kind
    name: str | None
    identifier: str | None
    sha256: str | None
    region: Region | None
    size: tuple[int, int]
    decode: Callable[[], Picture]
    known: Callable[[str], bytes | None]

    @cached_property
    def picture(self) -> Picture:
        """Its pixels, decoded once."""
        return self.decode()

    def description(self, signature: Signature[Any]) -> Any:
        """As it is stored; made of the pixels where it is not, or cannot be read."""
        data = self.known(signature_key(signature))
        if data is not None:
            try:
                return signature.with_pixels(signature.loads(data), lambda: self.picture)
            except ValueError:  # damaged: the pixels say the same
                pass
        return signature.describe(self.picture)


def side_of_file(data: bytes, name: str | None, region: Region | None = None) -> Side:
    """A picture that was sent or fetched; it is decoded here, so that a bad one is refused."""
    picture = decode_query(data, region)
    sha256 = hashlib.sha256(data).hexdigest() if region is None else None
    size = picture.width, picture.height
    return Side("file", name, None, sha256, region, size, lambda: picture, lambda key: None)


def side_of_query(kept: KeptQuery, region: Region | None = None) -> Side:
    """A kept query."""
    known = described(kept, region).descriptions
    sha256 = str(kept.sha256) if region is None else None
    size = (region or WHOLE).size((kept.width, kept.height))
    return Side(
        "query",
        kept.name,
        kept.id,
        sha256,
        region,
        size,
        lambda: picture_of(kept, region),
        known.get,
    )


def side_of_media(media: Media, region: Region | None = None) -> Side:
    """A stored picture."""

    def known(key: str) -> bytes | None:
        return (
            stored_data(key, [media.picture_id]).get(media.picture_id) if region is None else None
        )

    sha256 = str(media.sha256) if region is None else None
    size = (region or WHOLE).size((media.width, media.height))
    return Side(
        "media",
        media.name,
        media.id,
        sha256,
        region,
        size,
        lambda: decode_media(media, region),
        known,
    )
