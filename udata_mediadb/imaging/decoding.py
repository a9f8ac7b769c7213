"""Bytes -> pixels: reduced where it is cheap, in sRGB, composited on white, upright."""

from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile

from .opening import load, open_image, orientation

_OPAQUE = 255
_ALPHA_MODES = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_PROFILE = "icc_profile"  # in Pillow's `info`
_SRGB_NAMES = (b"sRGB", "sRGB".encode("utf-16-be"))


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


def decode(data: bytes, *, max_pixels: int, side: int) -> Picture:
    """The picture, its long side exactly `side` pixels, or the original's where that is smaller.

    Reduced by area averaging, so that the same picture gives the same pixels whichever way it was
    reduced; a JPEG is reduced inside its decoder first (never below `side`). The first frame of an
    animation. Raises UnsupportedImage (415) for what is not an image or is damaged anywhere,
    TooLarge (413) above `max_pixels`, before any pixel is decoded; see `open_image`.
    """
    loaded, (width, height) = load_reduced(data, max_pixels=max_pixels, side=side)
    target, turn, profile = fit(width, height, side), orientation(loaded), loaded.info.get(_PROFILE)
    rgba = transparent(loaded)
    opacity = None
    if rgba is not None:
        opacity = upright(np.asarray(shrink(rgba.getchannel("A"), target)), turn)
    image = shrink(composite(loaded if rgba is None else rgba), target)
    pixels = upright(np.asarray(to_srgb(image, profile).convert("RGB")), turn)
    if turn >= 5:
        width, height = height, width
    return Picture(pixels, width, height, str(loaded.format), opacity)


def load_reduced(
    data: bytes, *, max_pixels: int, side: int
) -> tuple[ImageFile.ImageFile, tuple[int, int]]:
    """(image, size): decoded, in whichever mode it is, and the original's width and height.

    A JPEG perhaps at 1/2, 1/4 or 1/8 of that size. `orientation` is still to be applied.
    """
    image = open_image(data, max_pixels=max_pixels)
    size = image.size
    if image.format == "JPEG":
        image.draft(None, fit(*size, side))
    load(image)
    return image, size if image.format == "JPEG" else image.size


def has_alpha(image: Image.Image) -> bool:
    """Whether any pixel may be transparent."""
    return image.mode in _ALPHA_MODES or "transparency" in image.info


def transparent(image: Image.Image) -> Image.Image | None:
    """The picture in mode "RGBA"; None where all its pixels are opaque.

    So it is with 16-bit grey, of which Pillow drops the transparent value.
    """
    if image.mode.startswith(("I", "F")) or not has_alpha(image):
        return None
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    return None if rgba.getchannel("A").getextrema()[0] == _OPAQUE else rgba


def composite(image: Image.Image) -> Image.Image:
    """8 bits a channel, on white: mode "RGB", "L" or "CMYK"."""
    if image.mode.startswith(("I", "F")):
        return _grey8(image)
    if not has_alpha(image):
        return image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")
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


def to_srgb(image: Image.Image, icc: object) -> Image.Image:
    """Colours as the embedded profile means them, in sRGB; mode "RGB", "RGBA" or "L".

    Only what the profile was made for is converted; a damaged profile is ignored, as in browsers.
    """
    profile = icc if isinstance(icc, bytes) else b""
    space = {b"RGB ": "RGB", b"CMYK": "CMYK"}.get(profile[16:20])
    if image.mode.removesuffix("A") == space and not any(name in profile for name in _SRGB_NAMES):
        try:
            return _through_profile(image, profile)
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            pass
    return image.convert("RGB") if image.mode == "CMYK" else image


def _through_profile(image: Image.Image, icc: bytes) -> Image.Image:
    profile = ImageCms.ImageCmsProfile(BytesIO(icc))
    srgb = ImageCms.createProfile("sRGB")
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    return ImageCms.profileToProfile(image, profile, srgb, outputMode=mode) or image


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


def _grey8(image: Image.Image) -> Image.Image:
    """Mode "L" from 16-bit, 32-bit or float grey, which Pillow would clip at 255.

    16-bit values keep their meaning (65,535 is white), and floats in 0..1 do; a range beyond that
    has no defined white, so the darkest value becomes black and the brightest white.
    """
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) // 257).astype(np.uint8))
    values = np.asarray(image).astype(np.float32)
    np.nan_to_num(values, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    white = 1.0 if image.mode == "F" else 65535.0
    if low >= 0 and high <= white:
        low, high = 0.0, white
    scaled = (values - low) * (255.0 / max(high - low, 1e-12))
    return Image.fromarray(np.round(scaled).astype(np.uint8))
