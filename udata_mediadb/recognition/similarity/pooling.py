"""A network's output -> one vector of unit length."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .encoder import BadEncoder, Vector

Pooling = Literal["gem", "mean", "cls", "none"]
POOLINGS: tuple[Pooling, ...] = get_args(Pooling)

# Radenovic, Tolias & Chum 2019, 3.2 (power 3 is where their training starts); the floor keeps the
# generalised mean above 0
_GEM_FLOOR = np.float32(1e-6)
_LARGEST = 1e10  # no feature comes near, and the sum of a million cubes is still a float32


def pooled(output: NDArray[np.float32], pooling: Pooling) -> Vector:
    """(channels,) float32 of the output for one picture. BadEncoder where the shape does not fit.

    gem: generalised mean of a map (1, channels, h, w); mean: average of a map or of tokens
    (1, tokens, channels); cls: the first token; none: the output itself, (1, channels).
    """
    values = np.asarray(output, np.float32)
    if not np.abs(values).max(initial=0.0) < _LARGEST:  # also NaN
        raise BadEncoder("it gives numbers that are not finite, or above 1e10")
    if values.ndim == 4 and pooling in ("gem", "mean"):
        cells = values[0].reshape(values.shape[1], -1)
        return _generalised_mean(cells) if pooling == "gem" else cells.mean(axis=1)
    if values.ndim == 3 and pooling in ("mean", "cls"):
        return np.asarray(values[0].mean(axis=0) if pooling == "mean" else values[0, 0], np.float32)
    if pooling == "none" and values.ndim >= 2 and values.size == values.shape[1]:
        return values.reshape(-1)
    raise BadEncoder(f"its output has shape {values.shape}, which pooling {pooling!r} cannot take")


def unit(vector: NDArray[np.floating]) -> Vector:
    """The vector at length 1; one without direction becomes that of equal parts."""
    finite = np.nan_to_num(np.asarray(vector, np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    length = float(np.linalg.norm(finite))
    if length < _NO_DIRECTION:
        return np.full(len(finite), len(finite) ** -0.5, np.float32)
    return np.asarray(finite / length, np.float32)


_NO_DIRECTION = 1e-12  # far below any feature, far above where dividing overflows


def _generalised_mean(cells: NDArray[np.float32]) -> Vector:
    """(channels,) of (channels, cells), with power 3."""
    floored = np.maximum(cells, _GEM_FLOOR)
    return np.asarray(np.cbrt((floored * floored * floored).mean(axis=1)), np.float32)
