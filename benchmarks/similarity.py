"""Does the similarity signature rank what looks alike first, and what does it cost?

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.similarity --collection ../shared/data

`caltech/`: 40 classes of 15 photographs; each asks for the other 14, then comes altered and asks
for itself. Hashes and a handcrafted descriptor see the same pictures in the same run.
"""

import argparse
import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from udata_mediadb.imaging import Picture
from udata_mediadb.recognition.similarity import SimilaritySignature, shipped_encoder
from udata_mediadb.recognition.similarity.networks import HAS_ONNXRUNTIME, Runtime
from udata_mediadb.recognition.similarity.signature import MAX_DISTANCE, similarity_confidence

from . import report
from .attacks import Pixels
from .retrieval import (
    ALTERATIONS,
    Rows,
    finds_itself,
    handcrafted_rows,
    hash_rows,
    quality,
)

ROOT = Path(__file__).parent.parent
SEED = 20261121
TIMED = 200  # pictures
Describe = Callable[[list[Pixels]], Rows]


def main() -> None:
    """Run, print and write docs/benchmarks/similarity.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, default=ROOT.parent / "shared" / "data")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    paths = sorted((options.collection / "caltech").glob("*/*.jpg"))
    pictures = [np.asarray(Image.open(path).convert("RGB")) for path in paths]
    classes = np.array([path.parent.name for path in paths])
    runtimes: list[Runtime] = ["opencv"]
    if HAS_ONNXRUNTIME:
        runtimes.append("onnxruntime")
    signatures = {name: SimilaritySignature(shipped_encoder(name)) for name in runtimes}
    fastest = signatures[runtimes[-1]]
    rows = described(fastest, pictures)
    times = timing(signatures, pictures)
    report.write(
        "similarity",
        "Similarity: what looks alike, and what it costs",
        "\n\n".join(
            (
                f"`caltech/`: {len(paths)} photographs of {len(set(classes))} classes. Nothing was "
                "trained on them; the number of dimensions, the cut and the calibration were "
                f"chosen on them. Encoder `{fastest.version}`.",
                "## Ranking and altered pictures",
                comparison(fastest, pictures, classes),
                "## Time",
                times,
                "## Calibration",
                calibration(rows, classes),
                "## Stored form and runtimes",
                losses(signatures, pictures, classes),
            )
        ),
    )


def described(signature: SimilaritySignature, pictures: list[Pixels]) -> Rows:
    """Vectors as an index has them."""
    return np.array([signature.describe(picture(pixels)).vector for pixels in pictures])


def comparison(
    signature: SimilaritySignature, pictures: list[Pixels], classes: NDArray[np.str_]
) -> str:
    """All descriptors side by side."""
    descriptors: dict[str, Describe] = {
        "**similarity**": lambda some: described(signature, some),
        "handcrafted (HOG, colour layout)": handcrafted_rows,
        **{kind: hash_rows(kind) for kind in ("PDQ", "pHash", "dHash")},
    }
    rows = {name: describe(pictures) for name, describe in descriptors.items()}
    head = ["", *descriptors]
    lines: list[list[object]] = []
    measured = {name: quality(values, classes) for name, values in rows.items()}
    for position, measure in enumerate(("mAP", "P@10", "NDCG@10")):
        lines.append([measure, *(f"{measured[name][position]:.3f}" for name in descriptors)])
    for name, alter in ALTERATIONS.items():
        random = np.random.default_rng(SEED)
        altered = [alter(pixels, random) for pixels in pictures]
        shares = [finds_itself(descriptors[kind](altered), rows[kind]) for kind in descriptors]
        lines.append([f"R@1, {name}", *(f"{share:.3f}" for share in shares)])
    return report.table(head, lines) + (
        "\n\nmAP, P@10, NDCG@10: leave-one-out, right is what has the same class. R@1: the altered "
        "picture finds its own original first, among all."
    )


def timing(signatures: dict[Runtime, SimilaritySignature], pictures: list[Pixels]) -> str:
    """Milliseconds per picture, one thread."""
    lines = []
    decoded = [picture(pixels) for pixels in pictures[:: max(1, len(pictures) // TIMED)]]
    for name, signature in signatures.items():
        started = time.perf_counter()
        signature.encoder.check()
        first_ms = (time.perf_counter() - started) * 1000
        clock, busy = np.array([took_ms(signature, one) for one in decoded]).T
        cells = [np.median(clock), clock.min(), np.median(busy), busy.min(), first_ms]
        lines.append([name, *(f"{cell:.1f}" for cell in cells)])
    head = ["runtime", "describe, median ms", "least", "CPU time, median ms", "least", "loading"]
    return report.table(head, lines) + (
        f"\n\n{len(decoded)} decoded pictures, one thread, {os.getloadavg()[0]:.0f} processes on "
        f"{os.cpu_count()} cores meanwhile. One core gave {gigaflops():.0f} GFLOPS of NumPy's "
        "matrix product for its CPU time; an embedding takes 0.8 GFLOP. Loading happens once in a "
        "process (here the files were in the cache of the system)."
    )


def took_ms(signature: SimilaritySignature, decoded: Picture) -> tuple[float, float]:
    """By the clock, and of the thread's own CPU time."""
    clock, busy = time.perf_counter(), time.thread_time()
    signature.describe(decoded)
    return (time.perf_counter() - clock) * 1000, (time.thread_time() - busy) * 1000


def gigaflops() -> float:
    """What one core gives while the thread has it; with OPENBLAS_NUM_THREADS=1."""
    side = 1024
    square = np.ones((side, side), np.float32)
    taken = []
    for _ in range(10):
        started = time.thread_time()
        np.matmul(square, square)
        taken.append(time.thread_time() - started)
    return 2 * side**3 / float(np.median(taken)) / 1e9


def calibration(rows: Rows, classes: NDArray[np.str_]) -> str:
    """Pairs by distance, and how many of them have one class."""
    first, second = np.triu_indices(len(rows), 1)
    distances = np.clip(1 - np.einsum("ij,ij->i", rows[first], rows[second]), 0, 1)
    same = classes[first] == classes[second]
    edges = [0.0, 0.15, *np.arange(0.2, 1.001, 0.05).round(2)]
    lines = []
    for low, high in itertools.pairwise(edges):
        inside = (distances >= low) & (distances < high)
        within = distances < high
        share = f"{same[inside].mean():.3f}" if inside.any() else ""
        lines.append(
            [
                f"{low:.2f} to {high:.2f}",
                int(same[inside].sum()),
                int((~same[inside]).sum()),
                share,
                f"{similarity_confidence((low + high) / 2):.2f}",
                f"{same[within].sum() / same.sum():.3f}",
                f"{(~same[within]).sum() / (~same).sum():.4f}",
            ]
        )
    head = ["distance", "same class", "another", "share", "confidence"]
    head += ["same class kept so far", "others let in"]
    return report.table(head, lines) + (
        f"\n\nAll {len(same)} pairs, {same.mean():.3f} of them of one class. The cut is at "
        f"{MAX_DISTANCE}."
    )


def losses(
    signatures: dict[Runtime, SimilaritySignature],
    pictures: list[Pixels],
    classes: NDArray[np.str_],
) -> str:
    """What float16 and the choice of the runtime change."""
    raw = {
        name: np.array([signature.encoder.encode(picture(pixels)) for pixels in pictures])
        for name, signature in signatures.items()
    }
    exact = raw["opencv"]
    halved = described(signatures["opencv"], pictures)
    cosines = float(np.abs(exact @ exact.T - halved @ halved.T).max())
    text = (
        f"float16 instead of float32: mAP {quality(exact, classes)[0]:.5f} and "
        f"{quality(halved, classes)[0]:.5f}, the largest change of any distance {cosines:.5f}."
    )
    if len(raw) > 1:
        apart = float(np.abs(exact - raw["onnxruntime"]).max())
        text += f" OpenCV and onnxruntime: the largest difference of any number {apart:.1e}."
    return text


def picture(pixels: Pixels) -> Picture:
    return Picture(pixels, pixels.shape[1], pixels.shape[0], "PNG")


if __name__ == "__main__":
    main()
