"""Shared print: do pictures match that have a logo, a band, a frame in common, and nothing else?

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.match_shared_print [--pictures FOLDER] [--part I/N]

The pictures of `caltech/` (and of `--pictures`) are divided in two by chance. Those of one half are
stored with a print of `prints.py` on them, beside all other pictures of the collection; those of
the other half are asked with the same print. Ten kinds of print, a new house for every five
pictures, sent as JPEG of quality 85. Nothing that is asked is stored.
"""

import argparse
import io
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from PIL.Image import Image as Pil
from tqdm import tqdm

from udata_mediadb.imaging import Picture, decode
from udata_mediadb.media.ingest import DECODE_SIDE_PX

from .library import Library
from .prints import KINDS
from .report import table, write
from .shortlist_queries import described, stored_pictures

MAX_PIXELS = 50_000_000
OF_A_HOUSE = 5
LONG_SIDE_PX = 800
SUFFIXES = {".jpg", ".jpeg", ".png"}


@dataclass(frozen=True)
class Asked:
    """A query, and what was said of pictures with its print (`same`), and of any others."""

    kind: str
    name: str
    same: tuple[tuple[str, str, float], ...]
    others: tuple[tuple[str, str, float], ...]


def main() -> None:
    """Search, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, default=Path("../shared/data"))
    parser.add_argument("--pictures", type=Path, help="more pictures that nobody has seen")
    parser.add_argument("--work", type=Path, default=Path("/tmp/match-confidence"))
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1", help="2/4: the second quarter of the queries")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    number, parts = map(int, options.part.split("/"))
    kept = options.work / f"shared-print-{options.seed}-{number}.pickle"  # ours
    kept.write_bytes(pickle.dumps(list(ask(options, number - 1, parts))))
    pieces = [kept.with_name(f"shared-print-{options.seed}-{i + 1}.pickle") for i in range(parts)]
    if number == parts and all(piece.exists() for piece in pieces):
        asked = [one for piece in pieces for one in pickle.loads(piece.read_bytes())]
        write("match_shared_print", "Shared print", "\n\n".join(page(asked)))


def ask(options: argparse.Namespace, first: int, parts: int) -> Iterator[Asked]:
    folders = [options.collection / "caltech", *([options.pictures] if options.pictures else [])]
    paths = [p for f in folders for p in sorted(f.rglob("*.*")) if p.suffix.lower() in SUFFIXES]
    order = np.random.default_rng(options.seed).permutation(len(paths))
    stored, asked = ([paths[i] for i in order[half::2]][: options.queries] for half in (0, 1))
    others = [p for p in stored_pictures(options.collection) if "caltech" not in p.parts]
    library = Library(described([(path, None) for path in others], options.work))
    numbers = range(len(others), len(others) + len(stored))
    prints = [printed(path, turn) for turn, path in enumerate(stored)]
    library.stored = [*library.stored, *(library.signature.describe(one) for one in prints)]
    library.index.add(numbers, library.stored[len(others) :])
    names = [f"{path.parent.name}/{path.name}" for path in (*others, *stored)]
    for turn in tqdm(range(first, len(asked), parts)):
        found = library.search(printed(asked[turn], turn))
        said = [
            (i, (names[i], str(one.decision), round(float(one.details["nfa"]), 1)))
            for i, one in found.items()
            if one.decision in ("clone", "match", "shared_part")
        ]
        yield Asked(
            list(KINDS)[turn % len(KINDS)],
            f"{asked[turn].parent.name}/{asked[turn].name}",
            tuple(one for i, one in said if i >= len(others) and house(i - len(others), turn)),
            tuple(one for i, one in said if i < len(others) or not house(i - len(others), turn)),
        )


def house(first: int, second: int) -> bool:
    """Whether both have the same print."""
    return seed_of(first) == seed_of(second)


def seed_of(turn: int) -> int:
    kind, own = turn % len(KINDS), turn // len(KINDS)
    return 1000 * kind + own // OF_A_HOUSE


def printed(path: Path, turn: int) -> Picture:
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX))
    sent = io.BytesIO()
    shown: Pil = list(KINDS.values())[turn % len(KINDS)](picture, seed_of(turn))
    shown.save(sent, "JPEG", quality=85)
    return decode(sent.getvalue(), max_pixels=MAX_PIXELS, side=DECODE_SIDE_PX)


def page(asked: Sequence[Asked]) -> Iterator[str]:
    wrong = [one for one in asked if any(d in ("match", "clone") for _, d, _ in one.same)]
    yield (
        f"{len(asked)} queries without a copy. **{len(wrong)} accept a picture that shares a print "
        "only** (as match or clone). Named a shared part: the print was seen, and called so."
    )
    rows = []
    for kind in KINDS:
        own = [one for one in asked if one.kind == kind]
        named = sum(any(d == "shared_part" for _, d, _ in one.same) for one in own)
        rows.append([kind, len(own), named, sum(one in wrong for one in own)])
    yield table(("print", "queries", "named a shared part", "match or clone"), rows)
    yield "## Accepted on a print\n\n" + lines(wrong, same=True)
    beside = [one for one in asked if any(d in ("match", "clone") for _, d, _ in one.others)]
    yield "## Accepted besides\n\nPictures without this print:\n\n" + lines(beside, same=False)


def lines(asked: Sequence[Asked], *, same: bool) -> str:
    told = [
        f"* {one.kind}: `{one.name}`, `{name}` ({decision}, {nfa})"
        for one in asked
        for name, decision, nfa in (one.same if same else one.others)
        if decision in ("match", "clone")
    ]
    return "\n".join(told) or "None."


if __name__ == "__main__":
    main()
