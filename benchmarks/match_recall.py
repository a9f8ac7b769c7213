"""Does a copy find its original, and does a stranger find nothing? Prints and writes Markdown.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.match_recall [--quick] [--data DIR] [--faults DIR]

Stored: all of `photos/`, the first view of each object of `views/`, the original of `edits/`.
Queries: the other views and edits, `ATTACKS` on a seeded sample of the stored photos, and pictures
of `flags/` and `caltech/` that have no copy stored. Hits are the accepted ones among the best 20 of
the exact index. PDQ and the pHash and dHash of `imagehash` see the same pictures in the same run.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import imagehash
import numpy as np
import pdqhash
from PIL import Image

from udata_mediadb.imaging import Picture
from udata_mediadb.recognition.exact import ExactIndex
from udata_mediadb.recognition.match.description import MatchDescription
from udata_mediadb.recognition.match.signature import MatchSignature
from udata_mediadb.recognition.match.votes import voting_vectors
from udata_mediadb.recognition.signature import Comparison

from . import attacks

ROOT = Path(__file__).parent.parent
CANDIDATES = 20
SAMPLE = 20  # photos that suffer every attack
ENOUGH_KEYPOINTS = 60  # fewer: a picture without texture, reported apart
# bits of 256 and of 64; the thresholds of the PDQ paper and of common practice
HASH_THRESHOLDS = {"PDQ": 31, "pHash": 10, "dHash": 10}


@dataclass(frozen=True)
class Query:
    """A query picture with the name of its stored original (None: a stranger) and its truth."""

    group: str
    name: str
    pixels: attacks.Pixels
    original: str | None
    homography: attacks.Matrix | None = None


@dataclass
class Tally:
    """Per class: outcomes per query, 1 or 0, and corner errors in px of the 512 px frame."""

    right: list[bool] = field(default_factory=list)
    first: list[bool] = field(default_factory=list)
    false: list[bool] = field(default_factory=list)
    corners_px: list[float] = field(default_factory=list)
    hashes: dict[str, list[tuple[bool, bool, bool]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def main() -> None:
    """Run, print and write docs/benchmarks/match_recall.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the attacks and strangers")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--faults", type=Path, help="write misses and false accepts here")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    stored = dict(stored_pictures(arguments.data))
    bench = Bench(stored, arguments.faults)
    step = 10 if arguments.quick else 1
    for query in queries(arguments.data, stored, step):
        bench.ask(query)
    report = bench.report()
    print(report)
    if not arguments.quick:
        target = ROOT / "docs" / "benchmarks" / "match_recall.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(report)


def stored_pictures(data: Path) -> Iterator[tuple[str, attacks.Pixels]]:
    """Name and pixels of everything stored."""
    for path in sorted((data / "photos").rglob("*.jpg")):
        yield str(path.relative_to(data)), read(path)
    for path in sorted((data / "views").rglob("*_01.jpg")):
        yield str(path.relative_to(data)), read(path)
    yield "edits/bridge", read(data / "edits" / "pdq_bridge" / "aaa-orig.jpg")


def queries(data: Path, stored: dict[str, attacks.Pixels], step: int) -> Iterator[Query]:
    """All queries; every `step`-th of the many."""
    for path in sorted((data / "views").rglob("*_0[23].jpg")):
        original = str(path.relative_to(data).with_stem(path.stem[:-1] + "1"))
        yield Query("views", path.stem, read(path), original)
    for path in sorted((data / "edits").rglob("*.jpg")):
        if path.stem != "aaa-orig":
            yield Query("edits", path.stem, read(path), "edits/bridge")
    photos = [name for name in stored if name.startswith("photos/")]
    chosen = np.random.default_rng(2024).permutation(len(photos))[: SAMPLE // step]
    for name in [photos[i] for i in chosen]:
        for attack in attacks.BY_NAME:
            pixels, homography = attacks.attacked(stored[name], attack, name)
            group = attacks.CLASS_OF[attack]
            yield Query(group, f"{attack} {name}", pixels, name, homography)
    for group in ("flags", "caltech"):
        paths = [*(data / group).rglob("*.jpg"), *(data / group).rglob("*.png")]
        for path in sorted(paths)[::step]:
            yield Query(f"no copy: {group}", str(path.relative_to(data)), read(path), None)


class Bench:
    """The stored set under our signature and under the hashes, and what came of the queries."""

    def __init__(self, stored: dict[str, attacks.Pixels], faults: Path | None) -> None:
        self.signature = MatchSignature()
        self.names = list(stored)
        self.stored = stored
        self.faults = faults
        started = time.perf_counter()
        self.descriptions = [self.signature.describe(picture(p)) for p in stored.values()]
        self.describe_ms = (time.perf_counter() - started) * 1000 / len(stored)
        self.index: ExactIndex[MatchDescription] = ExactIndex(voting_vectors)
        self.index.add(range(len(stored)), self.descriptions)
        hashed = [hashes(p) for p in stored.values()]
        self.hashes = {kind: np.array([h[kind] for h in hashed]) for kind in HASH_THRESHOLDS}
        self.tallies: dict[str, Tally] = defaultdict(Tally)
        self.search_ms: list[float] = []
        # (original or stranger, other picture accepted) -> -log10 NFA of each time
        self.others: dict[tuple[str, str], list[float]] = defaultdict(list)

    def ask(self, query: Query) -> None:
        """Search for one query and count what was found."""
        started = time.perf_counter()
        description = self.signature.describe(picture(query.pixels))
        hits = self.hits(description)
        self.search_ms.append((time.perf_counter() - started) * 1000)
        tally = self.tallies[self.group(query)]
        accepted = [(name, c) for name, c in hits if c.accepted]
        right = next((c for name, c in accepted if name == query.original), None)
        wrong = [(name, c) for name, c in accepted if name != query.original]
        if query.original is not None:
            tally.right.append(right is not None)
            tally.first.append(bool(hits) and hits[0][0] == query.original)
        tally.false.append(bool(wrong))
        if right is not None and query.homography is not None and query.original is not None:
            tally.corners_px.append(
                corner_error_px(right, query.homography, description, self.stored[query.original])
            )
        self.ask_hashes(query, tally)
        self.note(query, right, wrong)

    def hits(self, description: MatchDescription) -> list[tuple[str, Comparison]]:
        """What aligns among the candidates, nearest first."""
        found = []
        for position, _ in self.index.shortlist(description, CANDIDATES):
            comparison = self.signature.verify(description, self.descriptions[position])
            if comparison is not None:
                found.append((self.names[position], comparison))
        return sorted(found, key=lambda hit: hit[1].distance)

    def group(self, query: Query) -> str:
        if query.original is None:
            return query.group
        keypoints = len(self.descriptions[self.names.index(query.original)])
        return query.group if keypoints >= ENOUGH_KEYPOINTS else "original without texture"

    def ask_hashes(self, query: Query, tally: Tally) -> None:
        own = hashes(query.pixels)
        for kind, threshold in HASH_THRESHOLDS.items():
            distance = np.count_nonzero(self.hashes[kind] != own[kind], axis=1)
            near = {self.names[i] for i in np.flatnonzero(distance <= threshold)}
            first = self.names[int(distance.argmin())] == query.original
            tally.hashes[kind].append(
                (query.original in near, first, bool(near - {query.original}))
            )

    def note(
        self, query: Query, right: Comparison | None, wrong: list[tuple[str, Comparison]]
    ) -> None:
        """Keep every fault, and where asked the pictures side by side."""
        for name, comparison in wrong:
            asked = query.original or query.name
            self.others[asked, name].append(comparison.details["nfa"])
            self.write(f"false {query.name} {name}", query.pixels, self.stored[name])
        if query.original is not None and right is None:
            self.write(f"miss {query.name}", query.pixels, self.stored[query.original])

    def write(self, title: str, left: attacks.Pixels, right: attacks.Pixels) -> None:
        if self.faults is None:
            return
        self.faults.mkdir(parents=True, exist_ok=True)
        sides = [cv2.resize(p, (400, round(400 * p.shape[0] / p.shape[1]))) for p in (left, right)]
        canvas = np.full((max(s.shape[0] for s in sides), 800, 3), 255, np.uint8)
        for column, side in zip((0, 400), sides, strict=True):
            canvas[: side.shape[0], column : column + 400] = side
        path = self.faults / (title.replace("/", "_").replace(" ", "__") + ".png")
        cv2.imwrite(str(path), canvas[:, :, ::-1])

    def report(self) -> str:
        """The tables in Markdown."""
        lines = [
            "# Match: recall, false accepts, corner errors",
            "",
            "Made by `python -m benchmarks.match_recall` (its docstring says what is stored and",
            "asked). *right*: accepted and the right picture; *R@1*: first in the answer; *false*:",
            "queries with any other picture accepted. Corner error: mean distance of the matching",
            "box's corners from where the attack put them, px in the query at 512 px long side.",
            "The hash columns are right / R@1 / false at the usual thresholds (PDQ <= 31 of 256,",
            "pHash and dHash <= 10 of 64 bits).",
            "",
            f"{len(self.names)} stored. Describe {self.describe_ms:.0f} ms per picture; describe,",
            f"shortlist and verification of {CANDIDATES}: median {np.median(self.search_ms):.0f}",
            f"ms per query, p90 {np.percentile(self.search_ms, 90):.0f} ms (one busy core).",
            "",
            "| class | n | right | R@1 | false | corner px median | p90 | PDQ | pHash | dHash |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *(row(group, tally) for group, tally in self.tallies.items()),
            row("all but negative and textureless", self.total()),
            "",
            "## Every other picture accepted",
            "",
            "Asked for copies of the first, the second was accepted (so often; -log10 NFA).",
            "",
            *(
                f"* `{asked}`, `{other}` ({len(nfas)}; {min(nfas):.1f} to {max(nfas):.1f})"
                for (asked, other), nfas in self.others.items()
            ),
        ]
        return "\n".join(lines) + "\n"

    def total(self) -> Tally:
        total = Tally()
        for group, tally in self.tallies.items():
            if group in ("negative", "original without texture") or not tally.right:
                continue
            for name in ("right", "first", "false", "corners_px"):
                getattr(total, name).extend(getattr(tally, name))
            for kind, outcomes in tally.hashes.items():
                total.hashes[kind].extend(outcomes)
        return total


def row(group: str, tally: Tally) -> str:
    cells = [group, str(len(tally.false)), share(tally.right), share(tally.first)]
    cells.append(str(sum(tally.false)))
    for percent in (50, 90):
        cells.append(f"{np.percentile(tally.corners_px, percent):.2f}" if tally.corners_px else "")
    for kind in HASH_THRESHOLDS:
        right, first, false = zip(*tally.hashes[kind], strict=True)
        known = f"{share(right)} / {share(first)} / " if tally.right else ""
        cells.append(f"{known}{sum(false)}")
    return "| " + " | ".join(cells) + " |"


def share(outcomes: "list[bool] | tuple[bool, ...]") -> str:
    return f"{np.mean(outcomes):.3f}" if len(outcomes) else ""


def read(path: Path) -> attacks.Pixels:
    """(h, w, 3) uint8 RGB."""
    return np.asarray(Image.open(path).convert("RGB"))


def picture(pixels: attacks.Pixels) -> Picture:
    return Picture(pixels, pixels.shape[1], pixels.shape[0], "PNG")


def hashes(pixels: attacks.Pixels) -> dict[str, np.ndarray]:
    """Bits per kind of hash."""
    image = Image.fromarray(pixels)
    return {
        "PDQ": pdqhash.compute(np.ascontiguousarray(pixels))[0],
        "pHash": imagehash.phash(image).hash.ravel(),
        "dHash": imagehash.dhash(image).hash.ravel(),
    }


def corner_error_px(
    comparison: Comparison,
    homography: attacks.Matrix,
    query: MatchDescription,
    original: attacks.Pixels,
) -> float:
    """Mean distance of the box's corners in the query from the truth, px of the resized query."""
    size = np.array([original.shape[1], original.shape[0]])
    corners = np.array(comparison.details["reference"]["matchingBox"]["points"]) * size - 0.5
    truth = cv2.perspectiveTransform(corners[None], homography)[0]
    truth = (truth + 0.5) / np.array(query.original) * np.array(query.resized)
    found = np.array(comparison.details["query"]["matchingBox"]["points"]) * query.resized
    return float(np.linalg.norm(truth - found, axis=1).mean())


if __name__ == "__main__":
    main()
