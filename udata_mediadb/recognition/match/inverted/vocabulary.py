"""Descriptors -> visual words and binary codes, by a vocabulary trained once and shipped.

A descriptor becomes RootSIFT, 64 rotated principal components, its nearest words, and per word a
64-bit code: one bit per component, above or below the median of that word (Hamming embedding,
Jegou, Douze & Schmid 2008). Words are found on two levels, exactly within the nearest cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...model_file import Arrays, BadModelFile, load_model
from ..basis import Basis, shipped_basis

Vectors = NDArray[np.float32]
Words = NDArray[np.int32]
Codes = NDArray[np.uint64]

KIND = "match-vocabulary"
FORMAT = 1
DIMENSIONS = 64
SHIPPED = Path(__file__).parent / "model" / "match-vocabulary.npz"
CELLS_PROBED = 8  # measured: docs/explanation/match-index.md, "How it works"
_CHUNK = 8192  # descriptors at once: 6 MB for their distances to the cells
_FAR = np.float32(np.inf)


class Vocabulary:
    """The words of a model. Read-only; may be shared by threads.

    `version` names this model and no other: postings of another version are worthless.
    """

    def __init__(self, arrays: Arrays, about: dict[str, Any], basis: Basis | None = None) -> None:
        """Arrays as `tools/train_vocabulary.py` writes them; BadModelFile where they don't fit.

        `mean`: (128,) float32 of RootSIFT; `projection`: (128, 64) float32; `cells`: (c, 64)
        float32, centres of the first level; `starts`: (c + 1,) int32, the words of cell i are
        `starts[i]` to `starts[i + 1]`; `centres`, `medians`: (k, 64) int8, the words and the
        medians of their members, both in units of `step`.
        """
        _check(arrays, about)
        basis = basis or shipped_basis()
        self.about = about
        self.version = str(about["version"])
        self._projection = basis.components.T @ arrays["projection"]
        self._shift = (basis.mean - arrays["mean"]) @ arrays["projection"]
        self._cells = arrays["cells"]
        self._starts = arrays["starts"]
        step = np.float32(arrays["step"])
        self._medians = arrays["medians"] * step
        self._cell_norms = (self._cells**2).sum(axis=1)
        centres = arrays["centres"] * step
        norms = (centres**2).sum(axis=1, keepdims=True)
        # a product with (vector, 1) is larger the nearer the centre: |v|^2 - |v - c|^2, halved
        self._nearness = np.concatenate([centres, -norms / 2], axis=1)

    def __len__(self) -> int:
        """How many words there are."""
        return len(self._nearness)

    def project(self, vectors: Vectors) -> Vectors:
        """(n, 64) float32 `MatchDescription.vectors` -> (n, 64) float32 as the words have them."""
        return np.asarray(vectors @ self._projection + self._shift, np.float32)

    def nearest_words(self, projected: Vectors, count: int, probes: int = CELLS_PROBED) -> Words:
        """(n, count) words, nearest first, of (n, 64) projected descriptors.

        Exact among the words of the `probes` nearest cells.
        """
        parts = [
            self.nearest_words_of([(projected[start : start + _CHUNK], count, probes)])[0]
            for start in range(0, len(projected), _CHUNK)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, count), np.int32)

    def codes(self, projected: Vectors, words: Words) -> Codes:
        """(n,) uint64 codes of (n, 64) projected descriptors, each relative to its word (n,)."""
        bits = np.packbits(projected > self._medians[words], axis=1, bitorder="little")
        return bits.view("<u8").ravel().astype(np.uint64)

    def nearest_words_of(self, groups: Sequence[tuple[Vectors, int, int]]) -> list[Words]:
        """The same of several (vectors, count, probes), in one pass over the cells."""
        pairs = self._pairs(groups)
        order = np.lexsort((-pairs.counts, pairs.cells))
        ends = np.searchsorted(pairs.cells[order], np.arange(len(self._cells) + 1))
        rows = np.concatenate([vectors for vectors, _, _ in groups])
        extended = np.ones((DIMENSIONS + 1, len(rows)), np.float32)
        extended[:-1] = rows.T
        asked = extended.take(pairs.rows[order], axis=1)  # (65, pairs), cell after cell
        counts = pairs.counts[order]
        most = max(count for _, count, _ in groups)
        words = np.zeros((len(order), most), np.int32)
        nearness = np.full((len(order), most), -_FAR, np.float32)
        for cell in np.flatnonzero(np.diff(ends)).tolist():
            here = slice(ends[cell], ends[cell + 1])
            self._within(cell, asked[:, here], counts[here], words[here], nearness[here])
        back = np.empty(len(order), np.intp)
        back[order] = np.arange(len(order))
        return self._best(groups, words[back], nearness[back])

    def _best(
        self, groups: Sequence[tuple[Vectors, int, int]], words: Words, nearness: Vectors
    ) -> list[Words]:
        """The nearest of what the cells of each vector gave."""
        found, first = [], 0
        for vectors, count, probes in groups:
            shape = len(vectors), min(probes, len(self._cells)) * count
            rows = slice(first, first + shape[0] * min(probes, len(self._cells)))
            near = nearness[rows, :count].reshape(shape)
            if count == 1:
                chosen = near.argmax(axis=1)[:, None]
            else:
                chosen = np.argsort(-near, axis=1, kind="stable")[:, :count]
            found.append(np.take_along_axis(words[rows, :count].reshape(shape), chosen, axis=1))
            first = rows.stop
        return found

    def _pairs(self, groups: Sequence[tuple[Vectors, int, int]]) -> "_Pairs":
        """Each vector with each of the cells that are nearest to it."""
        cells, rows, counts = [], [], []
        first = 0
        for vectors, count, probes in groups:
            looked_in = min(probes, len(self._cells))
            to_cells = self._cell_norms - 2 * (vectors @ self._cells.T)
            near = np.argpartition(to_cells, looked_in - 1, axis=1)[:, :looked_in]
            cells.append(near.ravel())
            rows.append(np.repeat(np.arange(first, first + len(vectors)), looked_in))
            counts.append(np.full(near.size, count))
            first += len(vectors)
        return _Pairs(*map(np.concatenate, (cells, rows, counts)))

    def _within(
        self, cell: int, asked: Vectors, counts: NDArray[np.int64], words: Words, nearness: Vectors
    ) -> None:
        """Fill in the nearest words of one cell; `counts`: how many of each are wanted, falling."""
        first, last = self._starts[cell], self._starts[cell + 1]
        # centres first: for the few rows of a cell twice as fast as the other way round
        close = np.ascontiguousarray((self._nearness[first:last] @ asked).T)
        for rank in range(min(int(counts[0]), last - first)):
            wanting = int(np.count_nonzero(counts > rank))
            close = close[:wanting]
            here = np.arange(wanting)
            nearest = close.argmax(axis=1)
            words[:wanting, rank] = first + nearest
            nearness[:wanting, rank] = close[here, nearest]
            close[here, nearest] = -_FAR


@dataclass(frozen=True, eq=False)
class _Pairs:
    """(p,) a cell, the row of a vector, and how many words that one wants."""

    cells: NDArray[np.intp]
    rows: NDArray[np.intp]
    counts: NDArray[np.int64]


@cache
def shipped_vocabulary() -> Vocabulary:
    """The vocabulary that comes with the package, read once per process."""
    arrays, about = load_model(SHIPPED, KIND)
    # words are found for vectors of the basis: postings of another one are worthless, too
    version = f"{about['version']}-{shipped_basis().version}"
    return Vocabulary(arrays, {**about, "version": version})


def _check(arrays: Arrays, about: dict[str, Any]) -> None:
    if about.get("format") != FORMAT or "version" not in about:
        raise BadModelFile(f"vocabulary of format {about.get('format')!r}, {FORMAT} is read")
    expected = {"mean", "projection", "cells", "starts", "centres", "medians", "step"}
    if set(arrays) != expected:
        raise BadModelFile(f"a vocabulary has {sorted(expected)}, not {sorted(arrays)}")
    words, cells = len(arrays["centres"]), len(arrays["cells"])
    shapes = {
        "mean": (128,),
        "projection": (128, DIMENSIONS),
        "cells": (cells, DIMENSIONS),
        "starts": (cells + 1,),
        "centres": (words, DIMENSIONS),
        "medians": (words, DIMENSIONS),
        "step": (),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise BadModelFile(f"{name} of a vocabulary: {arrays[name].shape}, not {shape}")
    starts = arrays["starts"]
    if cells == 0 or starts[0] != 0 or starts[-1] != words or (np.diff(starts) <= 0).any():
        raise BadModelFile("the cells of the vocabulary do not cover its words")
