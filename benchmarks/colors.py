"""Does the colors signature follow exact distances, and find flags by their colours?

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.colors --collection ../shared/data

Writes docs/benchmarks/colors.md. `pip install colorthief colorgram.py` for the peers, which see the
same pictures in the same run. The figures of "Random pairs" are those of `calibration.py`.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from udata_mediadb.recognition.colors import (
    ColorsDescription,
    ColorsSignature,
    describe_pixels,
    read_palette,
)
from udata_mediadb.recognition.colors.distance import distance
from udata_mediadb.recognition.colors.oklab import from_rgb

from . import color_costs
from . import color_pictures as pictures
from . import color_queries as queries
from . import color_truth as truth
from .color_candidates import candidates
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
    photos = [pictures.read(p) for p in photographs(options.collection)[::step]]
    flags = [pictures.read(p) for p in sorted((options.collection / "flags").glob("*.png"))]
    parts: tuple[Callable[[], str], ...] = (
        lambda: agreement(photos),
        lambda: extraction(60 // step),
        lambda: queries.flags_by_palette(flags),
        lambda: candidates(flags, photos, 20_000 // step),
        lambda: alterations(photos, 100 // step),
        lambda: queries.wildcards(photos),
        lambda: backgrounds(photos),
        lambda: pairs(photos, flags),
        lambda: color_costs.costs(photos),
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


def alterations(photos: list[Pixels], count: int) -> str:
    """Altered pictures look for their originals."""
    stored = [SIGNATURE.describe(pictures.picture(pixels)) for pixels in photos]
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
    stored = [SIGNATURE.describe(pictures.picture(pixels)) for pixels in photos]
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
            SIGNATURE.describe(pictures.picture(pictures.jpeg(p, 85))),
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


if __name__ == "__main__":
    main()
