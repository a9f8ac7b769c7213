"""Weighted points -> a palette: modes of their density, refined by k-means, merged when alike."""

import numpy as np
from numpy.typing import NDArray

from .oklab import Points

Weights = NDArray[np.float32]

MAX_SWATCHES = 8
# measured: docs/explanation/colors.md, "Palette"
_MODE_WIDTH = 0.06  # sigma of the density, OKLab with a, b doubled
_TAKEN_WIDTH = 0.10  # sigma of what a found mode takes out
_LEAST_MODE = 0.005  # density that is still worth a mode
_MERGE_BELOW = 0.09
_LEAST_WEIGHT = 0.01
_SPARE_MODES = 4  # found above the number that is kept, for those that merge or fade
_ROUNDS, _LAST_ROUNDS = 6, 2
_MOST_FOR_MODES = 400  # heaviest points in which modes are looked for


def extract(
    points: Points, weights: Weights, most: int = MAX_SWATCHES
) -> tuple[Points, NDArray[np.float32]]:
    """(k, 3) swatches and (k,) weights with sum 1, heaviest first, 1 <= k <= `most`.

    `points`: (n, 3) in OKLab, n > 0; `weights`: (n,) > 0 with sum 1. Deterministic.
    """
    centres = _modes(points, weights, most + _SPARE_MODES)
    centres, mass = _refined(points, weights, centres, _ROUNDS)
    centres = _merged(centres, mass, most)
    centres, mass = _refined(points, weights, centres, _LAST_ROUNDS)
    order = np.argsort(-mass, kind="stable")
    kept = order[mass[order] >= _LEAST_WEIGHT]
    if not len(kept):
        kept = order[:1]
    return centres[kept].astype(np.float32), (mass[kept] / mass[kept].sum()).astype(np.float32)


def _modes(points: Points, weights: Weights, most: int) -> NDArray[np.float64]:
    """Densest points, one after the other, each taking its surroundings out."""
    heaviest = np.argsort(-weights, kind="stable")[:_MOST_FOR_MODES]
    candidates = points[heaviest].astype(np.float64)
    left = weights[heaviest].astype(np.float64)
    squared = _squared_distances(candidates, candidates)
    density_of = np.exp(squared / (-2 * _MODE_WIDTH**2))
    found: list[int] = []
    for _ in range(most):
        density = np.where(left > 0, density_of @ left, 0.0)
        mode = int(density.argmax())
        if found and density[mode] < _LEAST_MODE:
            break
        found.append(mode)
        left *= 1 - np.exp(squared[mode] / (-2 * _TAKEN_WIDTH**2))
        left[mode] = 0.0
    return candidates[found]


def _refined(
    points: Points, weights: Weights, centres: NDArray[np.float64], rounds: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weighted k-means (Lloyd) from these centres; centres without points are dropped."""
    coordinates = points.astype(np.float64)
    mass: NDArray[np.float64] = np.zeros(len(centres))
    for _ in range(rounds):
        labels = _squared_distances(coordinates, centres).argmin(axis=1)
        mass = np.bincount(labels, weights, len(centres)).astype(np.float64)
        sums = np.stack(
            [np.bincount(labels, weights * coordinates[:, i], len(centres)) for i in range(3)],
            axis=1,
        )
        alive = mass > 0
        mass = mass[alive]
        centres = sums[alive] / mass[:, None]
    return centres, mass


def _merged(
    centres: NDArray[np.float64], mass: NDArray[np.float64], most: int
) -> NDArray[np.float64]:
    """The two that are cheapest to join become one: those nearer than `_MERGE_BELOW`, and more
    (by Ward's cost) while there are more than `most`."""
    while len(centres) > 1:
        squared = _squared_distances(centres, centres) + np.diag(np.full(len(centres), np.inf))
        if len(centres) > most and squared.min() >= _MERGE_BELOW**2:
            squared *= mass[:, None] * mass / (mass[:, None] + mass)
        elif squared.min() >= _MERGE_BELOW**2:
            break
        first, second = np.unravel_index(int(squared.argmin()), squared.shape)
        both = mass[first] + mass[second]
        centres[first] = (mass[first] * centres[first] + mass[second] * centres[second]) / both
        mass[first] = both
        centres = np.delete(centres, second, axis=0)
        mass = np.delete(mass, second)
    return centres


def _squared_distances(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> NDArray[np.float64]:
    products = first @ second.T
    norms = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    return np.asarray(np.maximum(norms - 2 * products, 0.0), np.float64)
