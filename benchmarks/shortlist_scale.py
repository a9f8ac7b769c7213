"""Does the shortlist still hold the right picture among a million, and in what time?

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.shortlist_scale --sizes 2000 100000 1000000

Stored: the real pictures of the collection, and so many made-up ones (`synthetic.py`), in segments
of up to a million, as merges leave them. Queries: other views, edits, attacks on photographs;
`shortlist_queries.py`. A million pictures take 4.5 GB of `--work`, and as much again while they are
made; what is there is used again.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from udata_mediadb.recognition.match.description import MatchDescription
from udata_mediadb.recognition.match.features import VARIANTS, Variant
from udata_mediadb.recognition.match.inverted import scan_numba, scan_numpy
from udata_mediadb.recognition.match.inverted.index import InvertedIndex, Scan
from udata_mediadb.recognition.match.inverted.merging import Part
from udata_mediadb.recognition.match.inverted.postings import Postings, describe_postings
from udata_mediadb.recognition.match.inverted.query import IndexQuery, index_query
from udata_mediadb.recognition.match.inverted.scan_numpy import Found
from udata_mediadb.recognition.match.inverted.segment import Segment
from udata_mediadb.recognition.match.inverted.vocabulary import Vocabulary, shipped_vocabulary

from .report import table, write
from .resident import OWN, resident_bytes
from .shortlist_queries import attacked_photos, described, queries, stored_pictures
from .synthetic import synthetic_segment

DEPTHS = (1, 20, 50)
ENOUGH_KEYPOINTS = 60  # as in match_recall.py
WITHOUT_TEXTURE = "without texture"
HEAD = ("way", "n", "median ms", "p95 ms", "words", "scan", "scoring", "by the clock")
TURNED = ("mirror", "negative")
NUMPY_QUERIES = 60
SEGMENT = 1_000_000
NUMBA, NUMPY = scan_numba.scan, scan_numpy.scan


@dataclass
class Run:
    """What one way of asking gave: rank (0: first; -1: not in 50) and time of each query."""

    ranks: list[int] = field(default_factory=list)
    total_s: list[float] = field(default_factory=list)
    clock_s: list[float] = field(default_factory=list)
    words_s: list[float] = field(default_factory=list)
    scan_s: list[float] = field(default_factory=list)

    def recall(self, depth: int, among: Sequence[int]) -> float:
        """Share of these queries whose picture is among the first `depth`."""
        return float(np.mean([0 <= self.ranks[i] < depth for i in among]))


def main() -> None:
    """Measure at each size and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path("/tmp/shortlist-scale"))
    parser.add_argument("--sizes", type=int, nargs="+", default=[2000, 100_000])
    parser.add_argument("--every", type=int, default=1, help="of the queries, every so many")
    options = parser.parse_args()
    vocabulary = shipped_vocabulary()
    paths = stored_pictures(options.collection)
    stored = described([(path, None) for path in paths], options.work / "described")
    copies = queries(options.collection)
    originals = {copy.original for copy in copies}
    copies = copies[:: options.every]
    asked = described([(c.path, c.attack) for c in copies], options.work / "described")
    truth = [paths.index(copy.original) for copy in copies]
    kinds = [
        copy.kind if min(len(query), len(stored[i])) >= ENOUGH_KEYPOINTS else WITHOUT_TEXTURE
        for copy, query, i in zip(copies, asked, truth, strict=True)
    ]
    answers = originals | set(attacked_photos(options.collection))
    models = [i for i, path in enumerate(paths) if path not in answers]
    text = [_introduction(len(stored), len(models), kinds)]
    for size in options.sizes:
        segments = _filled(options.work, vocabulary, stored, models, size)
        text.append(_measured(segments, vocabulary, asked, truth, kinds))
    write("shortlist_scale", "The shortlist at scale", "\n\n".join(text))


def _filled(
    work: Path,
    vocabulary: Vocabulary,
    stored: Sequence[MatchDescription],
    models: Sequence[int],
    size: int,
) -> list[Segment]:
    """`size` made-up pictures on disk, and the real ones, which have the ids from 0 on."""
    others = describe_postings(vocabulary, models, [stored[i] for i in models])
    pool = Part(others, np.asarray(models, np.uint32))
    paths = []
    for start in range(0, size, SEGMENT):
        count = min(SEGMENT, size - start)
        path = work / f"{vocabulary.version}-{start}-{start + count}"
        if not path.exists():
            synthetic_segment(path, pool, vocabulary, count, len(stored), start=start)
        paths.append(path)
    real = work / f"{vocabulary.version}-real"
    if not real.exists():
        index = InvertedIndex(vocabulary)
        index.add(range(len(stored)), stored)
        index.flush(real)
    return [Segment.open(p, vocabulary.version) for p in (*paths, real)]


def _asked(
    segments: Sequence[Segment],
    vocabulary: Vocabulary,
    asked: Sequence[MatchDescription],
    truth: Sequence[int],
    variants: Sequence[Variant],
    scan: Scan,
) -> Run:
    run = Run()

    def timed_scan(postings: Postings, query: IndexQuery, threshold: int) -> Found:
        started = time.process_time()
        found = scan(postings, query, threshold)
        run.scan_s[-1] += time.process_time() - started
        return found

    index = InvertedIndex(vocabulary, segments, variants=variants, scan=timed_scan)
    for description, right in zip(asked, truth, strict=True):
        run.scan_s.append(0.0)
        begun, started = time.perf_counter(), time.process_time()
        found = [id_ for id_, _ in index.shortlist(description, DEPTHS[-1])]
        run.total_s.append(time.process_time() - started)
        run.clock_s.append(time.perf_counter() - begun)
        run.ranks.append(found.index(right) if right in found else -1)
        started = time.process_time()
        if len(description):
            index_query(vocabulary, description, variants)
        run.words_s.append(time.process_time() - started)
    return run


def _measured(
    segments: Sequence[Segment],
    vocabulary: Vocabulary,
    asked: Sequence[MatchDescription],
    truth: Sequence[int],
    kinds: Sequence[str],
) -> str:
    """The section of one size."""
    few = np.linspace(0, len(asked) - 1, NUMPY_QUERIES).astype(int)
    runs = {"numba, all readings": _asked(segments, vocabulary, asked, truth, VARIANTS, NUMBA)}
    ways = {
        "numba, plain reading only": (("plain",), NUMBA, range(len(asked))),
        "numpy, all readings": (VARIANTS, NUMPY, few),
        "numpy, plain reading only": (("plain",), NUMPY, few),
    }
    for name, (variants, scan, chosen) in ways.items():
        runs[name] = _asked(
            segments,
            vocabulary,
            [asked[i] for i in chosen],
            [truth[i] for i in chosen],
            variants,
            scan,
        )
    times = [[name, len(run.ranks), *_times(run)] for name, run in runs.items()]
    memory = _memory()
    images = sum(len(segment) for segment in segments)
    size = sum(sum(f.stat().st_size for f in s.path.iterdir()) for s in segments)
    postings = sum(len(segment.postings) for segment in segments)
    return "\n\n".join(
        [
            f"## {images:,} stored",
            f"{postings:,} postings, {size / 1e9:.2f} GB, {size / images / 1000:.2f} KB per image.",
            memory,
            table(("class", "n", *(f"R@{d}" for d in DEPTHS)), _recalls(runs, kinds)),
            table(HEAD, times),
        ]
    )


def _memory() -> str:
    """What is resident after all queries."""
    found = resident_bytes()
    total = sum(found.values())
    named = [f"{name} {found[name] / 1e9:.2f}" for name in ("codes.npy", "seen.npy", "wholes.npy")]
    return (
        f"Resident after all queries: {total / 1e9:.2f} GB ({total / 2**30:.2f} GiB), of it "
        f"{', '.join(named)}, of the process itself {found[OWN] / 1e9:.2f}."
    )


def _times(run: Run) -> list[str]:
    total, words, scan = (np.array(v) * 1000 for v in (run.total_s, run.words_s, run.scan_s))
    rest = total - words - scan
    clock = np.median(run.clock_s) * 1000
    shown = (
        np.median(total),
        np.percentile(total, 95),
        *map(np.median, (words, scan, rest)),
        clock,
    )
    return [f"{value:.1f}" for value in shown]


def _recalls(runs: dict[str, Run], kinds: Sequence[str]) -> list[list[object]]:
    every = range(len(kinds))
    rows = [(kind, [i for i in every if kinds[i] == kind]) for kind in dict.fromkeys(kinds)]
    rows.sort(key=lambda row: row[0] == WITHOUT_TEXTURE)
    textured = [i for i in every if kinds[i] != WITHOUT_TEXTURE]
    upright = [i for i in textured if kinds[i] not in TURNED]
    rows += [("**all**", list(every)), ("**all with texture**", textured)]
    rows += [("with texture, but mirror and negative", upright)]
    first, plain = runs["numba, all readings"], runs["numba, plain reading only"]
    lines: list[list[object]] = [
        [name, len(chosen), *(f"{first.recall(depth, chosen):.3f}" for depth in DEPTHS)]
        for name, chosen in rows
    ]
    only = (f"{plain.recall(depth, upright):.3f}" for depth in DEPTHS)
    return [*lines, ["the same, plain reading only", len(upright), *only]]


def _introduction(stored: int, models: int, kinds: Sequence[str]) -> str:
    return (
        f"{stored} real pictures are stored, {len(kinds)} queries show one of them. The other "
        f"pictures are made up from the words and codes of {models} real ones that no query shows "
        "(`benchmarks/synthetic.py`). Times are processor time of one thread, of the shortlist "
        "alone: without decoding, describing and verifying. `words`, `scan`, `scoring`: medians of "
        "its stages; `by the clock`: median, on a machine with other "
        f"work. Without texture: the original or the query has under {ENOUGH_KEYPOINTS} "
        "keypoints; finding those is the task of another signature."
    )


if __name__ == "__main__":
    main()
