"""Forms and calendars: the same frame with other entries is another picture."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.contracts.pictures import picture, pixels
from udata_mediadb.recognition.match.equal_parts import has_equal_parts
from udata_mediadb.recognition.match.signature import MatchSignature

SIGNATURE = MatchSignature()


def described(drawn):
    return SIGNATURE.describe(picture(drawn))


def write(sheet, text, place, scale=1.0):
    cv2.putText(sheet, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (0,) * 3, 2)


def month(name, first, days):
    """A page of a calendar: `first` is the weekday of the first day."""
    sheet = np.full((760, 1000, 3), 255, np.uint8)
    write(sheet, name, (40, 80), 2)
    for place in range(42):
        x, y = 20 + place % 7 * 137, 120 + place // 7 * 104
        cv2.rectangle(sheet, (x, y), (x + 137, y + 104), (120,) * 3)
        if 1 <= place - first + 1 <= days:
            write(sheet, str(place - first + 1), (x + 10, y + 36))
    return sheet


def table(seed):
    """The same head and names, other numbers."""
    rng = np.random.default_rng(seed)
    sheet = np.full((700, 900, 3), 255, np.uint8)
    for y in range(18):
        for x in range(7):
            head = ("Station", "Jan", "Feb", "Mar", "Apr", "May", "Jun")[x]
            cell = f"{rng.normal(12, 9):.1f}" if x else f"Place {y}"
            write(sheet, cell if y else head, (28 + x * 122, 106 + y * 33), 0.7)
    return sheet


def crossword(seed):
    """The same black squares, other letters."""
    rng, black = np.random.default_rng(seed), np.random.default_rng(5).random((13, 13)) < 0.22
    sheet = np.full((700, 700, 3), 255, np.uint8)
    for y, x in np.ndindex(13, 13):
        left, top = 25 + x * 50, 25 + y * 50
        cv2.rectangle(sheet, (left, top), (left + 50, top + 50), (0,) * 3, -1 if black[y, x] else 2)
        if not black[y, x]:
            write(sheet, chr(65 + int(rng.integers(26))), (left + 16, top + 36), 0.8)
    return sheet


def as_jpeg(drawn, quality=40):
    _, data = cv2.imencode(".jpg", drawn[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1]


def photographed(drawn):
    height, width = drawn.shape[:2]
    frame = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    seen = np.float32([[0.1, 0.08], [0.92, 0.04], [0.95, 0.95], [0.05, 0.9]]) * (width, height)
    matrix = cv2.getPerspectiveTransform(frame, seen.astype(np.float32))
    laid = cv2.warpPerspective(drawn, matrix, (width, height), borderValue=(120, 90, 60))
    return cv2.GaussianBlur(laid, (0, 0), 0.8)


def drawing(seed):
    """Arcs, bent lines and patches of parallel strokes."""
    rng, sheet = np.random.default_rng(seed), Image.new("L", (700, 520), 250)
    pen = ImageDraw.Draw(sheet)
    for kind, wide in rng.integers((0, 2), (3, 5), (30, 2)).tolist():
        x, y = rng.integers((30, 30), (640, 470)).tolist()
        if kind == 0:
            pen.arc((x - 60, y - 60, x + 60, y + 60), *rng.integers(0, 360, 2).tolist(), 20, wide)
        elif kind == 1:
            bends = [
                (x, y),
                *((x + dx, y + dy) for dx, dy in rng.integers(-90, 90, (3, 2)).tolist()),
            ]
            pen.line(bends, 20, wide)
        else:
            for stroke in range(x, x + 48, 6):
                pen.line((stroke, y, stroke + 20, y + 30), 40)
    return np.repeat(np.asarray(sheet)[:, :, None], 3, axis=2)


def faxed(drawn):
    """Half the sides, black or white, and back."""
    half = (
        Image.fromarray(drawn)
        .convert("L")
        .resize((350, 260))
        .point(lambda tone: 255 * (tone > 150))
    )
    lines = half.resize((700, 520), Image.Resampling.NEAREST).convert("RGB")
    return as_jpeg(np.asarray(lines), 80)


def in_half(drawn):
    height, width = drawn.shape[:2]
    return cv2.resize(drawn, (width // 2, height // 2), interpolation=cv2.INTER_AREA)


# the second of each pair: the same weeks, two days fewer, and two weekdays later
@pytest.mark.parametrize("other", [("March", 6, 31), ("April", 2, 30)])
@pytest.mark.parametrize("way", [as_jpeg, photographed])
def test_two_months_of_one_calendar_are_not_the_same(way, other):
    found = SIGNATURE.verify(described(way(month("February", 6, 28))), described(month(*other)))
    assert found is None or not found.accepted


@pytest.mark.parametrize("way", [as_jpeg, photographed])
def test_two_tables_with_other_numbers_share_a_part_only(way):
    found = SIGNATURE.verify(described(way(table(1))), described(table(2)))
    assert found is not None and found.decision == "shared_part"


@pytest.mark.parametrize("way", [as_jpeg, photographed, in_half])
@pytest.mark.parametrize("seed", range(2))
def test_one_grid_with_other_letters_in_nearly_every_square_is_no_copy(way, seed):
    found = SIGNATURE.verify(described(way(crossword(seed))), described(crossword(seed + 1)))
    assert found is None or not found.accepted


@pytest.mark.parametrize(
    "way", [as_jpeg, photographed, in_half, lambda drawn: drawn[80:700, 90:900]]
)
@pytest.mark.parametrize(
    "drawn", [month("February", 6, 28), table(1), crossword(1)], ids=["month", "table", "crossword"]
)
def test_a_copy_of_what_has_equal_parts_is_found(way, drawn):
    found = SIGNATURE.verify(described(way(drawn)), described(drawn))
    assert found is not None and found.accepted


def test_a_photograph_has_no_equal_parts_and_a_table_has():
    assert not has_equal_parts(described(pixels(3)))
    assert has_equal_parts(described(table(1)))


def test_a_picture_without_texture_has_no_equal_parts():
    assert not has_equal_parts(described(np.full((400, 400, 3), 128, np.uint8)))


def test_a_query_that_was_stored_is_looked_at_like_one_that_is_sent():
    shown = picture(photographed(month("February", 6, 28)))
    query, stored = SIGNATURE.describe(shown), described(month("March", 6, 31))
    alone = SIGNATURE.loads(SIGNATURE.dumps(query))
    kept = SIGNATURE.loads(SIGNATURE.dumps_query(query))
    found = SIGNATURE.verify(query, stored)

    assert found is not None and not found.accepted
    assert SIGNATURE.verify(alone, stored).accepted, "its places alone do not tell"
    assert SIGNATURE.verify(kept, stored) == found
    assert SIGNATURE.verify(SIGNATURE.with_pixels(alone, lambda: shown), stored).decision == (
        found.decision
    )


def test_pixels_are_decoded_where_equal_parts_leave_a_doubt_only():
    shown, decoded = picture(pixels(3)[50:400, 60:]), []
    alone = SIGNATURE.loads(SIGNATURE.dumps(SIGNATURE.describe(shown)))
    query = SIGNATURE.with_pixels(alone, lambda: decoded.append(1))

    assert SIGNATURE.verify(query, described(pixels(3))).accepted
    assert not decoded


@pytest.mark.parametrize("tail", [b"x", b"\x89PNG", b"\x89PNG\r\n\x1a\n" + bytes(400)])
def test_what_follows_a_description_is_its_picture_or_refused(tail):
    query = described(table(1))
    with pytest.raises(ValueError):
        SIGNATURE.loads(SIGNATURE.dumps(query) + tail)
    with pytest.raises(ValueError):
        other = SIGNATURE.dumps_query(described(pixels(3)))[
            len(SIGNATURE.dumps(described(pixels(3)))) :
        ]
        SIGNATURE.loads(SIGNATURE.dumps(query) + other)


@pytest.mark.parametrize("seed", [1, 5, 8, 9, 14])
def test_a_fax_of_a_drawing_with_parallel_strokes_is_found(seed):
    found = SIGNATURE.verify(described(faxed(drawing(seed))), described(drawing(seed)))
    assert found is not None and found.accepted
