"""Train the vocabulary of the match index and write it as one data file.

    python tools/train_vocabulary.py ../shared/data

Some ten minutes on two cores and 3 GB of memory. The pictures may be redistributed; the file holds
means and medians over thousands of their descriptors, no part of a picture.
"""

import argparse
import datetime
import hashlib
import time
from pathlib import Path

import numpy as np
from clustering import Labels, Vectors, kmeans, means, nearest, shares
from numpy.typing import NDArray
from training_pictures import pictures_in, training_descriptors

from udata_mediadb.recognition.match.basis import shipped_basis
from udata_mediadb.recognition.match.description import FEATURE_VERSION
from udata_mediadb.recognition.match.inverted.vocabulary import (
    DIMENSIONS,
    FORMAT,
    KIND,
    SHIPPED,
    Vocabulary,
)
from udata_mediadb.recognition.model_file import save_model

FOLDERS = ("photos", "stamps", "caltech")
WARPS = 3
EVERY = 2  # every second descriptor: 38 for each of 64 k words, in half the time
WORDS = 65536
CELLS = 256
LEAST_WORDS_PER_CELL = 4  # a query asks for three
CELL_ROUNDS, WORD_ROUNDS, REFINEMENTS = 12, 8, 1
CELL_SAMPLE = 200_000
PRIOR = 6.0  # members that a word's centre counts for beside its real ones, for its medians
SEED = 20261121
LICENCE = (
    "MIT, as the package. Statistics of descriptors of photographs and drawings under CC BY 4.0, "
    "CC BY-SA, CC0 and GPL-2 (BoofCV-Data by Peter Abeles, Debian's wallpaper packages, "
    "tuxpaint-stamps, Caltech-101); no part of any picture is contained."
)


def main() -> None:
    """Read the pictures, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path)
    parser.add_argument("--words", type=int, default=WORDS)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    started = time.monotonic()
    paths = pictures_in(options.collection, FOLDERS)
    found = training_descriptors(paths, WARPS, options.processes)
    descriptors = np.concatenate(list(found))[::EVERY]
    print(f"{len(paths)} pictures, {len(descriptors)} descriptors, {_since(started)}")
    arrays = train(descriptors, options.words)
    listing = "\n".join(path.relative_to(options.collection).as_posix() for path in paths)
    about = {
        "kind": KIND,
        "format": FORMAT,
        "version": _version(arrays),
        "made": datetime.date.today().isoformat(),
        "feature_version": FEATURE_VERSION,
        "words": len(arrays["centres"]),
        "pictures": {folder: len(pictures_in(options.collection, [folder])) for folder in FOLDERS},
        "pictures_sha256": hashlib.sha256(listing.encode()).hexdigest(),
        "descriptors": len(descriptors),
        "licence": LICENCE,
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save_model(options.out, arrays, about)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB, {_since(started)}")


def train(descriptors: NDArray[np.uint8], words: int) -> dict[str, NDArray[np.generic]]:
    """The arrays of a vocabulary, as `Vocabulary` takes them."""
    random = np.random.default_rng(SEED)
    basis = shipped_basis()
    kept = np.empty((len(descriptors), DIMENSIONS), np.float32)
    for start in range(0, len(descriptors), 50_000):
        part = slice(start, start + 50_000)
        kept[part] = basis.vectors(basis.levels(descriptors[part]))
    middle, turned = rotated_components(kept[:: max(1, len(kept) // 400_000)], random)
    vectors = (kept - middle) @ turned
    mean = basis.mean + basis.components @ middle
    projection = basis.components @ turned
    sample = vectors[:: max(1, len(vectors) // CELL_SAMPLE)]
    cells = kmeans(sample, CELLS, CELL_ROUNDS, random)
    centres, starts = words_of_cells(vectors, cells, words, random)
    for _ in range(REFINEMENTS):
        labels = _labels(vectors, mean, projection, cells, starts, centres)
        centres, _ = means(vectors, labels, centres)
    labels = _labels(vectors, mean, projection, cells, starts, centres)
    return _arrays(mean, projection, cells, starts, centres, medians(vectors, labels, centres))


def rotated_components(vectors: Vectors, random: np.random.Generator) -> tuple[Vectors, Vectors]:
    """(64,) mean and (64, 64) principal components of vectors of the basis, turned at random.

    Turned, all components vary alike, so that each bit of a code tells as much.
    """
    mean = vectors.mean(axis=0)
    _, components = np.linalg.eigh(np.cov((vectors - mean).T))
    rotation, _ = np.linalg.qr(random.normal(size=(DIMENSIONS, DIMENSIONS)))
    projection = components[:, ::-1] @ rotation
    return mean.astype(np.float32), projection.astype(np.float32)


def words_of_cells(
    vectors: Vectors, cells: Vectors, words: int, random: np.random.Generator
) -> tuple[Vectors, NDArray[np.int32]]:
    """(words, 64) centres, cell after cell, and (cells + 1,) where the words of each start."""
    labels = nearest(vectors, cells)
    order = np.argsort(labels, kind="stable")
    members = np.bincount(labels, minlength=len(cells))
    counts = shares(members, words, LEAST_WORDS_PER_CELL)
    ends = np.cumsum(members)
    found = [
        kmeans(vectors[np.sort(order[end - n : end])], int(count), WORD_ROUNDS, random)
        for end, n, count in zip(ends, members, counts, strict=True)
    ]
    return np.concatenate(found), np.r_[0, np.cumsum(counts)].astype(np.int32)


def medians(vectors: Vectors, labels: Labels, centres: Vectors) -> Vectors:
    """(words, 64) medians of the members, drawn to the centre where there are few."""
    order = np.argsort(labels, kind="stable")
    members = np.bincount(labels, minlength=len(centres))
    result = centres.copy()
    for word, end in enumerate(np.cumsum(members)):
        if n := members[word]:
            middle = np.median(vectors[order[end - n : end]], axis=0)
            result[word] = (n * middle + PRIOR * centres[word]) / (n + PRIOR)
    return result


def _labels(
    vectors: Vectors,
    mean: Vectors,
    projection: Vectors,
    cells: Vectors,
    starts: NDArray[np.int32],
    centres: Vectors,
) -> Labels:
    """(n,) the nearest word, found as a query finds it."""
    arrays = _arrays(mean, projection, cells, starts, centres, centres)
    vocabulary = Vocabulary(arrays, {"format": FORMAT, "version": "in training"})
    return vocabulary.nearest_words(vectors, 1).ravel()


def _arrays(
    mean: Vectors,
    projection: Vectors,
    cells: Vectors,
    starts: NDArray[np.int32],
    centres: Vectors,
    middles: Vectors,
) -> dict[str, NDArray[np.generic]]:
    step = np.float32(max(np.abs(centres).max(), np.abs(middles).max()) / 127)
    return {
        "mean": mean,
        "projection": projection,
        "cells": cells,
        "starts": starts,
        "centres": np.round(centres / step).astype(np.int8),
        "medians": np.round(middles / step).astype(np.int8),
        "step": np.array(step),
    }


def _version(arrays: dict[str, NDArray[np.generic]]) -> str:
    """Names these arrays and no others."""
    digest = hashlib.sha256(b"".join(arrays[name].tobytes() for name in sorted(arrays)))
    return f"{len(arrays['centres']) // 1024}k-{digest.hexdigest()[:12]}"


def _since(started: float) -> str:
    return f"{time.monotonic() - started:.0f} s"


if __name__ == "__main__":
    main()
