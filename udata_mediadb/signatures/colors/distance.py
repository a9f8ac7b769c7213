"""How far the colours of a query and of a reference are from each other."""

import cv2
import numpy as np

from .description import ColorsDescription

# The EMD that counts as distance 1. measured: docs/signatures.md, "Distance"
FARTHEST = 0.30
# A colour covers what it is asked for fully within the first, not at all beyond the second.
# measured: docs/signatures.md, "Wildcard"
COVERS_WITHIN = 0.08
COVERS_NOTHING_BEYOND = 0.24


def distance(query: ColorsDescription, reference: ColorsDescription) -> float:
    """0 (same colours in the same shares) to 1; with a wildcard 1 - `coverage`."""
    if query.missing > 0:
        return 1.0 - coverage(query, reference)
    return min(1.0, emd(query, reference) / FARTHEST)


def emd(query: ColorsDescription, reference: ColorsDescription) -> float:
    """Earth mover's distance of the palettes, in units of OKLab with a, b doubled.

    Rubner, Tomasi & Guibas, *The earth mover's distance as a metric for image retrieval* (2000).
    """
    return max(0.0, float(cv2.EMD(query.signature, reference.signature, cv2.DIST_L2)[0]))


def coverage(query: ColorsDescription, reference: ColorsDescription) -> float:
    """How much of what the query asks for the reference has, 0 to 1.

    A transport of the query's colours onto those of the reference; no part of the reference serves
    two colours, and what is left of it does not count.
    """
    difference = query.points[:, None] - reference.points[None]
    away = np.sqrt((difference * difference).sum(axis=2))
    cost = (away - COVERS_WITHIN) / (COVERS_NOTHING_BEYOND - COVERS_WITHIN)
    cost = np.ascontiguousarray(np.clip(cost, 0.0, 1.0), np.float32)
    asked = query.signature[:, :1].copy()
    there = reference.signature[:, :1].copy()
    work = float(cv2.EMD(asked, there, cv2.DIST_USER, cost)[0])  # by the larger of the two sums
    lost = work * max(float(asked.sum()), float(there.sum())) / float(asked.sum())
    return min(1.0, max(0.0, 1.0 - lost))
