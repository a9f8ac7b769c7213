"""Which frame of an animation stands for it: the first that shows something."""

from PIL import Image, ImageFile

from ..errors import UnsupportedImage
from .guards import MAX_READS, MeteredFile

# Animations that fade in from white or black do so within some frames; each costs a decode.
MAX_FRAMES = 12
_ANIMATED = frozenset({"GIF", "WEBP", "PNG", "AVIF"})


def show_a_frame(image: ImageFile.ImageFile, *, max_pixels: int) -> None:
    """Leave `image`, which is loaded, at its first frame that is not of one colour only.

    The first one where all that may be looked at are flat, or damaged: `MAX_FRAMES`, and no more
    pixels in all than `max_pixels`.
    """
    if image.format not in _ANIMATED or not is_flat(image):
        return
    frames = min(MAX_FRAMES, max_pixels // max(1, image.width * image.height))
    for number in range(1, frames):
        if not _seek(image, number):
            break
        if not is_flat(image):
            return
    _seek(image, 0)


def is_flat(image: Image.Image) -> bool:
    """Whether all pixels are the same."""
    extrema = image.getextrema()
    bands = extrema if isinstance(extrema[0], tuple) else (extrema,)
    return all(low == high for low, high in bands)


def _seek(image: ImageFile.ImageFile, number: int) -> bool:
    try:
        if isinstance(image.fp, MeteredFile):
            image.fp.allow(MAX_READS)
        if not getattr(image, "is_animated", False):
            return False
        image.seek(number)
        image.load()
    except (UnsupportedImage, EOFError):
        return False
    except Exception:  # a later frame that is damaged: OSError, SyntaxError, ValueError, ...
        return False
    return True
