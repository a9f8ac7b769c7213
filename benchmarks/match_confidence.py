"""Two thousand stored pictures: who is found, who is accepted wrongly, what a confidence means.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.match_confidence [--every N] [--part I/N] [--again]

Stored: all pictures of the collection, of which no two are meant to show the same; some of
`caltech/` as their two halves, to make up the number. Queries: other views, edits, attacks on all
photographs, every so many-th of them, searched with their pictures; and each stored picture where
it is not stored itself (nor its other half), which should find nothing: sent as a picture, too.
The confidence is fitted on one half of the queries (`confidence_fit.py`); what the product answers,
by the numbers that `recognition/match/confidence.py` has, is counted on the other. The answers
are kept in the work folder; `--again` makes the page of all that it has. `--part 2/4` asks a
quarter of the queries, `--first` those of another sample: pieces of a long run, of one page.
"""

import argparse
import pickle
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from tqdm import tqdm

from udata_mediadb.recognition.match.confidence import PER_LOGIT, PER_NFA, START, false_accepts
from udata_mediadb.recognition.match.global_descriptor import has_texture
from udata_mediadb.recognition.signature import Comparison

from .confidence_fit import SAME_AGREEMENT, SAME_OVERLAP, fitted, is_same, upper_bound
from .library import Library, accepted
from .report import table, write
from .shortlist_queries import (
    HALVES,
    Copy,
    attacked_photos,
    attacks_on,
    described,
    queried,
    stored_pictures,
    views_and_edits,
)

STORED = 2000
CUTS = (0.0, 1.5, 1.75, 2.0, 2.1, 2.2, 2.3, 2.4)
ATTACKED_WITHOUT = ("views", "edits", "negative", "without texture")
Item = tuple[Path, str | None]
T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """A search: its class, the picture it shows (-1: none that is stored), and what was found."""

    name: str
    kind: str
    truth: int
    found: dict[int, Comparison]

    @property
    def right(self) -> Comparison | None:
        found = self.found.get(self.truth)
        return found if found is not None and found.accepted else None

    @property
    def others(self) -> dict[int, Comparison]:
        return {i: c for i, c in self.found.items() if i != self.truth and c.accepted}

    @property
    def is_first(self) -> bool:
        best = min(self.found, key=lambda i: (not self.found[i].accepted, self.found[i].distance))
        return best == self.truth


def main() -> None:
    """Search, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path("/tmp/match-confidence"))
    parser.add_argument("--every", type=int, default=1, help="so many-th copy is asked only")
    parser.add_argument("--strangers", type=int, default=1, help="and so many-th stored picture")
    parser.add_argument("--first", type=int, default=0, help="of each: another sample")
    parser.add_argument("--part", default="1/1", help="2/4: the second quarter of the queries")
    parser.add_argument("--only", choices=("copies", "strangers"), help="of the queries")
    parser.add_argument("--again", action="store_true", help="the page of all that was found")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    items = stored_items(options.collection)
    if not options.again:
        library = Library(described(items, options.work))
        copies = [] if options.only == "strangers" else list(asked_copies(options, items, library))
        strangers = [] if options.only == "copies" else asked_strangers(options, items, library)
        piece = f"answers-{options.only}-{options.first}-{options.part.replace('/', '-of-')}.pickle"
        (options.work / piece).write_bytes(pickle.dumps((copies, list(strangers))))
        if options.part != "1/1" or options.only:
            return
    write(
        "match_confidence", "Two thousand pictures", "\n\n".join(page(items, *kept(options.work)))
    )


def kept(folder: Path) -> tuple[list[Asked], list[Asked]]:
    """All answers of the folder, copies and strangers: each query once, the newest answer."""
    found: tuple[dict[str, Asked], dict[str, Asked]] = ({}, {})
    for piece in sorted(folder.glob("answers-*.pickle"), key=lambda one: one.stat().st_mtime):
        for known, more in zip(found, pickle.loads(piece.read_bytes()), strict=True):  # ours
            known.update({one.name: one for one in more})
    return list(found[0].values()), list(found[1].values())


def sample(every: Sequence[T], step: int, options: argparse.Namespace) -> Sequence[T]:
    """What this run asks of all."""
    number, parts = map(int, options.part.split("/"))
    return every[options.first :: step][number - 1 :: parts]


def stored_items(collection: Path) -> list[Item]:
    paths = stored_pictures(collection)
    divided = [p for p in paths if "caltech" in p.parts][: max(0, STORED - len(paths))]
    whole: list[Item] = [(path, None) for path in paths if path not in set(divided)]
    return whole + [(path, half) for path in divided for half in HALVES]


def asked_copies(
    options: argparse.Namespace, items: Sequence[Item], library: Library
) -> Iterator[Asked]:
    half = attacked_photos(options.collection)
    rest = [p for p, _ in items if "photos" in p.parts and p not in set(half)]
    every = [*views_and_edits(options.collection), *attacks_on(half), *attacks_on(rest)]
    for copy in tqdm(sample(every, options.every, options), desc="Copies"):
        truth = items.index((copy.original, None))
        picture = queried(copy)
        query = library.signature.describe(picture)
        textured = has_texture(query) and has_texture(library.stored[truth])
        kind = copy.kind if textured else "without texture"
        name = f"{copy.attack} {copy.path.parent.name}/{copy.path.name}"
        found = library.search_described(query, lambda shown=picture: shown)
        yield Asked(name, kind, truth, slim(found))


def asked_strangers(
    options: argparse.Namespace, items: Sequence[Item], library: Library
) -> Iterator[Asked]:
    numbers = sample(range(len(items)), options.strangers, options)
    for number in tqdm(numbers, desc="Strangers"):
        path, half = items[number]
        same = [i for i, (other, _) in enumerate(items) if other == path]
        found = library.search(queried(Copy(path, half, "stranger", path)), without=same)
        yield Asked(name_of(items[number]), path.parts[-3], -1, slim(found))


def slim(found: dict[int, Comparison]) -> dict[int, Comparison]:
    """Those that were accepted, without what the page does not need."""
    return {i: replace(one, points=None, differs=None) for i, one in accepted(found).items()}


def page(
    items: Sequence[Item], copies: Sequence[Asked], strangers: Sequence[Asked]
) -> Iterator[str]:
    without_copy = [s for s in strangers if not s.others]
    yield (
        f"{len(items)} stored, {len(copies)} queries that show one of them, {len(strangers)} that "
        "show none. Without texture: the query or its original has under 60 keypoints."
    )
    yield "## Found"
    yield table(("class", "n", "accepted and right", "first"), list(class_rows(copies)))
    missed = [f"* {c.kind}: {c.name}" for c in copies if c.right is None]
    yield "Not found:\n\n" + "\n".join(missed)
    yield "## Accepted, although nobody stored it"
    yield f"{len(strangers) - len(without_copy)} of {len(strangers)} queries, in pairs:"
    yield "\n".join(pair_lines(items, strangers))
    yield "## Confidence"
    yield (
        "Every accepted picture that is not the query's own counts as wrong, shared prints, faces "
        "and series too; not those that are the same picture stored twice (an agreement of "
        f"{SAME_AGREEMENT} or more over {SAME_OVERLAP} of the reference). Fitted on the queries of "
        "one half, by their names, and counted on the other."
    )
    halves = [half_of(strangers, number) for number in (0, 1)]
    start, per_nfa, per_logit = fitted(
        [c.right for c in copies if c.right and is_of(c, 0)], halves[0]
    )
    yield (
        f"-log10 of the share of searches that accept something as good wrongly = {start:.2f} + "
        f"{per_nfa:.4f} nfa (at most 300) + {per_logit:.2f} logit(agreement). The table counts "
        "what the product answers, by the numbers that `recognition/match/confidence.py` has: "
        f"{START} + {PER_NFA} nfa + {PER_LOGIT} logit(agreement)."
    )
    head = ("false_accepts >=", "accepted and right", "accepted wrongly", "95 % upper bound")
    yield table(head, list(cut_rows([c for c in copies if is_of(c, 1)], halves[1])))


def class_rows(copies: Sequence[Asked]) -> Iterator[list[object]]:
    groups: dict[str, list[Asked]] = defaultdict(list)
    for one in copies:
        groups[one.kind].append(one)
        if one.kind != "without texture":
            groups["**all with texture**"].append(one)
        if one.kind not in ATTACKED_WITHOUT:
            groups["**attacks without negatives**"].append(one)
        if one.kind not in ("negative", "without texture"):
            groups["**edits, views, attacks without negatives**"].append(one)
        groups["**all**"].append(one)
    for kind in sorted(groups, key=lambda kind: (kind.startswith("*"), kind)):
        group = groups[kind]
        right = np.mean([one.right is not None for one in group])
        first = np.mean([bool(one.found) and one.is_first for one in group])
        yield [kind, len(group), f"{right:.3f}", f"{first:.3f}"]


def pair_lines(items: Sequence[Item], strangers: Sequence[Asked]) -> Iterator[str]:
    pairs: dict[tuple[str, str], float] = {}
    for asked in strangers:
        for other, comparison in asked.others.items():
            first, second = sorted((asked.name, name_of(items[other])))
            nfa = float(comparison.details["nfa"])
            pairs[first, second] = max(nfa, pairs.get((first, second), 0.0))
    for (first, second), nfa in sorted(pairs.items(), key=lambda pair: pair[1]):
        yield f"* {nfa:.1f}: `{first}`, `{second}`"


def is_of(asked: Asked, half: int) -> bool:
    """Whether a query belongs to this half of all."""
    return zlib.crc32(asked.name.encode()) % 2 == half


def half_of(strangers: Sequence[Asked], half: int) -> list[list[Comparison]]:
    """What was accepted wrongly, by query."""
    return [
        [one for one in asked.others.values() if not is_same(one)]
        for asked in strangers
        if is_of(asked, half)
    ]


def cut_rows(
    copies: Sequence[Asked], strangers: Sequence[Sequence[Comparison]]
) -> Iterator[list[object]]:
    for cut in CUTS:
        right = [c.right is not None and sure(c.right) >= cut for c in copies]
        wrong = sum(any(sure(one) >= cut for one in found) for found in strangers)
        bound = upper_bound(wrong, len(strangers))
        yield [cut, f"{np.mean(right):.3f}", f"{wrong} of {len(strangers)}", f"{bound:.2%}"]


def sure(comparison: Comparison) -> float:
    """What the product answers now: its numbers may be newer than the search."""
    if not comparison.details["inliers"]:
        return float(comparison.details["false_accepts"])
    return false_accepts(comparison.details["nfa"], comparison.details["agreement"])


def name_of(item: Item) -> str:
    path, part = item
    return f"{path.parent.name}/{path.name}" + (f" ({part})" if part else "")


if __name__ == "__main__":
    main()
