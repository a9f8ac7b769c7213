"""Copies made with AugLy: forty kinds of 24 photographs, asked of a library of all pictures.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.match_augly [--photos N] [--seed N]

Needs the package augly. Stored: all pictures of the collection. The photographs are drawn with the
seed from those of `photos/pixabay` with texture; each is asked as each of `KINDS` of
`augly_copies.py`, what is laid on or below it is another of them. Sent as JPEG of quality 90.
"""

import argparse
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from tqdm import tqdm

from udata_mediadb.imaging import decode
from udata_mediadb.media.ingest import DECODE_SIDE_PX

from .augly_copies import KINDS, copy_of
from .library import Library, accepted, photographs
from .report import table, write
from .shortlist_queries import described, stored_pictures

FOLDERS = ("pixabay",)
MAX_PIXELS = 50_000_000


@dataclass(frozen=True)
class Asked:
    """A copy, whether its original was accepted, and which pictures were that it does not show."""

    kind: str
    name: str
    right: bool
    others: tuple[str, ...]


def main() -> None:
    """Search, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path("/tmp/match-confidence"))
    parser.add_argument("--photos", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    paths = stored_pictures(options.collection)
    stored = described([(path, None) for path in paths], options.work)
    photos = photographs(paths, stored, FOLDERS)
    chosen = np.random.default_rng(options.seed).permutation(len(photos))[: options.photos]
    asked = list(ask(Library(stored), paths, [photos[i] for i in chosen]))
    write("match_augly", "Copies made with AugLy", "\n\n".join(page(asked, len(paths))))


def ask(library: Library, paths: Sequence[Path], photos: Sequence[int]) -> Iterator[Asked]:
    for turn, number in enumerate(tqdm(photos)):
        other = photos[(turn + 1) % len(photos)]
        picture, beside = (Image.open(paths[i]).convert("RGB") for i in (number, other))
        for kind in KINDS:
            sent = io.BytesIO()
            copy_of(picture, beside, kind, paths[number].name).save(sent, "JPEG", quality=90)
            query = decode(sent.getvalue(), max_pixels=MAX_PIXELS, side=DECODE_SIDE_PX)
            found = accepted(library.search(query))
            others = [paths[i].name for i in found if i not in (number, other)]
            yield Asked(kind, paths[number].name, number in found, tuple(others))


def page(asked: Sequence[Asked], stored: int) -> Iterator[str]:
    each = len(asked) // len(KINDS)
    yield (
        f"{stored} stored, {len(asked)} copies of {each} photographs. "
        f"**Found: {np.mean([one.right for one in asked]):.3f}.** Of {each} of each kind:"
    )
    found = {kind: sum(one.right for one in asked if one.kind == kind) for kind in KINDS}
    yield table(("kind", "found"), [[kind, found[kind]] for kind in KINDS])
    missed = [f"* {one.kind}: `{one.name}`" for one in asked if not one.right]
    yield "Not found:\n\n" + "\n".join(missed)
    pairs = sorted({(one.name, other) for one in asked for other in one.others})
    yield "## Accepted besides\n\nPictures that are not in the copy, by its original:"
    yield "\n".join(f"* `{name}`: `{other}`" for name, other in pairs) or "None."


if __name__ == "__main__":
    main()
