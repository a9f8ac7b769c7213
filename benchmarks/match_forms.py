"""Forms, calendars, tables, boards: is the same frame, filled otherwise, taken for a copy?

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.match_forms [--each N]

Each of `KINDS` of `forms.py` is drawn `--each` times. Every one is asked of all of its kind in five
ways: as a JPEG of quality 40, of half the sides, with the borders cut off, turned, photographed.
"""

import argparse
import io
from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np
from PIL import Image
from PIL.Image import Image as Pil

from udata_mediadb.imaging import Picture, decode
from udata_mediadb.media.ingest import DECODE_SIDE_PX
from udata_mediadb.recognition.match.description import MatchDescription, dumps, loads
from udata_mediadb.recognition.match.signature import MatchSignature

from .attacks import attacked
from .forms import KINDS
from .report import table, write

MAX_PIXELS = 50_000_000


def main() -> None:
    """Compare, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--first", type=int, default=0, help="number of the first of each kind")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    numbers = range(options.first, options.first + options.each)
    rows = [row_of(kind, draw, numbers) for kind, draw in KINDS.items()]
    write("match_forms", "Forms, calendars, tables", "\n\n".join(page(rows, options.each)))


def page(rows: Sequence[list[object]], each: int) -> Iterator[str]:
    copies = len(ways(Image.new("RGB", (64, 64))))
    yield (
        f"{each} of each kind, each asked in {copies} ways of all {each}. A shared part is right "
        "for what is not the same; a match or a clone is wrong."
    )
    head = ("kind", "copies found", "of", "others: shared part", "not accepted", "match or clone")
    sums = ["**all**", *(sum(int(str(row[i])) for row in rows) for i in range(1, len(head)))]
    yield table(head, [*rows, sums])


def row_of(kind: str, draw: Callable[[int], Pil], numbers: Sequence[int]) -> list[object]:
    """Kind, copies found, copies asked, and what was said of the others."""
    signature = MatchSignature()
    drawn = [draw(number) for number in numbers]
    stored = [loads(dumps(signature.describe(decoded(sent(one, 85))))) for one in drawn]
    said: list[tuple[bool, str | None]] = []
    for number, one in enumerate(drawn):
        for data in ways(one):
            query: MatchDescription = signature.describe(decoded(data))
            for other, reference in enumerate(stored):
                found = signature.verify(query, reference)
                said.append((other == number, found.decision if found else None))
    good = ("match", "clone")
    others = [decision for is_copy, decision in said if not is_copy]
    shared, wrong = others.count("shared_part"), sum(decision in good for decision in others)
    found_copies = sum(is_copy and decision in good for is_copy, decision in said)
    asked = sum(is_copy for is_copy, _ in said)
    return [kind, found_copies, asked, shared, len(others) - shared - wrong, wrong]


def ways(picture: Pil) -> list[bytes]:
    """How it is sent."""
    width, height = picture.size
    half = picture.resize((width // 2, height // 2), Image.Resampling.LANCZOS)
    middle = picture.crop((width // 10, height // 8, width * 9 // 10, height * 19 // 20))
    turned = picture.rotate(5, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    photographed, _ = attacked(np.asarray(picture), "photographed_25", f"{width} {height}")
    return [
        sent(picture, 40),
        sent(half, 85),
        sent(middle, 85),
        sent(turned, 85),
        sent(Image.fromarray(photographed), 85),
    ]


def sent(picture: Pil, quality: int) -> bytes:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality)
    return data.getvalue()


def decoded(data: bytes) -> Picture:
    return decode(data, max_pixels=MAX_PIXELS, side=DECODE_SIDE_PX)


if __name__ == "__main__":
    main()
