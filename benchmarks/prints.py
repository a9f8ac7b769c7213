"""What pictures share that have nothing else in common: logos, bands, watermarks, frames, cards.

Each is drawn with a seed, which stands for a house, an agency, an app; nothing is read. Sizes are
choices, made before anything was measured with them.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.Image import Image as Pil

_LETTERS = list("ABCDEFGHIKLMNOPRSTUVW")
Tone = tuple[int, int, int]


def logo(picture: Pil, seed: int) -> Pil:
    """A badge in a corner, an eighth of the width."""
    rng = np.random.default_rng(seed)
    side = picture.width // 8
    return _pasted(picture, _emblem(rng, side), (picture.width - side - 12, 12))


def band(picture: Pil, seed: int) -> Pil:
    """A bar with emblem and words along the lower side, a tenth of the height."""
    rng = np.random.default_rng(seed)
    bar = _bar(rng, picture.width, picture.height // 10)
    return _pasted(picture, bar, (0, picture.height - bar.height))


def watermark(picture: Pil, seed: int) -> Pil:
    """An agency's name across the middle, half see-through."""
    rng = np.random.default_rng(seed)
    layer = Image.new("L", picture.size)
    draw = ImageDraw.Draw(layer)
    size = picture.width // 8
    word = _word(rng, 6)
    draw.text((picture.width // 5, picture.height // 2 - size), word, 150, font=_font(size))
    draw.ellipse((picture.width // 12, picture.height // 2 - size,
                  picture.width // 6, picture.height // 2), outline=150, width=6)  # fmt: skip
    return Image.composite(Image.new("RGB", picture.size, "white"), picture, layer)


def tiled_watermark(picture: Pil, seed: int) -> Pil:
    rng = np.random.default_rng(seed)
    layer = Image.new("L", picture.size)
    draw = ImageDraw.Draw(layer)
    word, size = _word(rng, 7), picture.width // 22
    for row in range(0, picture.height, size * 3):
        for column in range(-(row % (size * 4)), picture.width, size * 8):
            draw.text((column, row), word, 90, font=_font(size))
    return Image.composite(Image.new("RGB", picture.size, "white"), picture, layer)


def news(picture: Pil, seed: int) -> Pil:
    """A channel's lower third: emblem, headline, ticker; the words are the same."""
    rng = np.random.default_rng(seed)
    height = picture.height // 7
    bar = _bar(rng, picture.width * 4 // 5, height)
    ticker = _bar(rng, picture.width, height // 3)
    shown = _pasted(picture, bar, (picture.width // 20, picture.height - 2 * height))
    return _pasted(shown, ticker, (0, picture.height - ticker.height))


def frame(picture: Pil, seed: int) -> Pil:
    """An ornate frame, an eighteenth of the width, and a plate."""
    rng = np.random.default_rng(seed)
    side = picture.width // 18
    tile = Image.fromarray(rng.integers(60, 220, (6, 6, 3), dtype=np.uint8)).resize((side, side))
    framed = Image.new("RGB", (picture.width + 2 * side, picture.height + 2 * side))
    for x in range(0, framed.width, side):
        for y in range(0, framed.height, side):
            framed.paste(tile, (x, y))
    framed.paste(picture, (side, side))
    plate = _bar(rng, framed.width // 4, side * 2 // 3)
    return _pasted(framed, plate, (framed.width * 3 // 8, framed.height - side * 5 // 6))


def poster(picture: Pil, seed: int) -> Pil:
    """A poster of a house: title, emblem and lines are the same, the picture takes three fifths."""
    rng = np.random.default_rng(seed)
    sheet = Image.new("RGB", (picture.width, picture.height * 5 // 3), _tone(rng))
    sheet.paste(picture, (0, picture.height // 3))
    sheet = _pasted(sheet, _bar(rng, picture.width * 3 // 4, picture.height // 4), (20, 20))
    for line in range(3):
        y = picture.height * 4 // 3 + 16 + line * picture.height // 10
        ImageDraw.Draw(sheet).text((24, y), _words(rng, 6), "white", font=_font(sheet.width // 24))
    return sheet


def card(picture: Pil, seed: int) -> Pil:
    """An entry of a social network: head, buttons and counters are the same."""
    rng = np.random.default_rng(seed)
    head = picture.width // 9
    sheet = Image.new("RGB", (picture.width + 40, picture.height + 3 * head), "white")
    sheet.paste(picture, (20, head + 20))
    sheet.paste(_emblem(rng, head), (20, 10))
    draw = ImageDraw.Draw(sheet)
    draw.text((head + 36, 20), _words(rng, 2), "black", font=_font(head // 3))
    for place in range(4):
        x, y = 30 + place * picture.width // 4, picture.height + head + 34
        draw.ellipse((x, y, x + head // 2, y + head // 2), outline="black", width=3)
        draw.text((x + head * 2 // 3, y + 4), _word(rng, 5), "black", font=_font(head // 3))
    return sheet


def camera(picture: Pil, seed: int) -> Pil:
    """The strip of a telephone's camera: make, model, focal length."""
    rng = np.random.default_rng(seed)
    height = picture.height // 9
    sheet = Image.new("RGB", (picture.width, picture.height + height), "white")
    sheet.paste(picture, (0, 0))
    draw = ImageDraw.Draw(sheet)
    at = picture.height + height // 4
    draw.text((20, at), _words(rng, 2), "black", font=_font(height // 3))
    draw.text(
        (picture.width * 3 // 5, at), "27mm f/1.8 1/120s ISO50", "black", font=_font(height // 4)
    )
    sheet.paste(_emblem(rng, height * 2 // 3), (picture.width // 2, picture.height + height // 6))
    return sheet


def label(picture: Pil, seed: int) -> Pil:
    """An archive's scan: colour chart, ruler and a label beside the picture."""
    rng = np.random.default_rng(seed)
    side = picture.width // 12
    sheet = Image.new("RGB", (picture.width + 3 * side, picture.height + 2 * side), (40, 40, 40))
    sheet.paste(picture, (side // 2, side // 2))
    draw = ImageDraw.Draw(sheet)
    for place in range(12):
        x, y = picture.width + side, side // 2 + place * picture.height // 12
        draw.rectangle((x, y, x + side, y + picture.height // 14), fill=_tone(rng))
    for mark in range(0, picture.width, 14):
        low = picture.height + side + (20 if mark % 70 else 34)
        draw.line((side // 2 + mark, picture.height + side, side // 2 + mark, low), "white", 2)
    return sheet


KINDS: dict[str, Callable[[Pil, int], Pil]] = {
    "logo": logo,
    "band": band,
    "watermark": watermark,
    "tiled watermark": tiled_watermark,
    "news": news,
    "frame": frame,
    "poster": poster,
    "card": card,
    "camera": camera,
    "label": label,
}


def _emblem(rng: np.random.Generator, side: int) -> Pil:
    """A badge with shapes and letters."""
    badge = Image.new("RGB", (120, 120), _tone(rng))
    draw = ImageDraw.Draw(badge)
    for _ in range(4):
        x, y = (int(one) for one in rng.integers(0, 80, 2))
        shape = draw.ellipse if rng.random() < 0.5 else draw.rectangle
        shape((x, y, x + 40, y + 40), fill=_tone(rng))
    draw.text((8, 40), _word(rng, 3), "white", font=_font(48))
    return badge.resize((max(8, side), max(8, side)), Image.Resampling.LANCZOS)


def _bar(rng: np.random.Generator, width: int, height: int) -> Pil:
    height = max(10, height)
    bar = Image.new("RGB", (width, height), _tone(rng))
    bar.paste(_emblem(rng, height), (0, 0))
    ImageDraw.Draw(bar).text(
        (height + 8, height // 5), _words(rng, 4), "white", font=_font(height // 2)
    )
    return bar


def _pasted(picture: Pil, what: Pil, place: tuple[int, int]) -> Pil:
    marked = picture.copy()
    marked.paste(what, place)
    return marked


def _tone(rng: np.random.Generator) -> Tone:
    red, green, blue = (int(one) for one in rng.integers(20, 200, 3))
    return red, green, blue


def _word(rng: np.random.Generator, letters: int) -> str:
    return "".join(rng.choice(_LETTERS, letters))


def _words(rng: np.random.Generator, count: int) -> str:
    return " ".join(_word(rng, int(rng.integers(3, 9))) for _ in range(count))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(max(8, size))
