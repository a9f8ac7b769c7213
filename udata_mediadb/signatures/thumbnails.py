"""Whole-picture evidence for pictures without enough keypoints: thumbnails that agree."""

import numpy as np

from .description import MatchDescription

# measured: docs/signatures.md, "Pictures without texture"
_CORRELATION = 0.98
_COLOUR_DIFFERENCE = 2.5  # mean of 255
_ASPECT = 0.02
_LEAST_CONTRAST = 3.0  # standard deviation of 255: two blank pages are not copies


def correlation(query: MatchDescription, reference: MatchDescription) -> float:
    """Normalised cross-correlation of the grey thumbnails, -1 to 1; 0 for a flat picture."""
    first = query.thumbnail.astype(np.float64) - query.thumbnail.mean()
    second = reference.thumbnail.astype(np.float64) - reference.thumbnail.mean()
    norm = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / norm) if norm > 1e-9 else 0.0


def agree(query: MatchDescription, reference: MatchDescription) -> bool:
    """Same proportions, same greys, same colours; never for flat pictures."""
    proportion = (query.original[0] * reference.original[1]) / (
        query.original[1] * reference.original[0]
    )
    if abs(np.log(proportion)) > _ASPECT:
        return False
    if min(query.thumbnail.std(), reference.thumbnail.std()) < _LEAST_CONTRAST:
        return False
    difference = np.abs(query.colours.astype(np.int16) - reference.colours).mean()
    return bool(difference < _COLOUR_DIFFERENCE and correlation(query, reference) > _CORRELATION)
