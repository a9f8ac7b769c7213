"""Pictures that hold other pictures: collages, screens, newspaper and album pages, typed pages.

All are drawn with a seed; nothing is read but the pictures that they hold. Sizes are choices, made
before anything was measured with them.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from PIL.Image import Image as Pil

_LETTERS = "eeeeaaaiiioouutttnnnsssrrrlldcmpvgbfhq"
_COLLAGE = (1600, 1200)
_GAP_PX = 8


def collage(pictures: Sequence[Pil], side: int) -> Pil:
    """`side` x `side` pictures with white gaps."""
    sheet = Image.new("RGB", _COLLAGE, "white")
    width, height = (length // side for length in _COLLAGE)
    for number, picture in enumerate(pictures[: side * side]):
        place = number % side * width + _GAP_PX // 2, number // side * height + _GAP_PX // 2
        sheet.paste(picture.resize((width - _GAP_PX, height - _GAP_PX)), place)
    return sheet


def desktop(picture: Pil, rng: np.random.Generator) -> Pil:
    """A screen with a browser; the picture takes a tenth of it."""
    screen = Image.new("RGB", (1920, 1080), (236, 239, 242))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 1920, 70), fill=(52, 58, 70))
    draw.text((30, 20), "https://www." + _words(rng, 2).replace(" ", ".") + "/", "white", _font(24))
    shown = _of_area(picture, 0.1 * 1920 * 1080)
    x, y = int(rng.integers(60, 400)), int(rng.integers(180, 400))
    draw.text((60, 100), _words(rng, 4), "black", _font(40))
    for column in range(3):
        for line in range(20):
            at = 60 + column * 620, 170 + line * 44
            draw.text(at, _words(rng, 6), (30, 30, 40), _font(22))
    screen.paste(shown, (x, y))
    return screen


def newspaper(picture: Pil, rng: np.random.Generator) -> Pil:
    """A page in columns with a screened grey picture over two of them."""
    page = Image.new("L", (1240, 1754), 232)
    draw = ImageDraw.Draw(page)
    draw.text((60, 50), _words(rng, 3).upper(), 25, _font(84))
    for column in range(4):
        for line in range(52):
            draw.text((60 + column * 285, 190 + line * 29), _words(rng, 3)[:24], 45, _font(20))
    shown = screened(
        picture.convert("L").resize((560, round(560 * picture.height / picture.width)))
    )
    page.paste(shown, (60 + 285 * int(rng.integers(3)), int(rng.integers(200, 1100))))
    return page.filter(ImageFilter.GaussianBlur(0.6)).convert("RGB")


def screened(grey: Pil, period_px: float = 4.0) -> Pil:
    """Black dots, larger where it is darker, in rows of 45 degrees: halftone."""
    y, x = np.mgrid[: grey.height, : grey.width] * (np.pi * np.sqrt(2) / period_px)
    dots = 127.5 + 127.5 * np.sin((x + y) / np.sqrt(2)) * np.sin((x - y) / np.sqrt(2))
    return Image.fromarray(np.where(np.asarray(grey) > dots, 235, 30).astype(np.uint8))


def album(pictures: Sequence[Pil], rng: np.random.Generator) -> Pil:
    """Twelve pictures on rough cardboard, each a twentieth of the page, a little askew."""
    cardboard = rng.normal(92, 12, (1500, 2000, 1)) + np.array([12, 0, -14])
    page = Image.fromarray(np.clip(cardboard, 0, 255).astype(np.uint8))
    page = page.filter(ImageFilter.GaussianBlur(1))
    for number, picture in enumerate(pictures[:12]):
        shown = _of_area(picture, 2000 * 1500 / 20)
        framed = Image.new("RGBA", (shown.width + 16, shown.height + 16), (240, 236, 225, 255))
        framed.paste(shown, (8, 8))
        degrees = float(rng.uniform(-5, 5))
        askew = framed.rotate(degrees, expand=True, resample=Image.Resampling.BICUBIC)
        middle = 250 + number % 4 * 500, 250 + number // 4 * 500
        page.paste(askew, (middle[0] - askew.width // 2, middle[1] - askew.height // 2), askew)
    return page


def typed_page(rng: np.random.Generator) -> Pil:
    """A page of a typed book."""
    page = Image.new("L", (800, 1100), 246)
    draw = ImageDraw.Draw(page)
    draw.text((330, 40), "CHAPTER " + str(int(rng.integers(1, 9))), 20, _font(20))
    for line in range(34):
        draw.text((80, 90 + line * 28), _words(rng, 11)[:72], 20, _font(18))
    return page.convert("RGB")


def half_photographed(page: Pil, rng: np.random.Generator) -> Pil:
    """Half of a page, askew, out of focus a little, unevenly lit."""
    turned = page.rotate(
        float(rng.uniform(1, 4)),
        fillcolor=(200,) * 3,
        expand=True,
        resample=Image.Resampling.BICUBIC,
    )
    top = int(rng.integers(100, 400))
    part = turned.crop((50, top, 810, top + 560)).resize((1100, 810))
    light = np.linspace(0.75, 1.0, part.width)[None, :, None]
    dimmed = Image.fromarray((np.asarray(part) * light).astype(np.uint8))
    return dimmed.filter(ImageFilter.GaussianBlur(0.8))


def panorama(pictures: Sequence[Pil]) -> Pil:
    """8,000 x 400 of pictures side by side."""
    strip = Image.new("RGB", (400 * len(pictures), 400))
    for number, picture in enumerate(pictures):
        strip.paste(picture.resize((400, 400)), (400 * number, 0))
    return strip


def _of_area(picture: Pil, area_px: float) -> Pil:
    scale = (area_px / (picture.width * picture.height)) ** 0.5
    return picture.resize((round(picture.width * scale), round(picture.height * scale)))


def _words(rng: np.random.Generator, count: int) -> str:
    letters = np.array(list(_LETTERS))
    return " ".join("".join(rng.choice(letters, int(rng.integers(2, 9)))) for _ in range(count))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
