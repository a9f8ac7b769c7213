"""What gives the tones of a picture their meaning beside the pixels, made good in sRGB.

ICC profiles, PNG's gAMA and cHRM, TIFF's "0 is white" and CIELAB, and the number of bits that
a 16-bit scan really has. What stands nowhere is taken as sRGB, as in browsers.
"""

import struct
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile

from .bands import Convert, bands

PROFILE = "icc_profile"  # in Pillow's `info`
WHITE_IS_ZERO = "white_is_zero"  # in ours: TIFF's PhotometricInterpretation 0 beyond 8 bits
SIGNIFICANT_BITS = "significant_bits"  # in ours: PNG's sBIT, TIFF's MaxSampleValue
_SRGB_NAMES = (b"sRGB", "sRGB".encode("utf-16-be"))
_SRGB_GAMMA = 1 / 2.2  # what PNG writers give for sRGB (PNG, third edition, 11.3.2.5)
# Nearer to it is sRGB, rounded; beyond the bounds no device encodes, and PNG calls 0 an error.
_GAMMA_STEP, _GAMMA_LEAST, _GAMMA_MOST = 0.01, 0.05, 5.0
# ITU-R BT.709 primaries and D65 as white x, y, red x, y, green x, y, blue x, y: IEC 61966-2-1
_SRGB_CHROMATICITY = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
_CHROMATICITY_STEP = 0.01  # nearer to it, nobody sees a difference
_SBIT_CHUNKS = 64  # are looked at before the pixels: PNG wants sBIT among the first


def is_deep(image: Image.Image) -> bool:
    """Whether it is grey of more than 8 bits, which Pillow cannot convert by itself."""
    return image.mode.startswith(("I", "F"))


def grey8_of(image: Image.Image) -> Convert:
    """What makes a part of this picture mode "L", in sRGB; Pillow would clip it at 255.

    From grey of 16 bits, 32 bits or floats. 16-bit values keep their meaning (65,535 is white, or
    what the file says its bits hold), and floats in 0..1 do; a range beyond that has no defined
    white, so the darkest value becomes black and the brightest white.
    """
    if image.mode.startswith("I;16"):  # by a table: a large scan would be copied as floats
        highest = max(int(np.asarray(band).max()) for _, band in bands(image))
        white = _white(image, highest)
        table = _shown(np.arange(65536, dtype=np.float32), 0.0, white, image.info)
        return lambda band: Image.fromarray(table[np.asarray(band)])
    ranges = [(float(v.min()), float(v.max())) for v in (_finite(b) for _, b in bands(image))]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    white = 1.0 if image.mode == "F" else _white(image, high)
    if low >= 0 and high <= white:
        low, high = 0.0, white
    return lambda band: Image.fromarray(_shown(_finite(band), low, high, image.info))


def to_srgb(image: Image.Image, loaded: ImageFile.ImageFile) -> Image.Image:
    """Colours as the file means them, in sRGB; mode "RGB", "RGBA" or "L".

    `loaded`: what `image` was made of. Only what a profile was made for is converted; a damaged one
    is ignored, as in browsers.
    """
    if is_deep(loaded):
        return image  # `grey8_of` did
    if image.mode == "LAB":
        return _through(image, ImageCms.createProfile("LAB"), "RGB")
    shown = _by_profile(image, _profile_bytes(loaded.info))
    if shown is None and loaded.mode in ("1", "L", "LA"):
        shown = _by_curve(image, _grey_curve(loaded.info))
    elif shown is None and image.mode in ("RGB", "RGBA") and not _profile_bytes(loaded.info):
        shown = _by_gamma_and_primaries(image, loaded.info)
    image = shown or image
    return image.convert("RGB") if image.mode == "CMYK" else image


def png_significant_bits(data: bytes) -> int | None:
    """Of the first sample, as the sBIT chunk says it (PNG 11.3.2.7); None where there is none."""
    position = 8
    for _ in range(_SBIT_CHUNKS):
        if position + 9 > len(data):
            return None
        (length,), kind = struct.unpack_from(">I", data, position), data[position + 4 :][:4]
        if kind == b"sBIT" and length:
            return data[position + 8]
        if kind == b"IDAT":
            return None
        position += 12 + int(length)
    return None


def _finite(image: Image.Image) -> NDArray[np.float32]:
    values = np.asarray(image).astype(np.float32)
    return np.nan_to_num(values, copy=False, nan=0.0, posinf=0.0, neginf=0.0)


def _shown(
    values: NDArray[np.float32], low: float, high: float, info: dict[str | tuple[int, int], object]
) -> NDArray[np.uint8]:
    """sRGB values of grey values between black and white, or white and black."""
    shown = np.clip((values - low) * (255.0 / max(high - low, 1e-12)), 0.0, 255.0)
    if info.get(WHITE_IS_ZERO):
        shown = 255.0 - shown
    curve = _grey_curve(info)
    if curve is not None:
        shown = np.interp(shown, np.arange(256), curve.astype(np.float64))
    return np.round(shown).astype(np.uint8)


def _white(image: Image.Image, high: float) -> float:
    """The value that is white: 65,535, unless the file names fewer bits and uses no more.

    Scanners store 12 bits in 16 as they are, which PNG and TIFF do not intend: by the letter such
    a page is nearly black. A picture that really is that dark would have to say so, too.
    """
    bits = image.info.get(SIGNIFICANT_BITS)
    if isinstance(bits, int) and 8 <= bits < 16 and high < 2**bits:
        return float(2**bits - 1)
    return 65535.0


def _profile_bytes(info: dict[str | tuple[int, int], object]) -> bytes:
    profile = info.get(PROFILE)
    return profile if isinstance(profile, bytes) else b""


def _grey_curve(info: dict[str | tuple[int, int], object]) -> NDArray[np.uint8] | None:
    """(256,): the sRGB value of each grey value; None where it is that itself."""
    profile = _profile_bytes(info)
    if profile:
        return _curve_of_profile(profile) if profile[16:20] == b"GRAY" else None
    gamma = _gamma(info)
    return None if gamma is None else _encoded(_linear(gamma))


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """Through a profile for such pixels; None where it is for others, damaged, or sRGB itself."""
    space = {b"RGB ": "RGB", b"CMYK": "CMYK"}.get(profile[16:20])
    if image.mode.removesuffix("A") != space or any(name in profile for name in _SRGB_NAMES):
        return None
    try:
        return _through_profile(image, profile)
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None


def _curve_of_profile(profile: bytes) -> NDArray[np.uint8] | None:
    ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    try:
        shown = _through(ramp, ImageCms.ImageCmsProfile(BytesIO(profile)), "RGB")
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None
    return np.asarray(shown)[0, :, 1].copy()


def _by_curve(image: Image.Image, curve: NDArray[np.uint8] | None) -> Image.Image:
    if curve is None:
        return image
    if image.mode == "RGBA":
        return image.point([*curve.tolist() * 3, *range(256)])
    return image.point(curve.tolist() * len(image.getbands()))


def _by_gamma_and_primaries(
    image: Image.Image, info: dict[str | tuple[int, int], object]
) -> Image.Image:
    """Of a PNG: gAMA alone is a curve; with cHRM of other primaries, light is mixed anew."""
    gamma, chromaticity = _gamma(info), info.get("chromaticity")
    if "srgb" in info:
        return image
    matrix = _to_srgb_primaries(chromaticity) if "gamma" in info else None
    if matrix is None:
        return _by_curve(image, None if gamma is None else _encoded(_linear(gamma)))
    pixels = np.array(image)
    light = _linear(gamma or _SRGB_GAMMA).astype(np.float32)[pixels[..., :3]]
    pixels[..., :3] = _encoded(np.clip(light @ matrix.T.astype(np.float32), 0.0, 1.0))
    return Image.fromarray(pixels)


def _gamma(info: dict[str | tuple[int, int], object]) -> float | None:
    """PNG's gAMA where it changes anything."""
    gamma = info.get("gamma")
    if not isinstance(gamma, float) or "srgb" in info:
        return None
    is_usual = abs(gamma - _SRGB_GAMMA) < _GAMMA_STEP
    return None if is_usual or not _GAMMA_LEAST <= gamma <= _GAMMA_MOST else gamma


def _linear(gamma: float) -> NDArray[np.float64]:
    """(256,): the light, 0 to 1, that each value stands for."""
    return (np.arange(256) / 255.0) ** (1.0 / gamma)


def _encoded(light: NDArray[np.float64] | NDArray[np.float32]) -> NDArray[np.uint8]:
    """sRGB values of light from 0 to 1 (IEC 61966-2-1)."""
    values = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(255.0 * values).astype(np.uint8)


def _to_srgb_primaries(chromaticity: object) -> NDArray[np.float64] | None:
    """(3, 3): from light by these primaries to light by sRGB's; None where they are the same.

    White stays white (no adaptation is asked for). What cannot be primaries counts as none.
    """
    if not isinstance(chromaticity, tuple) or len(chromaticity) != 8:
        return None
    if np.allclose(chromaticity, _SRGB_CHROMATICITY, atol=_CHROMATICITY_STEP):
        return None
    try:
        ours = np.linalg.inv(_to_xyz(_SRGB_CHROMATICITY))
        matrix = ours @ _to_xyz(chromaticity)
    except (np.linalg.LinAlgError, ZeroDivisionError):
        return None
    matrix = matrix / matrix.sum(axis=1, keepdims=True)
    return matrix if np.isfinite(matrix).all() and np.abs(matrix).max() < 10 else None


def _to_xyz(chromaticity: tuple[float, ...]) -> NDArray[np.float64]:
    """(3, 3): RGB light to CIE XYZ (SMPTE RP 177)."""
    x, y = np.array(chromaticity[0::2]), np.array(chromaticity[1::2])
    if (y <= 0).any():
        raise ZeroDivisionError
    colours = np.stack([x / y, np.ones(4), (1 - x - y) / y])
    white, primaries = colours[:, 0], colours[:, 1:]
    return primaries * np.linalg.solve(primaries, white)


def _through_profile(image: Image.Image, icc: bytes) -> Image.Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    return _through(image, ImageCms.ImageCmsProfile(BytesIO(icc)), mode)


def _through(image: Image.Image, profile: object, mode: str) -> Image.Image:
    srgb = ImageCms.createProfile("sRGB")
    shown = ImageCms.profileToProfile(image, profile, srgb, outputMode=mode)  # type: ignore[arg-type]
    return shown or image
