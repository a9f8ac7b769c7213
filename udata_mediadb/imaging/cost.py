"""What decoding a picture will take, in bytes, by its header alone.

Measured as the peak of a fresh process over rest, of 24 and 79 megapixels, Pillow 13.0; held by
tests/faults/test_bombs.py.
"""

from PIL import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from .guards import SCANS

# Bytes for each pixel of a mode in Pillow; all others take 4, RGB too.
_MODE_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
# At most, for each pixel, while the decoder is at work: WebP and AVIF have canvases of their own
# and hand over a copy, AVIF with 16 bits a sample; GIF has the frame before and the one to come.
# HEIC: the decoder's planes, their RGB and its copy; 7.1 measured, with 8 bits and no alpha.
_LOADING_BYTES = {"WEBP": 17, "AVIF": 20, "GIF": 13, "HEIF": 14}
# For each pixel that is made 8 bits on white and reduced at the same time.
_PROCESSING_BYTES = 8
_COEFFICIENT_BYTES = 2  # of a JPEG in several scans, each sample is kept until the last one


def decoding_bytes(
    image: ImageFile.ImageFile,
    size: tuple[int, int],
    processed_pixels: int,
    *,
    is_checked: bool,
) -> int:
    """The peak while the picture is loaded and reduced.

    `size`: the original's, of which a JPEG may have been reduced by `draft` already.
    `processed_pixels`: how many are processed at the same time. `is_checked`: a JPEG in several
    scans may be decoded in full, to see whether it is whole (jpeg_end).
    """
    pixels = image.width * image.height
    loaded = pixels * _MODE_BYTES.get(image.mode, 4)
    kept = loaded + pixels_of(size) * _coefficient_bytes(image) + _strip_bytes(image)
    if is_checked and _is_in_scans(image):
        kept += pixels_of(size) * _MODE_BYTES.get(image.mode, 4)
    processed = loaded + processed_pixels * _PROCESSING_BYTES
    return int(max(pixels * _LOADING_BYTES.get(str(image.format), 0), kept, processed))


def pixels_of(size: tuple[int, int]) -> int:
    """Width times height."""
    return size[0] * size[1]


def _is_in_scans(image: ImageFile.ImageFile) -> bool:
    return image.format == "JPEG" and image.info.get(SCANS, 1) > 1


def _coefficient_bytes(image: ImageFile.ImageFile) -> float:
    """What libjpeg keeps for each pixel of a JPEG in several scans, however much is reduced."""
    if not _is_in_scans(image):
        return 0
    sides = [(across, down) for _, across, down, _ in getattr(image, "layer", [])]
    whole = max(across for across, _ in sides) * max(down for _, down in sides)
    return _COEFFICIENT_BYTES * sum(across * down for across, down in sides) / whole


def _strip_bytes(image: ImageFile.ImageFile) -> int:
    """The longest strip of a TIFF, which is decoded apart: all of it where it says no number."""
    if not isinstance(image, TiffImageFile):
        return 0
    bits = image.tag_v2.get(_BITS_PER_SAMPLE, (8,))
    deepest = sum(bits) if isinstance(bits, tuple) else int(bits)
    samples = max(deepest // 8, 1) + 1
    rows = image.tag_v2.get(_ROWS_PER_STRIP, image.height)
    rows = min(rows, image.height) if isinstance(rows, int) else image.height
    return image.width * rows * samples


_BITS_PER_SAMPLE, _ROWS_PER_STRIP = 258, 278
