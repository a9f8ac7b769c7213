"""Does the colors signature follow exact distances, and find flags by their colours?

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.colors --collection ../shared/data

Writes docs/benchmarks/colors.md. `pip install colorthief colorgram.py` for the peers, which see the
same pictures in the same run. The figures of "Random pairs" are those of `calibration.py`.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from udata_mediadb.imaging import Picture
from udata_mediadb.signatures.colors import (
    ColorsDescription,
    ColorsSignature,
    combined_colors,
    count_colors,
    describe_pixels,
    read_palette,
)
from udata_mediadb.signatures.colors.distance import distance, emd
from udata_mediadb.signatures.colors.oklab import from_rgb

from . import color_pictures as pictures
from . import color_truth as truth
from .color_extractors import EXTRACTORS, signature
from .report import table, write

Pixels = NDArray[np.uint8]

SIGNATURE = ColorsSignature()
SHORTLIST = 200  # candidates that a search verifies
SEED = 7


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="a fifth of the pictures; not written")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    step = 5 if options.quick else 1
    photos = [read(p) for p in photographs(options.collection)[::step]]
    flags = [read(p) for p in sorted((options.collection / "flags").glob("*.png"))]
    parts: tuple[Callable[[], str], ...] = (
        lambda: agreement(photos),
        lambda: extraction(60 // step),
        lambda: flags_by_palette(flags),
        lambda: alterations(photos, 100 // step),
        lambda: wildcards(photos),
        lambda: backgrounds(photos),
        lambda: pairs(photos, flags),
        lambda: costs(photos),
    )
    made = []
    for part in parts:
        made.append(part())
        print(made[-1].splitlines()[0], flush=True)
    text = "\n\n".join(made)
    if options.quick:
        print(text)
    else:
        write("colors", "Colors: palettes, their vectors, palette queries", text)


def photographs(collection: Path) -> list[Path]:
    """All of photos/, every second of caltech/."""
    other = sorted((collection / "caltech").rglob("*.jpg"))[::2]
    return [*sorted((collection / "photos").rglob("*.jpg")), *other]


def agreement(photos: list[Pixels]) -> str:
    """Orders by vector and by palette against exact distances of whole pictures."""
    exact = [truth.exact_signature(pixels) for pixels in photos]
    described = [describe_pixels(pixels, ignore_background=False) for pixels in photos]
    vectors = np.array([d.vector for d in described])
    palettes = [d.signature for d in described]
    cut = [signature(EXTRACTORS["Pillow median cut 8"](pixels)) for pixels in photos]
    means = np.array([s[:, 0] @ s[:, 1:] for s in exact])
    rows: dict[str, truth.Ranking] = defaultdict(truth.Ranking.empty)
    for query in np.random.default_rng(SEED).permutation(len(photos))[:60]:
        others = np.arange(len(photos)) != query
        wanted = truth.emds(exact[query], exact)[others]
        by_vector = truth.l2(vectors[query], vectors)[others]
        by_palette = truth.emds(palettes[query], palettes)[others]
        reranked = truth.with_l2_of(by_palette, by_vector, SHORTLIST)
        rows["vector, 32 numbers"].add(by_vector, wanted)
        rows[f"first {SHORTLIST} by vector, then EMD of palettes (a search)"].add(reranked, wanted)
        rows["EMD of palettes, all"].add(by_palette, wanted)
        rows["EMD of Pillow's median cut 8"].add(truth.emds(cut[query], cut)[others], wanted)
        rows["mean colour"].add(truth.l2(means[query], means)[others], wanted)
    head = ["order by", "Spearman", "top 10 in 10", "in 50", "NDCG@10", "NDCG@10 by rank"]
    return (
        f"## Agreement with the exact EMD\n\n60 of {len(photos)} pictures (photos/, half of "
        "caltech/) against the others; exact: EMD between 48 points of all pixels, background "
        "included. Gain of a picture in NDCG: exp(-EMD / 0.05), and 10, 9, … 1 by exact rank. "
        "Spearman of the search counts pictures behind the candidates in the vector's order.\n\n"
    ) + table(head, [[name, *ranking.cells()] for name, ranking in rows.items()])


def extraction(count: int) -> str:
    """Palettes of pictures whose colours are known."""
    drawn = [pictures.areas(seed) for seed in range(count)]
    rows = []
    for name, extract in EXTRACTORS.items():
        cells, ms = [], []
        for pixels, colours, shares in drawn:
            started = time.process_time()
            found = extract(pixels)
            ms.append((time.process_time() - started) * 1000)
            cells.append(_against(found, (colours, shares)))
        mean = np.mean(cells, axis=0)
        worst = np.max(cells, axis=0)[0]
        rows.append(
            [
                name,
                f"{mean[0]:.4f}",
                f"{worst:.4f}",
                *(f"{value:.3f}" for value in mean[1:]),
                f"{np.median(ms):.1f}",
            ]
        )
    head = ["palette", "EMD to truth", "worst", "recall", "precision", "count off by"]
    return (
        f"## Palettes of {count} drawn pictures\n\nRagged areas of 2 to 6 colours, noise, JPEG 75 "
        "(`color_pictures.areas`). Recall: true colours with a swatch within 0.06; precision: "
        "swatches of 3 % and more within 0.06 of a true colour. CPU time, median.\n\n"
    ) + table([*head, "weight error", "ms"], rows)


def _against(found: tuple[Pixels, NDArray], known: tuple[Pixels, NDArray]) -> list[float]:
    there, true = signature(found), signature(known)
    apart = np.linalg.norm(there[:, None, 1:] - true[None, :, 1:], axis=2)
    heavy = there[:, 0] >= 0.03
    given = np.bincount(apart.argmin(axis=1), there[:, 0], len(true))
    return [
        cv2.EMD(there, true, cv2.DIST_L2)[0],
        float(np.mean(apart.min(axis=0) < 0.06)),
        float(np.mean(apart[heavy].min(axis=1) < 0.06)),
        abs(len(there) - len(true)),
        float(np.abs(given - true[:, 0]).mean()),
    ]


def flags_by_palette(flags: list[Pixels]) -> str:
    """Each flag, stored as PNG and as JPEG 85, asked for by the palette of its pixel counts."""
    known = [truth.exact_colours(pixels) for pixels in flags]
    same = [truth.emds(one, known) < 0.01 for one in known]
    rows = []
    for form in ("PNG", "JPEG 85"):
        pixels = flags if form == "PNG" else [pictures.jpeg(p, 85) for p in flags]
        stored = [SIGNATURE.describe(picture(p)) for p in pixels]
        for kind, whole in (("shares as counted", False), ("filled up to 1", True)):
            queries = [read_palette(truth.counted(p, fill=whole)) for p in flags]
            for name, way in _ways_to_flags(stored).items():
                cells = _places([way(query) for query in queries], same)
                rows.append([form, kind, name, *(f"{cell:.3f}" for cell in cells)])
    found = sum(d.background is not None for d in stored)
    return (
        f"## Flags by palette\n\n{len(flags)} flags, each asked for by its commonest "
        f"colours by pixel count (0.5 % and more, at most 10). {found} have a background. "
        "*First or alike*: the first has the same colours (EMD of all pixels < 0.01).\n\n"
    ) + table(["stored as", "query", "order by", "own first", "in five", "first or alike"], rows)


def _ways_to_flags(
    stored: list[ColorsDescription],
) -> dict[str, Callable[[ColorsDescription], NDArray]]:
    vectors = [SIGNATURE.vectors(d) for d in stored]
    plain = np.array([v[0] for v in vectors])
    return {
        "vector, background ignored": lambda q: truth.l2(SIGNATURE.vector(q), plain),
        "the nearer vector": lambda q: _nearer(q, vectors),
        "the nearer vector, first 50, then `verify` (a search)": lambda q: truth.with_l2_of(
            np.array([distance(q, d) for d in stored]), _nearer(q, vectors), 50
        ),
    }


def _nearer(query: ColorsDescription, vectors: list[NDArray]) -> NDArray[np.float64]:
    return np.array([truth.l2(SIGNATURE.vector(query), v).min() for v in vectors])


def _places(measured: list[NDArray], same: list[NDArray]) -> list[float]:
    """Own picture first, own in five, and first has the same colours, as shares."""
    places = np.array([(row < row[own]).sum() for own, row in enumerate(measured)])
    alike = [same[own][int(row.argmin())] for own, row in enumerate(measured)]
    return [float(np.mean(places < 1)), float(np.mean(places < 5)), float(np.mean(alike))]


def alterations(photos: list[Pixels], count: int) -> str:
    """Altered pictures look for their originals."""
    stored = [SIGNATURE.describe(picture(pixels)) for pixels in photos]
    vectors = np.array([d.vector for d in stored])
    changes: dict[str, Callable[[Pixels], Pixels]] = {
        "JPEG 75": lambda p: pictures.jpeg(p, 75),
        "JPEG 30": lambda p: pictures.jpeg(p, 30),
        "JPEG 10": lambda p: pictures.jpeg(p, 10),
        "half the size": lambda p: pictures.resized(p, 0.5),
        "twice the size": lambda p: pictures.resized(p, 2),
        "64 px": lambda p: pictures.resized(p, 64 / max(p.shape)),
        "mirrored": lambda p: np.ascontiguousarray(p[:, ::-1]),
        "turned by 90 degrees": lambda p: np.ascontiguousarray(np.rot90(p)),
        "crop to 90 %": lambda p: pictures.cropped(p, 0.9),
        "crop to 70 %": lambda p: pictures.cropped(p, 0.7),
        "white border 10 %": lambda p: pictures.bordered(p, 255),
        "black border 10 %": lambda p: pictures.bordered(p, 0),
    }
    chosen = np.random.default_rng(SEED).permutation(len(photos))[:count]
    rows = []
    for name, change in changes.items():
        for ignored in (True, False) if "border" in name else (True,):
            moved, distances, first = [], [], []
            for own in chosen:
                query = describe_pixels(change(photos[own]), ignore_background=ignored)
                by_vector = truth.l2(query.vector, vectors)
                near = np.argsort(by_vector)[:SHORTLIST]
                found = np.array([distance(query, stored[i]) for i in near])
                moved.append(by_vector[own])
                distances.append(distance(query, stored[own]))
                first.append(near[found.argmin()] == own)
            label = name if ignored else f"{name}, background kept"
            values = [*np.percentile(moved, (50, 95)), *np.percentile(distances, (50, 95))]
            rows.append([label, *(f"{v:.3f}" for v in values), f"{np.mean(first):.3f}"])
    head = ["change", "L2 median", "p95", "distance median", "p95", "R@1"]
    return (
        f"## Altered pictures\n\n{count} of {len(photos)}; L2 between the vectors of the altered "
        f"picture and its original, `distance`, and first of all after verifying {SHORTLIST}.\n\n"
    ) + table(head, rows)


def wildcards(photos: list[Pixels]) -> str:
    """Colours with a weight below 1, truth by pixel count."""
    stored = [SIGNATURE.describe(picture(pixels)) for pixels in photos]
    plain = np.array([d.vector for d in stored])
    both = [SIGNATURE.vectors(d) for d in stored]
    ways: dict[str, Callable[[ColorsDescription], NDArray]] = {
        "vector, as if there were nothing else": lambda q: truth.l2(
            q.vector / (1 - q.missing), plain
        ),
        "vector, the rest filled with the mean": lambda q: truth.l2(
            truth.missing_filled(q, plain), plain
        ),
        "coverage of all": lambda q: np.array([distance(q, d) for d in stored]),
        f"the nearer vector, first {SHORTLIST}, then coverage (a search)": lambda q: (
            truth.with_l2_of(
                np.array([distance(q, d) for d in stored]),
                np.array([truth.l2(SIGNATURE.vector(q), v).min() for v in both]),
                SHORTLIST,
            )
        ),
    }
    rows: dict[str, list[list[float]]] = {name: [[], []] for name in ways}
    asked = list(_wildcard_queries())
    cells = [truth.cells(pixels) for pixels in photos]
    for entries in asked:
        query = read_palette(entries)
        shares = np.array([truth.shares_of(one, query.points) for one in cells])
        gains = np.minimum(shares, query.weights).sum(axis=1) / query.weights.sum()
        for name, way in ways.items():
            order = np.argsort(way(query), kind="stable")
            rows[name][0].append(truth.ndcg(gains[order], 20))
            rows[name][1].append(float(np.mean(gains[order][:20])))
    head = ["order by", "NDCG@20", "mean gain of 20"]
    body = [[name, *(f"{np.mean(v):.3f}" for v in values)] for name, values in rows.items()]
    return (
        f"## Wildcard\n\n{len(asked)} queries of one and two colours that ask for 15 to 60 % of the"
        " picture. Gain: what share of it the picture has by pixel count (within 0.12).\n\n"
    ) + table(head, body)


def _wildcard_queries() -> Iterator[list[dict[str, object]]]:
    colours = ["#c02020", "#e08030", "#e8d040", "#409040", "#40a0b0", "#3060c0", "#1a2a50"]
    colours += ["#a060c0", "#e090b0", "white", "#808080", "black", "#705030", "#90c0f0"]
    for place, colour in enumerate(colours):
        for weight in (0.15, 0.3, 0.6):
            yield [{"color": colour, "weight": weight}]
        other = colours[(place + 5) % len(colours)]
        yield [{"color": colour, "weight": 0.3}, {"color": other, "weight": 0.2}]


def backgrounds(photos: list[Pixels]) -> str:
    """Products on near-white, and what the vector of the whole costs when it is derived."""
    rows = []
    kinds = {
        "background kept": {"ignore_background": False},
        "ignored": {},
        "ignored, interior too": {"ignore_interior": True},
    }
    for name, options in kinds.items():
        shares = []
        for seed in range(60):
            pixels, colour = pictures.product(seed)
            found = describe_pixels(pixels, **options)
            apart = np.linalg.norm(found.points - from_rgb(np.array(colour, np.uint8)), axis=1)
            shares.append(found.weights[apart < 0.12].sum())
        rows.append([name, f"{np.mean(shares):.3f}", f"{np.percentile(shares, 5):.3f}"])
    derived, share = [], []
    for pixels in photos:
        found = describe_pixels(pixels)
        if found.background is not None:
            whole = describe_pixels(pixels, ignore_background=False)
            derived.append(np.linalg.norm(found.with_background().vector - whole.vector))
            share.append(found.background_share)
    head = ["60 drawn products", "share of the object's colour", "5 %"]
    return (
        "## Background\n\n"
        + table(head, rows)
        + f"\n\nFound in {len(share)} of {len(photos)} pictures, median share "
        f"{np.median(share):.2f}. Vector of the whole picture, derived from the stored one and the "
        f"background's colour, against the computed one: L2 median {np.median(derived):.3f}, "
        f"p95 {np.percentile(derived, 95):.3f}."
    )


def pairs(photos: list[Pixels], flags: list[Pixels]) -> str:
    """Distances that mean nothing, and some that do."""
    stored = [SIGNATURE.describe(picture(pixels)) for pixels in photos]
    random = np.random.default_rng(SEED)
    unrelated = [
        distance(stored[a], stored[b])
        for a, b in random.integers(0, len(stored), (20_000, 2))
        if a != b
    ]
    top = []
    for _ in range(4_000):
        a, b = random.integers(0, len(stored), 2)
        top.append(distance(_leading(stored[a]), stored[b]))
    own = [distance(_leading(d), d) for d in stored]
    drawn = [
        distance(
            read_palette(truth.counted(p, fill=True)),
            SIGNATURE.describe(picture(pictures.jpeg(p, 85))),
        )
        for p in flags
    ]
    cuts = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.999)
    groups = {
        "unrelated pictures": unrelated,
        "three leading colours of a picture, another picture": top,
        "three leading colours of a picture, itself": own,
        "palette of a flag, itself": drawn,
    }
    rows = [
        [name, *(f"{np.mean(np.array(values) <= cut):.4f}" for cut in cuts)]
        for name, values in groups.items()
    ]
    return ("## Random pairs\n\nShare of pairs whose `distance` is at most this.\n\n") + table(
        ["pairs", *(str(cut) for cut in cuts)], rows
    )


def _leading(description: ColorsDescription) -> ColorsDescription:
    rgb = description.swatches[:3].tolist()
    weights = description.weights[:3].tolist()
    entries = [
        {"color": "#{:02x}{:02x}{:02x}".format(*colour), "weight": weight * 2}
        for colour, weight in zip(rgb, weights, strict=True)
    ]
    return read_palette(entries if sum(weights) > 0.5 else [e | {"weight": 1} for e in entries])


def costs(photos: list[Pixels]) -> str:
    """CPU time of each step, one thread."""
    some = [picture(pixels) for pixels in photos[:200]]
    stored = [SIGNATURE.describe(p) for p in some]
    data = [SIGNATURE.dumps(d) for d in stored]
    wild = read_palette([{"color": "navy", "weight": 0.3}, {"color": "gold", "weight": 0.1}])
    many = (stored * (10_000 // len(stored) + 1))[:10_000]
    steps: dict[str, tuple[Callable[[], object], int, str]] = {
        "describe a picture": (lambda: [SIGNATURE.describe(p) for p in some], len(some), "ms"),
        "load a description": (lambda: [SIGNATURE.loads(d) for d in data], len(data), "us"),
        "verify, loaded before": (
            lambda: [SIGNATURE.verify(stored[0], d) for d in stored],
            len(stored),
            "us",
        ),
        "load and verify": (
            lambda: [SIGNATURE.verify(stored[0], SIGNATURE.loads(d)) for d in data],
            len(data),
            "us",
        ),
        "load and verify with a wildcard": (
            lambda: [SIGNATURE.verify(wild, SIGNATURE.loads(d)) for d in data],
            len(data),
            "us",
        ),
        "EMD alone": (
            lambda: [emd(stored[0].signature, d.signature) for d in stored],
            len(stored),
            "us",
        ),
        "read a palette query": (lambda: read_palette(["navy", "#fc0"]), 1, "us"),
        "combine 10,000 palettes": (lambda: combined_colors(many), 1, "ms"),
        "count 10 colours in 10,000": (lambda: count_colors(many, ["red"] * 10), 1, "ms"),
    }
    rows = []
    for name, (run, count, unit) in steps.items():
        times = []
        for _ in range(5):
            started = time.process_time()
            run()
            times.append((time.process_time() - started) / count)
        rows.append([name, f"{min(times) * (1e3 if unit == 'ms' else 1e6):.1f} {unit}"])
    sizes = [len(d) for d in data]
    return (
        "## Cost\n\nCPU time of one thread, the best of five rounds over 200 pictures of at most "
        f"800 px. A stored description takes {np.mean(sizes):.0f} bytes (at most {max(sizes)}).\n\n"
    ) + table(["step", "each"], rows)


def read(path: Path) -> Pixels:
    return np.asarray(Image.open(path).convert("RGB"))


def picture(pixels: Pixels) -> Picture:
    return Picture(pixels, pixels.shape[1], pixels.shape[0], "PNG")


if __name__ == "__main__":
    main()
