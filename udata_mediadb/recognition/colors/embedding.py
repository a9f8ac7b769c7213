"""Weighted colours -> 32 numbers whose L2 distance follows the earth mover's distance.

A kernel mean embedding: phi(colour) from Nystrom's method on anchors of the sRGB gamut for the
kernel of the energy distance plus two Gaussians (Szekely & Rizzo 2013; Williams & Seeger 2001),
and a picture is the weighted mean of the phi of its colours. phi is read from a shipped table
(`tools/make_color_table.py`) between whose nodes it is interpolated: computed on each machine it
would depend on the signs that the machine's LAPACK gives its eigenvectors.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..model_file import load_model
from .oklab import Points

DIMENSIONS = 32
KIND = "color-embedding"
VERSION = "1"
SHIPPED = Path(__file__).parent / "model" / "color-embedding.npz"
# A regular grid over OKLab with a, b doubled that holds the sRGB gamut
ORIGIN = np.array([-0.01, -0.50, -0.66], np.float32)
STEP = 0.05  # measured: docs/explanation/colors.md, "Embedding"
NODES = (22, 23, 23)


def embed(points: Points, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """(32,) float32: the sum of `weights[i]` phi(`points[i]`).

    `points`: (n, 3) in OKLab with a, b doubled; `weights`: (n,), their sum is 1 for a picture and
    less for a palette with a wildcard. No points give zeros.
    """
    nodes, shares = interpolation(points)
    spread = np.bincount(nodes.ravel(), (shares * weights).ravel(), int(np.prod(NODES)))
    filled = np.flatnonzero(spread)
    return np.asarray(spread[filled].astype(np.float32) @ table()[filled], np.float32)


def interpolation(points: Points) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(8, n) nodes around each of (n, 3) points and their shares, trilinear, with sum 1."""
    position = (points - ORIGIN) / np.float32(STEP)
    base = np.clip(np.floor(position), 0, np.array(NODES) - 2).astype(np.int64)
    upper = np.clip(position - base, 0, 1).astype(np.float32)
    strides = np.array([NODES[1] * NODES[2], NODES[2], 1])
    start = base @ strides
    corners = np.indices((2, 2, 2)).reshape(3, 8).T
    nodes = np.stack([start + corner @ strides for corner in corners])
    shares = np.stack(
        [np.where(corner, upper, 1 - upper).prod(axis=1, dtype=np.float32) for corner in corners]
    )
    return nodes, shares


@cache
def table() -> NDArray[np.float32]:
    """(nodes, 32) float32, read once per process."""
    arrays, about = load_model(SHIPPED, KIND)
    if about.get("version") != VERSION:
        raise ValueError(f"{SHIPPED.name} has version {about.get('version')!r}, not {VERSION!r}")
    return np.ascontiguousarray(arrays["table"].astype(np.float32).reshape(-1, DIMENSIONS))
