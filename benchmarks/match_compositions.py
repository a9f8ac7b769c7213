"""Pictures that hold stored ones: collages, screens, pages, half pages, panoramas; who is found?

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.match_compositions [--seeds N] [--first N]

Stored: all pictures of the collection, with typed pages and panoramas that are drawn. What the
compositions of `compositions.py` hold is drawn, with the seed, from the photographs of
`photos/pixabay` and `photos/vacation` with texture.
All are sent as JPEG of quality 85. The picture is decoded and searched as the product does.
"""

import argparse
import io
from collections import defaultdict
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
from udata_mediadb.recognition.match.features import describe

from . import compositions as drawn
from .library import Library, accepted, photographs
from .report import table, write
from .shortlist_queries import described, stored_pictures

FOLDERS = ("pixabay", "vacation")
MAX_PIXELS = 50_000_000
PAGES = 12
PANORAMA_PICTURES = 20
SCREENS = 10
ALBUM = 12
QUALITY = 85


@dataclass(frozen=True)
class Query:
    """A composition, the numbers of what it holds, and of what it shows a part of besides."""

    kind: str
    picture: Pil
    holds: frozenset[int]
    shows: frozenset[int] = frozenset()


@dataclass
class Tally:
    """Per kind: how many pictures the queries held and found, and how many others were accepted."""

    queries: int = 0
    held: int = 0
    found: int = 0
    others: int = 0


def main() -> None:
    """Search, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path("/tmp/match-confidence"))
    parser.add_argument("--first", type=int, default=1, help="first seed")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    paths = stored_pictures(options.collection)
    stored = described([(path, None) for path in paths], options.work)
    photos = photographs(paths, stored, FOLDERS)
    tallies: dict[str, Tally] = defaultdict(Tally)
    faults: list[str] = []
    for seed in range(options.first, options.first + options.seeds):
        world = World(paths, photos, np.random.default_rng(seed))
        library = Library([*stored, *(describe(one) for one in world.drawn)])
        for query in tqdm(list(world.queries()), desc=f"seed {seed}"):
            found = set(accepted(library.search(sent(query.picture))))
            judge(query, found, tallies[query.kind], faults, world)
    write("match_compositions", "Pictures in pictures", "\n\n".join(page(tallies, faults, paths)))


class World:
    """What is drawn with one seed: the pages and the panorama to store, and the queries."""

    def __init__(
        self, paths: Sequence[Path], photos: Sequence[int], rng: np.random.Generator
    ) -> None:
        self._paths, self._rng = paths, rng
        self._photos = [photos[i] for i in rng.permutation(len(photos))]
        self._pages = [drawn.typed_page(rng) for _ in range(PAGES)]
        self._panorama = drawn.panorama(self._pictures(self._photos[-PANORAMA_PICTURES:]))

    @property
    def drawn(self) -> list[Picture]:
        """What is stored beside the pictures of the collection, as an upload decodes it."""
        return [sent(one) for one in (*self._pages, self._panorama)]

    def name(self, number: int) -> str:
        """What is stored under this number."""
        beyond = number - len(self._paths)
        return self._paths[number].name if beyond < 0 else f"page or panorama {beyond}"

    def queries(self) -> Iterator[Query]:
        """All compositions of this seed."""
        for side in (2, 3, 4):
            numbers = self._photos[: side * side]
            sheet = drawn.collage(self._pictures(numbers), side)
            yield Query(f"collage of {side} x {side}", sheet, frozenset(numbers))
        for number in self._photos[16 : 16 + SCREENS]:
            (picture,) = self._pictures([number])
            yield Query("desktop screen", drawn.desktop(picture, self._rng), frozenset({number}))
        for number in self._photos[26 : 26 + SCREENS]:
            (picture,) = self._pictures([number])
            sheet = drawn.newspaper(picture, self._rng)
            yield Query("newspaper page, screened", sheet, frozenset({number}))
        numbers = self._photos[36 : 36 + ALBUM]
        sheet = drawn.album(self._pictures(numbers), self._rng)
        yield Query("album page, a twentieth each", sheet, frozenset(numbers))
        yield from self._parts()

    def _parts(self) -> Iterator[Query]:
        first = len(self._paths)
        for turn, typed in enumerate(self._pages):
            half = drawn.half_photographed(typed, self._rng)
            yield Query("half a typed page, photographed", half, frozenset({first + turn}))
        whole = self._panorama
        left = int(self._rng.integers(whole.width * 9 // 10))
        tenth = whole.crop((left, 0, left + whole.width // 10, whole.height))
        shows = frozenset(self._photos[-PANORAMA_PICTURES:])
        yield Query("a tenth of a panorama", tenth, frozenset({first + len(self._pages)}), shows)

    def _pictures(self, numbers: Sequence[int]) -> list[Pil]:
        return [Image.open(self._paths[number]).convert("RGB") for number in numbers]


def sent(picture: Pil) -> Picture:
    """As a portal reads it."""
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=QUALITY)
    return decode(data.getvalue(), max_pixels=MAX_PIXELS, side=DECODE_SIDE_PX)


def judge(query: Query, found: set[int], tally: Tally, faults: list[str], world: World) -> None:
    """Count what was found, and what the query does not show."""
    others = found - query.holds - query.shows
    tally.queries += 1
    tally.held += len(query.holds)
    tally.found += len(found & query.holds)
    tally.others += len(others)
    lost = ", ".join(f"`{world.name(i)}`" for i in sorted(query.holds - found))
    more = ", ".join(f"`{world.name(i)}`" for i in sorted(others))
    if lost or more:
        faults.append(f"* {query.kind}: not found {lost or 'none'}; besides {more or 'none'}")


def page(tallies: dict[str, Tally], faults: Sequence[str], paths: Sequence[Path]) -> Iterator[str]:
    yield f"{len(paths)} pictures, {PAGES} typed pages and a panorama stored."
    rows = [
        [kind, one.queries, f"{one.found} of {one.held}", one.others]
        for kind, one in tallies.items()
    ]
    yield table(("what is asked", "queries", "found of what it holds", "others accepted"), rows)
    yield "## Faults\n\n" + ("\n".join(faults) or "None.")


if __name__ == "__main__":
    main()
