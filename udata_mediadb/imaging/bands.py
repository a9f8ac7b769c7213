"""Converting and reducing a picture band by band, so that it is never held twice as a whole."""

from collections.abc import Callable, Iterator

from PIL import Image

Convert = Callable[[Image.Image], Image.Image]  # pixel by pixel, size unchanged

# Pictures up to this are converted whole: the reduction from there is OpenCV's alone.
WHOLE_PIXELS = 1 << 24
_BAND_PIXELS = 1 << 20


def bands(image: Image.Image, multiple: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """(row, band): the picture from top to bottom, heights a multiple of that but for the last."""
    rows = max(1, _BAND_PIXELS // (image.width * multiple)) * multiple
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def pixels_at_once(size: tuple[int, int], target: tuple[int, int]) -> int:
    """How many pixels `converted` and the reduction from there hold at the same time."""
    factor = max(size) // (2 * max(target))
    left = (size[0] // factor) * (size[1] // factor) if factor > 1 else size[0] * size[1]
    return min(left, WHOLE_PIXELS) + _BAND_PIXELS


def converted(image: Image.Image, target: tuple[int, int], convert: Convert) -> Image.Image:
    """`convert(image)`, reduced where it is much larger than `target`.

    By whole factors first, which leaves at least twice the target; else, where the picture is
    larger than WHOLE_PIXELS, to the target itself. Both by the average of an area.
    """
    factor = max(image.size) // (2 * max(target))
    if factor > 1:
        return _reduced(image, factor, convert)
    if image.width * image.height <= WHOLE_PIXELS or image.size == target:
        return _reduced(image, 1, convert)
    return _resized(image, target, convert)


def _reduced(image: Image.Image, factor: int, convert: Convert) -> Image.Image:
    width, height = (-(-side // factor) for side in image.size)
    canvas = None
    for top, band in bands(image, factor):
        part = convert(band)
        if part is band:  # nothing to do, so no copy either
            return image if factor == 1 else image.reduce(factor)
        part = part.reduce(factor) if factor > 1 else part
        if canvas is None:
            canvas = Image.new(part.mode, (width, height))
        canvas.paste(part, (0, top // factor))
    return canvas or convert(image)


def _resized(image: Image.Image, target: tuple[int, int], convert: Convert) -> Image.Image:
    """By bands of the target's rows, each the average of its rows of the picture."""
    scale = image.height / target[1]
    rows = max(1, int(_BAND_PIXELS / (image.width * scale)))
    canvas = None
    for top in range(0, target[1], rows):
        bottom = min(top + rows, target[1])
        first, last = top * scale, min(bottom * scale, image.height)
        band = convert(image.crop((0, int(first), image.width, -int(-last // 1))))
        box = (0.0, first - int(first), float(image.width), last - int(first))
        part = band.resize((target[0], bottom - top), Image.Resampling.BOX, box=box)
        if canvas is None:
            canvas = Image.new(part.mode, target)
        canvas.paste(part, (0, top))
    return canvas or convert(image)
