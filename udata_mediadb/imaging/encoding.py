"""Pixels -> bytes that are safe to show: new files, without any metadata of the original."""

from io import BytesIO

import numpy as np
from PIL import Image

from .decoding import Picture, composite, fit, load_reduced, shrink, transparent, upright
from .formats import MIME
from .opening import orientation
from .tone import to_srgb

# libjpeg's scale: 85 is where Pillow's documentation sees good quality at a small size; from 95 on
# files grow without a visible gain.
THUMBNAIL_QUALITY = 85
PICTURE_QUALITY = 92


def thumbnail(picture: Picture, *, side: int) -> tuple[bytes, str]:
    """(JPEG bytes, MIME type), the long side at most `side` pixels; transparency is white."""
    image = Image.fromarray(picture.pixels)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _jpeg(image, THUMBNAIL_QUALITY), MIME["JPEG"]


def reencode(data: bytes, *, max_pixels: int, max_side: int) -> tuple[bytes, str]:
    """(bytes, MIME type) of the same picture in full quality, the only form to show inline.

    A new PNG where any pixel is transparent, else a new JPEG: upright, in sRGB, the long side at
    most `max_side` pixels, one frame only, and nothing else of the original (no EXIF, GPS, XMP,
    comment, profile or appended bytes). Raises as `decode`.
    """
    loaded, size = load_reduced(data, max_pixels=max_pixels, side=max_side)
    rgba = transparent(loaded)
    image = composite(loaded) if rgba is None else rgba
    image = to_srgb(shrink(image, fit(*size, max_side)), loaded)
    clean = Image.fromarray(upright(np.asarray(image), orientation(loaded)))
    if rgba is not None:
        return _png(clean), MIME["PNG"]
    return _jpeg(clean, PICTURE_QUALITY, sharp=loaded.format != "JPEG"), MIME["JPEG"]


def _jpeg(image: Image.Image, quality: int, *, sharp: bool = False) -> bytes:
    """`sharp`: full colour resolution, for graphics; photographs from a JPEG have lost it."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=0 if sharp else 2)
    return out.getvalue()


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
