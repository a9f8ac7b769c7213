"""Pixels -> bytes that are safe to show: new files, with nothing of the original but its rights."""

from io import BytesIO

import numpy as np
from PIL import Image, PngImagePlugin

from .bands import converted
from .budget import Room
from .decoding import Picture, fit, loaded, on_white, shrink, shrunk, transparent, upright
from .embedded import NO_RIGHTS, Rights, exif_block, read_facts, rights_of, xmp_packet
from .formats import MIME
from .opening import orientation
from .tone import to_srgb

# libjpeg's scale: 85 is where Pillow's documentation sees good quality at a small size; from 95 on
# files grow without a visible gain.
THUMBNAIL_QUALITY = 85
PICTURE_QUALITY = 92
WEBP_QUALITY = 80  # libwebp's usual one: as good as JPEG at 85, a quarter smaller


def thumbnail(picture: Picture, *, side: int) -> tuple[bytes, str]:
    """(JPEG bytes, MIME type), the long side at most `side` pixels; transparency is white."""
    height, width = picture.pixels.shape[:2]
    small = shrunk(picture.pixels, fit(width, height, side))
    return _jpeg(Image.fromarray(small), THUMBNAIL_QUALITY), MIME["JPEG"]


def reencode(
    data: bytes, *, max_pixels: int, max_side: int, room: Room | None = None
) -> tuple[bytes, str]:
    """(bytes, MIME type) of the same picture in full quality, the only form to show inline.

    A new PNG where any pixel is transparent, else a new JPEG: upright, in sRGB, the long side at
    most `max_side` pixels, one frame only, and of what the original says of itself only
    who made it and what one may do with it: no place, camera, comment, profile or appended bytes.
    Raises as `decode`.
    """
    with loaded(data, max_pixels=max_pixels, side=max_side, room=room) as (image, size):
        target, rgba = fit(*size, max_side), transparent(image)
        reduced = shrink(converted(image, target, rgba or on_white(image)), target)
        shown = to_srgb(reduced, image)
        clean = Image.fromarray(upright(np.asarray(shown), orientation(image)))
        rights = rights_of(read_facts(image))
        if rgba is not None:
            return _png(clean, rights), MIME["PNG"]
        is_sharp = image.format != "JPEG"
        return _jpeg(clean, PICTURE_QUALITY, rights=rights, sharp=is_sharp), MIME["JPEG"]


def rendition(
    data: bytes, *, max_pixels: int, side: int, form: str, room: Room | None = None
) -> bytes:
    """The same picture with a long side of at most `side` pixels, as "WEBP" or "JPEG".

    Upright, in sRGB, with nothing of the original but its pixels; transparent in WebP, white in
    JPEG. Raises as `decode`.
    """
    with loaded(data, max_pixels=max_pixels, side=side, room=room) as (image, size):
        target, rgba = fit(*size, side), transparent(image) if form == "WEBP" else None
        reduced = shrink(converted(image, target, rgba or on_white(image)), target)
        shown = to_srgb(reduced, image)
        clean = Image.fromarray(upright(np.asarray(shown), orientation(image)))
    if form == "JPEG":
        return _jpeg(clean.convert("RGB"), THUMBNAIL_QUALITY)
    out = BytesIO()
    clean.save(out, "WEBP", quality=WEBP_QUALITY)
    return out.getvalue()


def _jpeg(
    image: Image.Image, quality: int, *, rights: Rights = NO_RIGHTS, sharp: bool = False
) -> bytes:
    """`sharp`: full colour resolution, for graphics; photographs from a JPEG have lost it."""
    blocks = {"exif": exif_block(rights), "xmp": xmp_packet(rights)} if rights else {}
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=0 if sharp else 2, **blocks)
    return out.getvalue()


def _png(image: Image.Image, rights: Rights) -> bytes:
    texts = PngImagePlugin.PngInfo()
    if rights:
        texts.add_itxt("XML:com.adobe.xmp", xmp_packet(rights).decode())
    out = BytesIO()
    image.save(out, "PNG", pnginfo=texts)
    return out.getvalue()
