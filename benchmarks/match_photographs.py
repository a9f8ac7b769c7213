"""Photographs of flat things: printed pictures, seen by a camera in seven situations.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.match_photographs --pictures FOLDER [--part I/N]

Stored: all pictures of the collection and those of `--pictures`, no two of which show the same.
Each of the latter is asked in each situation of `camera.py`; and the other views of `views/` as
deep objects. Nothing was chosen with these pictures.
"""

import argparse
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from tqdm import tqdm

from udata_mediadb.recognition.match.global_descriptor import has_texture

from .camera import SITUATIONS
from .library import Library, accepted, picture_of
from .report import table, write
from .shortlist_queries import described, queried, stored_pictures, views_and_edits

LONG_SIDE_PX = 800
SUFFIXES = {".jpg", ".jpeg", ".png"}
DEEP = "deep objects, other views"


@dataclass(frozen=True)
class Asked:
    """A photograph: whether what it shows was accepted, and what else was."""

    kind: str
    name: str
    right: bool
    others: tuple[str, ...]


def main() -> None:
    """Search, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, default=Path("../shared/data"))
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("/tmp/match-confidence"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1", help="2/4: the second quarter of the queries")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    number, parts = map(int, options.part.split("/"))
    pieces = [options.work / f"photographs-{options.seed}-{i + 1}.pickle" for i in range(parts)]
    pieces[number - 1].write_bytes(pickle.dumps(list(ask(options, number - 1, parts))))  # ours
    if number == parts and all(piece.exists() for piece in pieces):
        asked = [one for piece in pieces for one in pickle.loads(piece.read_bytes())]
        write("match_photographs", "Photographs of flat things", "\n\n".join(page(asked)))


def ask(options: argparse.Namespace, first: int, parts: int) -> Iterator[Asked]:
    found = sorted(options.pictures.rglob("*.*"))
    things = [path for path in found if path.suffix.lower() in SUFFIXES]
    paths = [*stored_pictures(options.collection), *things]
    library = Library(described([(path, None) for path in paths], options.work))
    begin = len(paths) - len(things)
    things = [one for i, one in enumerate(things) if has_texture(library.stored[begin + i])]
    for turn in tqdm(range(first, len(things) * len(SITUATIONS), parts)):
        path, kind = things[turn // len(SITUATIONS)], list(SITUATIONS)[turn % len(SITUATIONS)]
        rng = np.random.default_rng((options.seed, turn))
        beside = things[int(rng.integers(len(things)))]
        seen = SITUATIONS[kind](pixels_of(path), pixels_of(beside), rng)
        yield answer(library, paths, kind, path, (path, beside), seen)
    for copy in views_and_edits(options.collection)[first::parts]:
        if copy.kind == "views":
            shown = queried(copy).pixels
            yield answer(library, paths, DEEP, copy.original, (copy.original,), shown)


def answer(
    library: Library,
    paths: Sequence[Path],
    kind: str,
    truth: Path,
    shown: Sequence[Path],
    pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> Asked:
    found = accepted(library.search(picture_of(pixels)))
    others = tuple(paths[i].name for i in found if paths[i] not in shown)
    return Asked(kind, truth.name, any(paths[i] == truth for i in found), others)


def pixels_of(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX))
    return np.asarray(picture)


def page(asked: Sequence[Asked]) -> Iterator[str]:
    flat = [one for one in asked if one.kind != DEEP]
    yield (
        f"{len(asked)} photographs. **Of flat things {np.mean([one.right for one in flat]):.3f} of "
        f"{len(flat)} accepted and right, of all {np.mean([one.right for one in asked]):.3f}.**"
    )
    kinds = [*SITUATIONS, DEEP]
    rows = []
    for kind in kinds:
        own = [one for one in asked if one.kind == kind]
        rows.append([kind, len(own), sum(one.right for one in own)])
    yield table(("situation", "asked", "found"), rows)
    missed = [f"* {one.kind}: `{one.name}`" for one in asked if not one.right]
    yield "Not found:\n\n" + ("\n".join(missed) or "None.")
    pairs = sorted({(one.name, other) for one in asked for other in one.others})
    yield "## Accepted besides\n\nPictures that are not in the photograph:"
    yield "\n".join(f"* `{name}`: `{other}`" for name, other in pairs) or "None."


if __name__ == "__main__":
    main()
