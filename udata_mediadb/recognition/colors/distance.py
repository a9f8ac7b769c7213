"""How far the colours of a query and of a reference are from each other."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from .description import ColorsDescription

# (n, 4) float32: weight, L, 2a, 2b
Palette = NDArray[np.float32]

# The EMD that counts as distance 1. measured: docs/explanation/colors.md, "Distance of colours"
FARTHEST = 0.30
# A colour covers what it is asked for fully within the first, not at all beyond the second.
# measured: docs/explanation/colors.md, "Wildcard"
COVERS_WITHIN = 0.04
COVERS_NOTHING_BEYOND = 0.20


def distance(query: ColorsDescription, reference: ColorsDescription) -> float:
    """0 (same colours in the same shares) to 1; with a wildcard 1 - `coverage`.

    Two pictures with a background are compared without it. Where one of the two has one, and the
    other is a palette, or a picture in which none stands out, both readings of it are tried and the
    nearer one counts.
    """
    if query.missing > 0:
        return 1.0 - _nearest(query, reference, max, coverage)
    return min(1.0, _nearest(query, reference, min, emd) / FARTHEST)


def emd(query: Palette, reference: Palette) -> float:
    """Earth mover's distance, in units of OKLab with a, b doubled; both have weights of sum 1.

    Rubner, Tomasi & Guibas, *The earth mover's distance as a metric for image retrieval* (2000).
    """
    return max(0.0, float(cv2.EMD(query, reference, cv2.DIST_L2)[0]))


def coverage(query: Palette, reference: Palette) -> float:
    """How much of what the query asks for the reference has, 0 to 1.

    A transport of the query's colours onto those of the reference; no part of the reference serves
    two colours, and what is left of it does not count.
    """
    difference = query[:, None, 1:] - reference[None, :, 1:]
    away = np.sqrt((difference * difference).sum(axis=2))
    cost = (away - COVERS_WITHIN) / (COVERS_NOTHING_BEYOND - COVERS_WITHIN)
    cost = np.ascontiguousarray(np.clip(cost, 0.0, 1.0), np.float32)
    asked, there = query[:, :1].copy(), reference[:, :1].copy()
    work = float(cv2.EMD(asked, there, cv2.DIST_USER, cost)[0])  # by the larger of the two sums
    total = float(asked.sum())
    return min(1.0, max(0.0, 1.0 - work * max(total, float(there.sum())) / total))


def _nearest(
    query: ColorsDescription,
    reference: ColorsDescription,
    best: Callable[[float, float], float],
    measure: Callable[[Palette, Palette], float],
) -> float:
    plain = measure(query.signature, reference.signature)
    if (query.background is None) == (reference.background is None):
        return plain
    return best(plain, measure(query.whole_signature, reference.whole_signature))
