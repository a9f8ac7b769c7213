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
        self._starts = arrays["starts"].tolist()
        step = np.float32(arrays["step"])
        self._medians = arrays["medians"] * step
        # |v - c|^2 - |v|^2 of a cell's centre is a product with (vector, 1)
        self._to_cells = np.concatenate(
            [-2 * self._cells.T, (self._cells**2).sum(axis=1)[None]]
        ).astype(np.float32)
        centres = arrays["centres"] * step
        norms = (centres**2).sum(axis=1, keepdims=True)
        # a product with (vector, 1) is larger the nearer the centre: |v|^2 - |v - c|^2, halved
        nearness = np.concatenate([centres, -norms / 2], axis=1)
        self._nearness = [part.T for part in np.split(nearness, self._starts[1:-1])]

    def __len__(self) -> int:
        """How many words there are."""
        return len(self._medians)

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
        found = self._searched(pairs, _extended(np.concatenate([group[0] for group in groups])))
        words, nearness = np.empty_like(found[0]), np.empty_like(found[1])
        words[:, pairs.order], nearness[:, pairs.order] = found
        parts, first = [], 0
        for vectors, count, probes in groups:
            cells = min(probes, len(self._cells))
            last = first + len(vectors) * cells
            shape = (count, len(vectors), cells)
            parts.append(
                _best(
                    words[:count, first:last].reshape(shape),
                    nearness[:count, first:last].reshape(shape),
                )
            )
            first = last
        return parts

    def _pairs(self, groups: Sequence[tuple[Vectors, int, int]]) -> "_Pairs":
        """Each vector with each of the cells that are nearest to it."""
        most = max(count for _, count, _ in groups)
        classes, rows = [], []
        first = 0
        for vectors, count, probes in groups:
            cells = self._nearest_cells(vectors, min(probes, len(self._cells)))
            # cell after cell, in each those first of which most words are wanted
            classes.append(cells.ravel() * most + (most - count))
            rows.append(np.repeat(np.arange(first, first + len(vectors)), cells.shape[1]))
            first += len(vectors)
        keys = np.concatenate(classes)
        if len(self._cells) * most < 1 << 16:  # sorted by counting, a twentieth of the time
            keys = keys.astype(np.uint16)
        order = np.argsort(keys, kind="stable")
        ends = np.searchsorted(keys[order], np.arange(1, len(self._cells) * most + 1))
        return _Pairs(order, np.concatenate(rows)[order], ends.reshape(-1, most))

    def _nearest_cells(self, vectors: Vectors, count: int) -> NDArray[np.intp]:
        """(n, count) the nearest cells of each vector, in any order."""
        to_cells = _extended(vectors) @ self._to_cells
        farthest = np.partition(to_cells, count - 1, axis=1)[:, count - 1 : count]
        near = np.flatnonzero(to_cells <= farthest)
        if len(near) != count * len(vectors):  # equally far ones
            return np.argpartition(to_cells, count - 1, axis=1)[:, :count]
        return near.reshape(-1, count) % len(self._cells)

    def _searched(self, pairs: "_Pairs", extended: Vectors) -> tuple[NDArray[np.intp], Vectors]:
        """(most, p) the nearest words of each pair's cell, and how near they are."""
        asked = extended.take(pairs.rows, axis=0)
        shape = (pairs.ends.shape[1], len(asked))
        words = np.zeros(shape, np.intp)
        nearness = np.full(shape, -_FAR, np.float32)
        first = 0
        for cell, ends in enumerate(pairs.ends.tolist()):
            if (last := ends[-1]) > first:
                self._within(cell, asked[first:last], first, ends, words, nearness)
                first = last
        return words, nearness

    def _within(
        self,
        cell: int,
        asked: Vectors,
        first: int,
        ends: list[int],
        words: NDArray[np.intp],
        nearness: Vectors,
    ) -> None:
        """Fill in the nearest words of one cell, of the pairs from `first` on.

        `ends`: of the pairs that want all words, one word less, ..., one.
        """
        begin = self._starts[cell]
        close = asked @ self._nearness[cell]
        flat, width = close.reshape(-1), close.shape[1]
        rows = np.arange(0, flat.size, width)
        for rank, last in enumerate(ends[::-1]):
            if last <= first or rank >= width:
                break
            rows = rows[: last - first]
            nearest = close[: last - first].argmax(axis=1)
            place = rows + nearest
            words[rank, first:last] = nearest + begin
            nearness[rank, first:last] = flat.take(place)
            if rank + 1 < len(ends):
                flat[place] = -_FAR


def _extended(vectors: Vectors) -> Vectors:
    """(n, d + 1) with a one, for products that add a norm."""
    return np.concatenate([vectors, np.ones((len(vectors), 1), np.float32)], axis=1)


def _best(words: NDArray[np.intp], nearness: Vectors) -> Words:
    """(n, count) the nearest of (count, n, cells) words that the cells of each vector gave."""
    count, rows, cells = words.shape
    near = nearness.transpose(1, 2, 0).reshape(rows, cells * count)
    known = words.transpose(1, 2, 0).reshape(near.shape)
    if count == 1:
        chosen = near.argmax(axis=1)[:, None]
    else:
        chosen = np.argsort(-near, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(known, chosen, axis=1).astype(np.int32)


@dataclass(frozen=True, eq=False)
class _Pairs:
    """(p,) a vector and a cell, cell after cell.

    `order`: their places before they were sorted; `rows`: of the vectors; `ends`: (cells, most) in
    each cell, where those end that want `most` words, one word less, ..., one.
    """

    order: NDArray[np.intp]
    rows: NDArray[np.intp]
    ends: NDArray[np.intp]


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
