"""Bytes -> pixels: reduced where it is cheap, in sRGB, composited on white, upright."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from math import ceil, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from ..errors import TooLarge
from .bands import Convert, bands, converted, pixels_at_once
from .budget import Room
from .cost import decoding_bytes, pixels_of
from .frames import show_a_frame
from .jpeg_end import with_its_end
from .opening import load, open_image, orientation
from .region import WHOLE, Box, Region
from .tone import grey8_of, is_deep, to_srgb

_OPAQUE = 255
# Of the side that is asked for, where about so much will do: to reduce by a quarter takes longer
# than to decode; 4,000 and 4,032 px (12 megapixels) are a quarter of themselves in the decoder.
_ABOUT_LEAST, _ABOUT_MOST = 0.95, 1.3
_LONGEST_STRIP = 2.0  # times the side asked for: 8:1 and longer
_ALPHA_MODES = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})


@dataclass(frozen=True)
class Picture:
    """A decoded image.

    `pixels`: (h, w, 3) uint8 RGB (sRGB), turned upright, transparency composited on white; its
    long side may be smaller than the original's (see `decode`). `width`, `height`: pixels of the
    original, upright. `format`: "JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF" or "AVIF". `opacity`:
    (h, w) uint8, 0 transparent to 255, where any pixel of the original is transparent, else None.
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int
    format: str
    opacity: NDArray[np.uint8] | None = None


def decode(
    data: bytes,
    *,
    max_pixels: int,
    side: int,
    lenient: bool = False,
    room: Room | None = None,
    max_bytes: int | None = None,
    region: Region = WHOLE,
    about: bool = False,
) -> Picture:
    """The picture, its long side exactly `side` pixels, or the original's where that is smaller.

    `about`: 0.95 to 1.3 times `side` where it is decoded in such a size. Beyond 2:1 it is up to
    twice as long: a strip keeps the area of `side` x `side / 2`.
    Reduced by area averaging, so that the same picture gives the same pixels whichever way it was
    reduced; a JPEG is reduced inside its decoder first (never below `side`). Of an animation, the
    first frame that is not of one colour. `lenient`: of a JPEG that was cut off, what is there.
    `room`: holds the memory that it takes. `region`: of that part alone, as if the rest did not
    exist: `side`, `width` and `height` are the part's. Raises UnsupportedImage (415) for what is
    not an image or is damaged anywhere, TooLarge (413) above `max_pixels` or where decoding takes
    more than `max_bytes`, before any pixel is decoded (see `open_image`), and what `room` raises.
    """
    with loaded(
        data,
        max_pixels=max_pixels,
        side=side,
        lenient=lenient,
        room=room,
        max_bytes=max_bytes,
        region=region,
        about=about,
    ) as (image, size):
        return _picture(image, size, side, about=about)


def _picture(
    image: ImageFile.ImageFile, size: tuple[int, int], side: int, *, about: bool
) -> Picture:
    (width, height), turn = size, orientation(image)
    target = fit(width, height, strip_side(width, height, side))
    if about and _ABOUT_LEAST <= max(image.size) / max(target) <= _ABOUT_MOST:
        target = image.size
    opacity = None
    if is_transparent(image):
        alpha = converted(image, target, lambda band: _rgba(band).getchannel("A"))
        opacity = upright(np.asarray(shrink(alpha, target)), turn)
    flat = shrink(converted(image, target, on_white(image)), target)
    pixels = upright(np.asarray(to_srgb(flat, image).convert("RGB")), turn)
    if turn >= 5:
        width, height = height, width
    return Picture(pixels, width, height, str(image.format), opacity)


@contextmanager
def loaded(
    data: bytes,
    *,
    max_pixels: int,
    side: int,
    lenient: bool = False,
    room: Room | None = None,
    max_bytes: int | None = None,
    region: Region = WHOLE,
    about: bool = False,
) -> Iterator[tuple[ImageFile.ImageFile, tuple[int, int]]]:
    """(image, size): decoded, in whichever mode it is, and the original's width and height.

    A JPEG perhaps at 1/2, 1/4 or 1/8 of that size; `about`: also where that is a little less than
    `side`. `orientation` is still to be applied. Both are
    the `region`'s. The memory is held until the end.
    """
    for less in (1, 2, 4, 8):  # of a region of a large JPEG, the detail that there is memory for
        image = open_image(data, max_pixels=max_pixels)
        size, part = image.size, region.before(orientation(image))
        wanted = _wanted(size, part, max(1, side // less), _ABOUT_LEAST if about else 1.0)
        if image.format == "JPEG":
            image.draft(None, wanted)
        processed = pixels_at_once(part.size(image.size), part.size(wanted))
        cost = decoding_bytes(image, size, processed, is_checked=not lenient)
        if max_bytes is None or cost <= max_bytes:
            break
        if part == WHOLE or image.format != "JPEG" or less == 8:
            raise TooLarge(
                f"A {image.format} of {size[0]}x{size[1]} pixels takes {_mb(cost)} to decode; up "
                f"to {_mb(max_bytes)} are spent on one here."
            )
    with room(cost) if room else nullcontext():
        image = _with_its_end(image, data, size, wanted, lenient=lenient)
        try:
            load(image)
            show_a_frame(image, max_pixels=max_pixels)
            size = size if image.format == "JPEG" else image.size
            part = region.before(orientation(image))
            if part != WHOLE:
                _leave_only(image, part.box(image.size))
            yield image, part.size(size)
        finally:
            image.close()  # before others may have its room


def _wanted(size: tuple[int, int], part: Region, side: int, least: float) -> tuple[int, int]:
    """The size in which the whole is wanted, so that the part has its long side at `side`.

    Or at so much of it, where a decoder gives that.
    """
    own = part.size(size)
    seen = fit(*own, ceil(least * strip_side(*own, side)))
    if own == size:
        return seen
    return ceil(size[0] * seen[0] / own[0]), ceil(size[1] * seen[1] / own[1])


def _leave_only(image: ImageFile.ImageFile, box: Box) -> None:
    """Take away what lies outside of the box; what the file says of its tones stays."""
    image.im = image.im.crop(box)
    image._size = box[2] - box[0], box[3] - box[1]  # as Pillow's own plugins set it


def _with_its_end(
    image: ImageFile.ImageFile,
    data: bytes,
    size: tuple[int, int],
    wanted: tuple[int, int],
    *,
    lenient: bool,
) -> ImageFile.ImageFile:
    """The image, or that of the same bytes with the end mark that they lack."""
    if image.format != "JPEG":
        return image
    max_pixels = pixels_of(size)
    whole = with_its_end(data, max_pixels=max_pixels, lenient=lenient)
    if whole is data:
        return image
    image = open_image(whole, max_pixels=max_pixels)
    image.draft(None, wanted)
    return image


def has_alpha(image: Image.Image) -> bool:
    """Whether any pixel may be transparent."""
    return image.mode in _ALPHA_MODES or "transparency" in image.info


def is_transparent(image: Image.Image) -> bool:
    """Whether any pixel is.

    None of 16-bit grey, of which Pillow drops the transparent value.
    """
    if is_deep(image) or not has_alpha(image):
        return False
    alphas = (_rgba(band).getchannel("A") for _, band in bands(image))
    return any(alpha.getextrema()[0] != _OPAQUE for alpha in alphas)


def transparent(image: Image.Image) -> Convert | None:
    """What makes a part of the picture "RGBA"; None where all its pixels are opaque."""
    return _rgba if is_transparent(image) else None


def on_white(image: Image.Image) -> Convert:
    """What makes a part of the picture 8 bits a channel, on white.

    Its mode is "RGB", "L", "CMYK" or "LAB".
    """
    return grey8_of(image) if is_deep(image) else _composite


def _rgba(image: Image.Image) -> Image.Image:
    return image if image.mode == "RGBA" else image.convert("RGBA")


def _composite(image: Image.Image) -> Image.Image:
    if not has_alpha(image):
        return image if image.mode in ("RGB", "L", "CMYK", "LAB") else image.convert("RGB")
    rgba = _rgba(image)
    canvas = Image.new("RGB", rgba.size, "white")
    canvas.paste(rgba, mask=rgba)
    return canvas


def _mb(size_bytes: int) -> str:
    return f"{-(-size_bytes // 1_000_000)} MB"


def shrink(image: Image.Image, target: tuple[int, int]) -> Image.Image:
    """Reduced to that width and height by area averaging, mode unchanged."""
    if image.size == target:
        return image
    if image.mode == "RGBA":  # Pillow weighs colours by their alpha, OpenCV does not
        return image.resize(target, Image.Resampling.HAMMING, reducing_gap=3.0)
    factor = max(image.size) // (2 * max(target))
    if factor > 1:  # whole pixels first, without OpenCV's second copy of a large picture
        image = image.reduce(factor)
    pixels = cv2.resize(np.asarray(image), target, interpolation=cv2.INTER_AREA)
    return Image.frombytes(image.mode, target, pixels.tobytes())


def shrunk(pixels: NDArray[np.uint8], target: tuple[int, int]) -> NDArray[np.uint8]:
    """The same of (h, w, 3) RGB pixels, without copies of the whole where that is possible."""
    size = pixels.shape[1::-1]
    if size == target:
        return pixels
    if max(size) // (2 * max(target)) > 1:
        return np.asarray(shrink(Image.fromarray(pixels), target))
    return np.asarray(cv2.resize(pixels, target, interpolation=cv2.INTER_AREA), np.uint8)


def upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Apply EXIF orientation 1-8 (EXIF 2.32, 4.6.4 A); contiguous."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def strip_side(width: int, height: int, side: int) -> int:
    """The long side in which a picture of this size is decoded where `side` is asked for."""
    aspect = max(width, height) / max(1, min(width, height))
    return round(side * min(_LONGEST_STRIP, sqrt(max(1.0, aspect / 2))))


def fit(width: int, height: int, side: int) -> tuple[int, int]:
    """Size with its long side at `side`, never enlarged, never below 1 pixel."""
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))
