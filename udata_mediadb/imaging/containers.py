"""Bytes -> Container: sniff, parse by format, cap the pixels, before any pixel is decoded."""

import struct
from collections.abc import Callable

from ..errors import TooLarge, UnsupportedImage
from . import bmp, gif, jpeg, png, tiff, webp
from .container import Container, exif_orientation
from .formats import sniff
from .picture import Header
from .pillow import open_plugin, open_with_pillow


def inspect(data: bytes, *, max_pixels: int) -> Header:
    """Format and upright size, from the header alone.

    Raises UnsupportedImage (415) for anything that is not one of our formats or whose header is
    damaged, TooLarge (413) above `max_pixels`. Pixels may still turn out damaged in `decode`.
    """
    container = open_container(data, max_pixels=max_pixels)
    open_with_pillow(container)
    width, height = container.width, container.height
    if container.turned:
        width, height = height, width
    return Header(container.format, width, height, container.animated)


def open_container(data: bytes, *, max_pixels: int) -> Container:
    """The rewritten container, its size known and within `max_pixels`. Raises as `inspect`."""
    name = sniff(data)
    try:
        container = _PARSERS[name](data)
    except (IndexError, struct.error) as exc:
        raise UnsupportedImage(f"Damaged or truncated {name}: its header is incomplete.") from exc
    if container.width <= 0 or container.height <= 0:
        raise UnsupportedImage(f"Damaged {name}: it declares no pixels.")
    if container.width * container.height > max_pixels:
        raise TooLarge(
            f"The image has {container.width}x{container.height} pixels; "
            f"up to {max_pixels} are accepted."
        )
    return container


def _parse_avif(data: bytes) -> Container:
    """libavif reads the boxes; it refuses above 16,384 x 16,384 pixels and decodes none yet."""
    image = open_plugin("AVIF", data)
    return Container(
        "AVIF",
        image.width,
        image.height,
        data,
        exif_orientation(image.info.get("exif", b"")),
        animated=getattr(image, "is_animated", False),
        icc=image.info.get("icc_profile"),
    )


_PARSERS: dict[str, Callable[[bytes], Container]] = {
    "JPEG": jpeg.parse,
    "PNG": png.parse,
    "GIF": gif.parse,
    "WEBP": webp.parse,
    "BMP": bmp.parse,
    "TIFF": tiff.parse,
    "AVIF": _parse_avif,
}
