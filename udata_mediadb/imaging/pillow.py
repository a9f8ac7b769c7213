"""A container opened with the one Pillow plugin that it names; the only door to Pillow's decoders.

`Image.open` is not used. It warns from `Image.MAX_IMAGE_PIXELS` (89 megapixels) on and refuses at
twice that: a limit of the whole process, which belongs to the host portal. Silencing the warning
would take `warnings.catch_warnings`, which changes process state too and is not safe in threads.
The plugin classes never ask that limit for what they open here, with the exceptions named below;
our own cap has been applied to the same numbers before.
"""

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from ..errors import TooLarge, UnsupportedImage
from .container import Container

try:
    from PIL.AvifImagePlugin import AvifImageFile
except ImportError:  # Pillow < 11.3
    AvifImageFile = None  # type: ignore[assignment, misc]

_PLUGINS: dict[str, Callable[[BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "GIF": GifImageFile,
    "WEBP": WebPImageFile,
    "BMP": BmpImageFile,
    "TIFF": TiffImageFile,
}


def open_with_pillow(container: Container) -> ImageFile.ImageFile:
    """The image, its header read and no pixel decoded; UnsupportedImage when Pillow refuses."""
    image = open_plugin(container.format, container.data)
    if image.size != (container.width, container.height):
        raise UnsupportedImage(
            f"Damaged {container.format}: its headers disagree about the size "
            f"({container.width}x{container.height} and {image.width}x{image.height})."
        )
    return image


def open_plugin(name: str, data: bytes) -> ImageFile.ImageFile:
    """Open with the plugin of that format, without any check of the size (except libavif's)."""
    plugin = AvifImageFile if name == "AVIF" else _PLUGINS[name]
    if plugin is None:
        raise UnsupportedImage("AVIF is not read by the Pillow that is installed here.")
    try:
        return plugin(BytesIO(data))
    except Image.DecompressionBombError as exc:  # WebP, at the host portal's own limit
        raise TooLarge(
            "The image has more pixels than this portal's Pillow is set to read."
        ) from exc
    except Exception as exc:  # plugins raise anything: SyntaxError, ValueError, OSError, ...
        raise UnsupportedImage(f"Damaged {name}: its header cannot be read.") from exc


def load(image: ImageFile.ImageFile) -> None:
    """Decode the pixels, all of them or none.

    Raises UnsupportedImage for damaged or truncated data.
    """
    try:
        if image.format == "TIFF":
            # Where memory is there already, TiffImageFile does not ask MAX_IMAGE_PIXELS.
            image.im = Image.new(image.mode, image.size).im
        image.load()
    except Exception as exc:  # decoders raise OSError, SyntaxError, ValueError, struct.error, ...
        raise UnsupportedImage(f"Damaged or truncated {image.format}: {_reason(exc)}.") from exc


def _reason(exc: Exception) -> str:
    return "the data end too early" if "truncated" in str(exc) else "its pixels cannot be decoded"
