"""Bytes -> pixels: reduced where it is cheap, in sRGB, composited on white, upright."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from .frames import show_a_frame
from .jpeg_end import with_its_end
from .opening import load, open_image, orientation
from .tone import grey8, is_deep, to_srgb

_OPAQUE = 255
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


def decode(data: bytes, *, max_pixels: int, side: int, lenient: bool = False) -> Picture:
    """The picture, its long side exactly `side` pixels, or the original's where that is smaller.

    Reduced by area averaging, so that the same picture gives the same pixels whichever way it was
    reduced; a JPEG is reduced inside its decoder first (never below `side`). Of an animation, the
    first frame that is not of one colour. `lenient`: of a JPEG that was cut off, what is there.
    Raises UnsupportedImage (415) for what is not an image or is damaged anywhere, TooLarge (413)
    above `max_pixels`, before any pixel is decoded; see `open_image`.
    """
    loaded, (width, height) = load_reduced(data, max_pixels=max_pixels, side=side, lenient=lenient)
    target, turn = fit(width, height, side), orientation(loaded)
    rgba = transparent(loaded)
    opacity = None
    if rgba is not None:
        opacity = upright(np.asarray(shrink(rgba.getchannel("A"), target)), turn)
    image = shrink(composite(loaded if rgba is None else rgba), target)
    pixels = upright(np.asarray(to_srgb(image, loaded).convert("RGB")), turn)
    if turn >= 5:
        width, height = height, width
    return Picture(pixels, width, height, str(loaded.format), opacity)


def load_reduced(
    data: bytes, *, max_pixels: int, side: int, lenient: bool = False
) -> tuple[ImageFile.ImageFile, tuple[int, int]]:
    """(image, size): decoded, in whichever mode it is, and the original's width and height.

    A JPEG perhaps at 1/2, 1/4 or 1/8 of that size. `orientation` is still to be applied.
    """
    image = open_image(data, max_pixels=max_pixels)
    size = image.size
    if image.format == "JPEG":
        whole = with_its_end(data, max_pixels=max_pixels, lenient=lenient)
        if whole is not data:
            image = open_image(whole, max_pixels=max_pixels)
        image.draft(None, fit(*size, side))
    load(image)
    show_a_frame(image, max_pixels=max_pixels)
    return image, size if image.format == "JPEG" else image.size


def has_alpha(image: Image.Image) -> bool:
    """Whether any pixel may be transparent."""
    return image.mode in _ALPHA_MODES or "transparency" in image.info


def transparent(image: Image.Image) -> Image.Image | None:
    """The picture in mode "RGBA"; None where all its pixels are opaque.

    So it is with 16-bit grey, of which Pillow drops the transparent value.
    """
    if is_deep(image) or not has_alpha(image):
        return None
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    return None if rgba.getchannel("A").getextrema()[0] == _OPAQUE else rgba


def composite(image: Image.Image) -> Image.Image:
    """8 bits a channel, on white: mode "RGB", "L", "CMYK" or "LAB"."""
    if is_deep(image):
        return grey8(image)
    if not has_alpha(image):
        return image if image.mode in ("RGB", "L", "CMYK", "LAB") else image.convert("RGB")
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    canvas = Image.new("RGB", rgba.size, "white")
    canvas.paste(rgba, mask=rgba)
    return canvas


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


def upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Apply EXIF orientation 1-8 (EXIF 2.32, 4.6.4 A); contiguous."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def fit(width: int, height: int, side: int) -> tuple[int, int]:
    """Size with its long side at `side`, never enlarged, never below 1 pixel."""
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))
