"""The vector index at scale: recall against the exact scan, time, building, memory.

`python -m benchmarks.vector_scale --sizes 10000 100000 1000000`; with `--work` the segments are
kept and used again. A million of similarity take a quarter of an hour of processor time to build.
"""

import argparse
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udata_mediadb.recognition.vectors.graph import FILE, GraphParameters
from udata_mediadb.recognition.vectors.parts import NoGraph, part_of
from udata_mediadb.recognition.vectors.segment import VectorSegment
from udata_mediadb.recognition.vectors.segments import VectorSegments

from . import vector_mixtures as mixtures
from .report import table, write
from .vector_mixtures import Vectors

K = 10
CANDIDATES = 200  # that a search compares: udata_mediadb/recognition/registry.py
_OF_FOUR = 5  # vectors of colors: one picture of four has a background, so two
QUERIES = 500
SCANS = 40  # queries of the exact scan, which is slow where it matters
SHARES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001)
TARGETS = {"similarity": (0.97, 2.0), "colors": (0.99, 2.0)}
PARAMETERS = {
    "similarity": GraphParameters(links=24, breadth=200, ef=800, least=1),
    "colors": GraphParameters(links=16, breadth=100, ef=100, least=1),
}
DIMENSIONS = {"similarity": mixtures.SIMILARITY, "colors": mixtures.COLORS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--kinds", nargs="+", default=["similarity", "colors"])
    parser.add_argument("--embeddings", type=Path, help="(n, d) .npy of real ones to mix")
    parser.add_argument("--work", type=Path, default=Path("build/vector_scale"))
    parser.add_argument("--threads", type=int, default=1, help="that build a graph")
    options = parser.parse_args()
    rows, filters = [], []
    for kind in options.kinds:
        for size in options.sizes:
            row, filtered = _measured(kind, size, options)
            rows.append(row)
            filters += filtered
            print(row, filtered, flush=True)
    name = "vector_scale" + ("_real" if options.embeddings else "")
    write(name, "The vector index at scale", _page(rows, filters))


def _measured(kind: str, size: int, options: argparse.Namespace) -> tuple[list[Any], list[Any]]:
    parameters = replace(PARAMETERS[kind], threads=options.threads)
    real = options.embeddings
    dimension = np.load(real, mmap_mode="r").shape[1] if real else DIMENSIONS[kind]
    form = VectorSegments[Vectors](dimension, np.atleast_2d, parameters)
    origin = f"-{options.embeddings.stem}" if options.embeddings else ""
    path = options.work / f"{kind}{origin}-{size}-{form.version}"
    built = _written(form, path, kind, size, options.embeddings)
    segment = form.open(path)
    queries = _drawn(kind, QUERIES, 2, options.embeddings)
    truth = _truth(segment, queries)
    with get_context("spawn").Pool(1) as fresh:
        load_s, memory = fresh.apply(_loaded, (kind, dimension, path))
    asked, recalls = [], []
    for ef in (parameters.ef // 2, parameters.ef, parameters.ef * 2):
        graph = segment.source.graph()
        graph.graph.ef = ef  # a benchmark may look inside
        asked.append(_timed(form.index([segment]), queries))
        recalls.append(_recall(asked[-1][0], truth))
    graph.graph.ef = parameters.ef
    many = _timed(form.index([segment]), queries, CANDIDATES)
    scanned = _timed(form.index([replace(segment, source=NoGraph())]), queries[:SCANS])
    files = {file.name: file.stat().st_size for file in path.iterdir()}
    total = sum(files.values())
    size_of = f"{(total - files[FILE]) / size:.0f} + {files[FILE] / size:.0f}"
    row = [
        f"{kind}, {dimension}", f"{size:,}", built,
        *(f"{r:.3f} / {_ms(a[1])}" for r, a in zip(recalls, asked, strict=True)),
        _ms(many[1]), _ms(scanned[1]), size_of,
        f"{load_s:.1f}", f"{memory:.0f}",
    ]  # fmt: skip
    return row, _filtered(kind, form, segment, queries[:SCANS])


def _written(form: VectorSegments[Any], path: Path, kind: str, size: int, real: Path | None) -> str:
    note = path.with_name(f"{path.name}.seconds")  # a version has dots
    if not note.exists():
        shutil.rmtree(path, ignore_errors=True)
        owners = _owners(kind, size)
        part = part_of(np.unique(owners), owners, _drawn(kind, size, 1, real))
        start = time.process_time()
        form.write(path, [part])
        note.write_text(f"{time.process_time() - start:.0f}")
    return note.read_text()


def _owners(kind: str, size: int) -> NDArray[np.uint32]:
    """(size,) sorted: whose each vector is."""
    ids = np.arange(size, dtype=np.uint32)
    return ids if kind == "similarity" else ids * 4 // _OF_FOUR


def _drawn(kind: str, count: int, seed: int, real: Path | None) -> Vectors:
    if kind == "colors":
        return mixtures.colors(count, seed, real)
    return mixtures.similarity(count, seed, real)


def _truth(segment: VectorSegment, queries: Vectors) -> list[float]:
    """The distance of the tenth nearest reference of each query."""
    limits = []
    for query in queries:
        squares = segment.squares - 2 * (segment.vectors @ query)
        rows = np.argpartition(squares, 3 * K)[: 3 * K]  # two rows of a reference at most
        apart = np.linalg.norm(segment.vectors[rows].astype(np.float64) - query, axis=1)
        order = np.argsort(apart)
        firsts = np.unique(segment.owners[rows][order], return_index=True)[1]
        limits.append(float(apart[order][np.sort(firsts)[K - 1]]))
    return limits


def _timed(
    index: Any, queries: Vectors, k: int = K
) -> tuple[list[list[tuple[int, float]]], list[float]]:
    """What is found, and processor time of this thread for each query in ms."""
    found, times = [], []
    index.shortlist(queries[0], k)
    for query in queries:
        start = time.thread_time()
        found.append(index.shortlist(query, k))
        times.append((time.thread_time() - start) * 1000)
    return found, times


def _recall(found: list[list[tuple[int, float]]], truth: list[float]) -> float:
    """The share of the ten nearest that was found; one as near as the tenth is as good."""
    hits = [
        sum(-score <= limit + 1e-6 for _, score in f) for f, limit in zip(found, truth, strict=True)
    ]
    return float(np.mean(hits)) / K


def _filtered(kind: str, form: Any, segment: VectorSegment, queries: Vectors) -> list[list[Any]]:
    """Median time where a share of the references is allowed."""
    chance = np.random.default_rng(5)
    graph, part = segment.source.graph(), segment.part(np.zeros(0, np.uint32))
    index = form.index([segment])
    rows = []
    for share in SHARES:
        count = int(len(segment) * share)
        if count <= K:
            continue
        allowed = np.sort(chance.choice(segment.images, count, replace=False))
        kept = part.rows_of(allowed)
        times = [
            _median(graph.nearest_among, queries, K * part.most, kept, part.dead_rows),
            _median(lambda query, rows: segment.vectors[rows] @ query, queries, kept),
            _median(index.shortlist, queries, K, allowed),
        ]
        rows.append([kind, f"{len(part):,}", f"{share:.1%}", *(f"{t:.2f}" for t in times)])
    return rows


def _median(ask: Callable[..., object], queries: Vectors, *more: object) -> float:
    times = []
    for query in queries:
        start = time.thread_time()
        ask(query, *more)
        times.append((time.thread_time() - start) * 1000)
    return float(np.median(times))


def _ms(times: Sequence[float]) -> str:
    return f"{np.median(times):.2f} / {np.percentile(times, 95):.2f}"


def _loaded(kind: str, dimension: int, path: Path) -> tuple[float, float]:
    """Seconds by the clock and MB of this process that the graph of a segment takes."""
    form = VectorSegments[Vectors](dimension, np.atleast_2d, PARAMETERS[kind])
    segment = form.open(path)
    before, start = _private_mb(), time.perf_counter()
    segment.source.graph()
    return time.perf_counter() - start, _private_mb() - before


def _private_mb() -> float:
    """Memory of this process alone, without maps of files."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    kb = sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))
    return kb / 1024


def _page(rows: list[list[Any]], filters: list[list[Any]]) -> str:
    head = [
        "vectors", "stored", "build s", "half ef: recall / p50 / p95 ms",
        "ef: recall / p50 / p95 ms", "twice ef: recall / p50 / p95 ms",
        f"ef, {CANDIDATES} wanted: p50 / p95 ms", "scan p50 / p95 ms",
        "bytes per vector, + graph", "load s", "memory MB",
    ]  # fmt: skip
    told = ", ".join(
        f"{k}: M {p.links}, ef_construction {p.breadth}, ef {p.ef}" for k, p in PARAMETERS.items()
    )
    aims = ", ".join(f"{k} >= {r} and p95 <= {t} ms" for k, (r, t) in TARGETS.items())
    return (
        f"Seeded mixtures (`benchmarks/vector_mixtures.py`), {QUERIES} queries drawn from the same "
        "mixture that are not stored; recall@10 against the exact scan. One segment. Times are "
        "processor time of one thread, of the shortlist alone; building is processor time of all "
        "threads, loading is by the clock. Memory: what the graph adds to each process; the other "
        "files are mapped and shared. One reference of four has two of the colors: all searches "
        f"look at twice the rows, and recall is that of references. {told}. "
        f"To reach at a million: {aims}.\n\n"
        + table(head, rows)
        + "\n\n## A filter\n\nMedian ms where so many of the stored vectors are allowed, by "
        "the graph, by gathering and measuring those, and by the index, which chooses "
        "(and turns ids into rows).\n\n"
        + table(["vectors", "stored", "allowed", "graph", "gathered", "index"], filters)
    )


if __name__ == "__main__":
    main()
