"""Things that are made of equal parts, each with a number: calendars, forms, tables, boards.

All are drawn with a seed, nothing is read. Of one kind all have one frame, filled otherwise.
"""

import calendar
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.Image import Image as Pil

_NAMES = [
    "Martin",
    "Bernard",
    "Dubois",
    "Thomas",
    "Robert",
    "Richard",
    "Petit",
    "Durand",
    "Leroy",
    "Moreau",
    "Simon",
    "Laurent",
    "Lefebvre",
    "Michel",
    "Garcia",
    "David",
    "Bertrand",
    "Roux",
    "Vincent",
    "Fournier",
]
_FIELDS = [
    "Name",
    "First name",
    "Born",
    "Street",
    "Code",
    "Town",
    "Phone",
    "Trade",
    "Nation",
    "Status",
    "Number",
]
_LESSONS = ["Maths", "French", "English", "History", "Physics", "Sports", "Music", "Biology"]
_TONES = (
    (255, 220, 200), (210, 235, 255), (220, 255, 220), (255, 250, 200),
    (235, 215, 255), (255, 215, 235), (215, 245, 245), (230, 230, 230),
)  # fmt: skip


def month(number: int, style: int) -> Pil:
    """The months of one calendar, from January 2026 on; 0: boxes, 1: boxes and a bar, 2: bare."""
    year, in_year = 2026 + number // 12, number % 12 + 1
    width, height, top = ((1000, 760, 130), (1000, 760, 90), (700, 900, 420))[style]
    sheet, draw = _sheet(width, height)
    title = f"{calendar.month_name[in_year]} {year}"
    if style == 1:
        draw.rectangle((0, 0, width, 60), fill=(30, 70, 120))
    if style == 2:
        motif = np.random.default_rng(1000 + number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
        sheet.paste(Image.fromarray(motif).resize((width, 360), Image.Resampling.BICUBIC))
    _write(draw, ((40, 30), (20, 12), (220, 368))[style], title, (54, 30, 32)[style])
    across, down = (width - 40) // 7, (height - top - 60) // 6
    for day, name in enumerate(calendar.day_abbr):
        _write(draw, (28 + day * across, top), name, 20)
    first, days = calendar.monthrange(year, in_year)
    for place in range(42):
        x, y = 20 + place % 7 * across, top + 34 + place // 7 * down
        if style != 2:
            draw.rectangle((x, y, x + across, y + down), outline=(120, 120, 120))
        if 1 <= place - first + 1 <= days:
            _write(draw, (x + 8, y + 6), str(place - first + 1), 26 if style else 34)
    return sheet


def form(number: int) -> Pil:
    rng = np.random.default_rng(number + 50)
    sheet, draw = _sheet(760, 1000)
    _write(draw, (40, 30), "Application for membership", 34)
    for line, field in enumerate(_FIELDS):
        y = 160 + line * 66
        _write(draw, (40, y), field + " :", 20)
        draw.line((260, y + 28, 720, y + 28), fill=(120,) * 3)
        number_or_name = str(rng.integers(10**8)) if line % 3 == 2 else str(rng.choice(_NAMES))
        _write(draw, (270, y - 2), f"{number_or_name} {rng.choice(_NAMES)}", 24, (10, 10, 120))
    for box in range(4):
        draw.rectangle((40 + box * 170, 900, 62 + box * 170, 922), outline=0)
        _write(draw, (70 + box * 170, 900), "choice " + "ABCD"[box], 18)
        if rng.random() < 0.5:
            draw.line((40 + box * 170, 900, 62 + box * 170, 922), fill=0, width=3)
    return sheet


def table(number: int) -> Pil:
    rng = np.random.default_rng(number + 90)
    sheet, draw = _sheet(900, 700)
    _write(draw, (30, 20), "Stations by month", 28)
    for y in range(18):
        if y % 2:
            draw.rectangle((20, 80 + y * 33, 880, 113 + y * 33), fill=(235, 240, 250))
        for x in range(7):
            head = calendar.month_abbr[x] if x else "Station"
            cell = _NAMES[y] if x == 0 else f"{rng.normal(12, 9):.1f}"
            _write(draw, (28 + x * 122, 86 + y * 33), cell if y else head, 18)
    return sheet


def timetable(number: int) -> Pil:
    rng = np.random.default_rng(number + 130)
    sheet, draw = _sheet(900, 640)
    for y in range(9):
        for x in range(6):
            box = (20 + x * 143, 60 + y * 60, 163 + x * 143, 120 + y * 60)
            lesson = int(rng.integers(len(_LESSONS)))
            is_lesson = x and y
            draw.rectangle(box, fill=_TONES[lesson] if is_lesson else None, outline=0)
            head = calendar.day_abbr[x - 1] if y == 0 and x else f"{7 + y} h"
            _write(draw, (box[0] + 10, box[1] + 16), _LESSONS[lesson] if is_lesson else head, 20)
    return sheet


def bingo(number: int) -> Pil:
    rng = np.random.default_rng(number + 170)
    sheet, draw = _sheet(620, 740)
    for x in range(5):
        _write(draw, (40 + x * 112, 20), "BINGO"[x], 70, (180, 0, 0))
        column = rng.permutation(15)[:5] + 1 + 15 * x
        for y in range(5):
            box = (30 + x * 112, 120 + y * 120, 142 + x * 112, 240 + y * 120)
            draw.rectangle(box, outline=0, width=3)
            _write(draw, (56 + x * 112, 150 + y * 120), str(column[y]), 44)
    return sheet


def board(number: int) -> Pil:
    """A game of chess after some moves, men as letters."""
    rng = np.random.default_rng(number + 250)
    sheet, draw = _sheet(680, 680)
    men = [list("rnbqkbnr"), ["p"] * 8, *([""] * 8 for _ in range(4)), ["P"] * 8, list("RNBQKBNR")]
    for _ in range(6 + number % 14):
        (row, column), (to_row, to_column) = rng.integers(8, size=(2, 2))
        if men[row][column]:
            men[to_row][to_column], men[row][column] = men[row][column], ""
    for y in range(8):
        for x in range(8):
            tone = (238, 238, 210) if (x + y) % 2 == 0 else (118, 150, 86)
            draw.rectangle((20 + x * 80, 20 + y * 80, 99 + x * 80, 99 + y * 80), fill=tone)
            _write(draw, (40 + x * 80, 28 + y * 80), men[y][x], 52)
    return sheet


def answers(number: int) -> Pil:
    """A sheet of an examination: forty rows of five bubbles, one filled."""
    rng = np.random.default_rng(number + 330)
    sheet, draw = _sheet(700, 900)
    for row in range(40):
        x, y = 40 + row // 20 * 330, 90 + row % 20 * 39
        _write(draw, (x, y), str(row + 1), 20)
        chosen = int(rng.integers(5))
        for place in range(5):
            box = (x + 50 + place * 50, y, x + 76 + place * 50, y + 26)
            draw.ellipse(box, outline=0, width=2, fill=0 if place == chosen else None)
            _write(draw, (x + 57 + place * 50, y + 2), "ABCDE"[place], 17)
    return sheet


KINDS: dict[str, Callable[[int], Pil]] = {
    "calendar, boxes": partial(month, style=0),
    "calendar, a bar": partial(month, style=1),
    "calendar with a picture": partial(month, style=2),
    "form": form,
    "table": table,
    "timetable": timetable,
    "bingo": bingo,
    "board": board,
    "answers": answers,
}


def _sheet(width: int, height: int) -> tuple[Pil, ImageDraw.ImageDraw]:
    sheet = Image.new("RGB", (width, height), "white")
    return sheet, ImageDraw.Draw(sheet)


def _write(
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int],
    text: str,
    size: int,
    tone: tuple[int, int, int] = (0, 0, 0),
) -> None:
    draw.text(place, text, fill=tone, font=ImageFont.load_default(size))
