"""Made-up vectors with the structure of real ones: mixtures, from a seed, as many as wanted."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

SIMILARITY, COLORS = 192, 32
_AT_ONCE = 50_000
_CLASSES, _PICTURES = 200, 5000  # as many pictures as the lab mixed: ../shared/signatures.md, B 4
_NOISE = 0.3  # of the length of a vector, spread as the vectors are
_COLOR_NOISE = 0.05  # between what JPEG and what a brighter picture moves: the same page, 3
_ANCHORS = 512  # colours of which palettes are made


def similarity(count: int, seed: int, real: Path | None = None) -> Vectors:
    """(count, d) unit vectors: mixtures of two embeddings and noise.

    The embeddings: `real`, an (n, d) .npy file, or 5,000 drawn from 200 Gaussian clusters whose
    spectrum falls as that of principal components does (i^-0.5).
    """
    pictures = _pictures() if real is None else np.load(real).astype(np.float32)
    return np.concatenate([_unit(some) for some in _mixed(pictures, _NOISE, count, seed)])


def colors(count: int, seed: int, real: Path | None = None) -> Vectors:
    """(count, 32): palettes of up to eight of 512 colours, or of `real` ones."""
    if real is not None:
        pictures = np.load(real).astype(np.float32)
        return np.concatenate(list(_mixed(pictures, _COLOR_NOISE, count, seed)))
    chance = np.random.default_rng([seed, COLORS])
    anchors = _spectrum(np.random.default_rng(COLORS), _ANCHORS, COLORS, power=1.0)
    made = []
    for start in range(0, count, _AT_ONCE):
        n = min(_AT_ONCE, count - start)
        weights = chance.exponential(size=(n, 8)).astype(np.float32)
        weights *= np.arange(8) < chance.integers(1, 9, (n, 1))
        weights /= weights.sum(axis=1, keepdims=True)
        chosen = anchors[chance.integers(0, _ANCHORS, (n, 8))]
        made.append(np.einsum("nk,nkd->nd", weights, chosen))
    return np.concatenate(made)


def _mixed(pictures: Vectors, noise: float, count: int, seed: int) -> Iterator[Vectors]:
    """Two of them mixed, and noise of this length, spread as they are."""
    spread = pictures.std(axis=0)
    spread *= noise / np.linalg.norm(spread)
    chance = np.random.default_rng([seed, SIMILARITY])
    for start in range(0, count, _AT_ONCE):
        n = min(_AT_ONCE, count - start)
        share = chance.random((n, 1), np.float32)
        one, other = pictures[chance.integers(0, len(pictures), (2, n))]
        blur = chance.standard_normal((n, pictures.shape[1]), np.float32) * spread
        yield share * one + (1 - share) * other + blur


def _pictures() -> Vectors:
    chance = np.random.default_rng(SIMILARITY)
    centres = _spectrum(chance, _CLASSES, SIMILARITY, power=0.5)
    within = _spectrum(chance, _PICTURES, SIMILARITY, power=0.5)
    return _unit(centres[chance.integers(0, _CLASSES, _PICTURES)] + within)


def _spectrum(chance: np.random.Generator, count: int, dimension: int, power: float) -> Vectors:
    scale = np.arange(1, dimension + 1, dtype=np.float32) ** -power
    return chance.standard_normal((count, dimension), np.float32) * scale


def _unit(vectors: Vectors) -> Vectors:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
