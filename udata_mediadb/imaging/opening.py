"""Bytes -> an opened image: the one plugin of its format, its size capped, no pixel decoded.

Plugin classes instead of `Image.open`: that warns by a limit of the process, which belongs to the
host portal, and makes "MPO" of many a camera's JPEG.
"""

from collections.abc import Callable
from typing import IO

from PIL import ExifTags, Image, ImageFile, TiffTags
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from ..errors import TooLarge, UnsupportedImage
from .formats import sniff
from .guards import MAX_READS, MeteredFile, check_bytes, check_header, quiet
from .heif import HeifImageFile, check_streams
from .tone import SIGNIFICANT_BITS, WHITE_IS_ZERO, png_significant_bits

try:
    from PIL.AvifImagePlugin import AvifImageFile
except ImportError:  # Pillow < 11.3
    AvifImageFile = None  # type: ignore[assignment, misc]

_BITS_PER_SAMPLE, _PHOTOMETRIC, _MAX_SAMPLE_VALUE = 258, 262, 281  # TIFF 6.0
PHOTOSHOP = b"Photoshop 3.0\0"  # begins the segment of a JPEG that has IPTC-IIM and more
# The longest that a JPEG segment can hold; all we look for stands at its beginning.
_MAX_EXIF_BYTES = 0xFFFF


class _JpegFile(JpegImageFile):
    """Opens without a look at EXIF's resolution: a long block would cost."""

    def getexif(self) -> Image.Exif:
        return Image.Exif()


class _TiffFile(TiffImageFile):
    """Reads 16 bits and floats with 0 for white, which Pillow refuses or shows as a negative."""

    def _setup(self) -> None:
        bits = self.tag_v2.get(_BITS_PER_SAMPLE, (1,))
        is_inverted = self.tag_v2.get(_PHOTOMETRIC, 0) == 0 and max(bits) > 8
        if is_inverted:
            self.tag_v2[_PHOTOMETRIC] = 1
        super()._setup()
        if is_inverted:
            self.info[WHITE_IS_ZERO] = True
        most = self.tag_v2.get(_MAX_SAMPLE_VALUE, (0,))
        if isinstance(most, tuple) and most and isinstance(most[0], int):
            self.info[SIGNIFICANT_BITS] = most[0].bit_length()


Plugin = Callable[[IO[bytes]], ImageFile.ImageFile]
_PLUGINS: dict[str, Plugin | None] = {
    "JPEG": _JpegFile,
    "PNG": PngImageFile,
    "GIF": GifImageFile,
    "WEBP": WebPImageFile,
    "BMP": BmpImageFile,
    "TIFF": _TiffFile,
    "AVIF": AvifImageFile,
    "HEIF": HeifImageFile,
}


def open_image(data: bytes, *, max_pixels: int) -> ImageFile.ImageFile:
    """The image, its header read and its size within the cap.

    Raises UnsupportedImage (415) for anything that is not one of our formats or whose header is
    damaged, TooLarge (413) above the cap. Pixels may still turn out damaged in `load`.

    The cap is the smaller of `max_pixels` and Pillow's own `Image.MAX_IMAGE_PIXELS` (89,478,485):
    a portal that wants more has to raise both.
    """
    name = sniff(data)
    check_bytes(name, data)
    plugin = _PLUGINS[name]
    if plugin is None:
        raise UnsupportedImage("AVIF is not read by the Pillow that is installed here.")
    cap = min(max_pixels, Image.MAX_IMAGE_PIXELS or max_pixels)
    if name == "HEIF":
        check_streams(data, cap)
    try:
        with quiet():
            image = _opened(plugin, name, data)
            if isinstance(image, TiffImageFile):
                _forget_directories(image)
            if name == "PNG":
                image.info[SIGNIFICANT_BITS] = png_significant_bits(data)
    except UnsupportedImage:
        raise
    except Image.DecompressionBombError as exc:
        raise TooLarge(f"The image has too many pixels; up to {cap} are accepted.") from exc
    except Exception as exc:  # plugins raise anything: SyntaxError, ValueError, OSError, ...
        shown = "HEIC/HEIF" if name == "HEIF" else name
        raise UnsupportedImage(f"Damaged or truncated {shown}: its header cannot be read.") from exc
    if max(image.width * image.height, _tile_pixels(image)) > cap:
        raise TooLarge(
            f"The image has {image.width}x{image.height} pixels; up to {cap} are accepted."
        )
    check_header(image, data)
    return image


def _opened(plugin: Plugin, name: str, data: bytes) -> ImageFile.ImageFile:
    """What the plugin makes of it; of a JPEG also where Photoshop's own notes are damaged."""
    try:
        return plugin(MeteredFile(data))
    except (IndexError, ValueError, SyntaxError, OSError):
        if name != "JPEG" or PHOTOSHOP not in data:
            raise
        return plugin(MeteredFile(data.replace(PHOTOSHOP, bytes(len(PHOTOSHOP)))))


def load(image: ImageFile.ImageFile) -> None:
    """Decode the pixels, all of them or none; a TIFF is turned upright by Pillow as it loads.

    Raises UnsupportedImage for damaged or truncated data.
    """
    try:
        if isinstance(image.fp, MeteredFile):
            image.fp.allow(MAX_READS)
        announced = image.size
        image.load()
        if image.format == "HEIF" and image.size != announced:
            raise UnsupportedImage("Damaged HEIC: it is of another size than it says.")
    except UnsupportedImage:
        raise
    except Exception as exc:  # decoders raise OSError, SyntaxError, ValueError, struct.error, ...
        reason = "the data end early" if "truncated" in str(exc) else "its pixels are unreadable"
        raise UnsupportedImage(f"Damaged or truncated {image.format}: {reason}.") from exc


def orientation(image: ImageFile.ImageFile) -> int:
    """EXIF orientation 1-8 that is still to be applied; 1 if unreadable, as in browsers."""
    exif = Image.Exif()
    try:
        with quiet():
            exif.load(image.info.get("exif", b"")[:_MAX_EXIF_BYTES])
        value = exif.get(ExifTags.Base.Orientation, 1)
    except Exception:  # SyntaxError, struct.error, ...
        return 1
    return int(value) if value in range(1, 9) else 1


def _forget_directories(image: TiffImageFile) -> None:
    """Keep Pillow from reading EXIF's and GPS's directories, and warning of them, while loading."""
    exif = image.getexif()
    for group in TiffTags.TAGS_V2_GROUPS:
        exif.pop(group, None)


def _tile_pixels(image: ImageFile.ImageFile) -> int:
    """Pixels of one TIFF tile, which is decoded whole: 400 megapixels for an image of 64 x 64."""
    if not isinstance(image, TiffImageFile):
        return 0
    sides = [image.tag_v2.get(tag, 0) for tag in (322, 323)]  # TileWidth, TileLength
    return sides[0] * sides[1] if all(isinstance(side, int) for side in sides) else 0
