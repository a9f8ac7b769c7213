"""Words below the pictures that the tools draw, large enough to be read in a README."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]

TITLE_PX, TEXT_PX = 19, 16
_LINE_PX = 24
_MARGIN_PX = 6
_INK, _GREY = (25, 25, 25), (80, 80, 80)


def captioned(picture: Pixels, title: str, *lines: str) -> Pixels:
    """The picture, (h, w, 3) BGR, with a white strip below: a title, and lines that fit its width.

    A line that does not fit ends with an ellipsis.
    """
    height = _MARGIN_PX + _LINE_PX * (1 + len(lines)) + _MARGIN_PX
    strip = Image.new("RGB", (picture.shape[1], height), "white")
    draw = ImageDraw.Draw(strip)
    for number, text in enumerate((title, *lines)):
        font = ImageFont.load_default(size=TEXT_PX if number else TITLE_PX)
        shown = _fitting(draw, text, font, strip.width - 2)
        place = (1, _MARGIN_PX + number * _LINE_PX)
        weight = 0 if number else 0.5  # the built-in font has no bold one
        ink = _GREY if number else _INK
        draw.text(place, shown, fill=ink, font=font, stroke_width=weight, stroke_fill=ink)
    return np.vstack([picture, np.asarray(strip)[:, :, ::-1]])


def side_by_side(pictures: Sequence[Pixels], gap_px: int) -> Pixels:
    """One row, aligned at the top, on white."""
    height = max(picture.shape[0] for picture in pictures)
    parts: list[Pixels] = []
    for picture in pictures:
        whole = np.full((height, picture.shape[1], 3), 255, np.uint8)
        whole[: picture.shape[0]] = picture
        parts += [whole, np.full((height, gap_px, 3), 255, np.uint8)]
    return np.hstack(parts[:-1])


def _fitting(
    draw: ImageDraw.ImageDraw,
    text: str,
    font: "ImageFont.FreeTypeFont | ImageFont.ImageFont",
    width_px: int,
) -> str:
    if draw.textlength(text, font) <= width_px:
        return text
    while text and draw.textlength(f"{text}…", font) > width_px:
        text = text[:-1].rstrip()
    return f"{text}…"
