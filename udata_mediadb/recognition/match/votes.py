"""A match description -> short vectors with which an index votes for references.

One vector serves four variants of a picture: the components of a descriptor that neither mirroring
nor inverting changes (`basis`), with zeros for the rest of 32. So one pass over the
stored vectors finds mirrored and negative copies too (docs/explanation/match.md, "Shortlist").
"""

import numpy as np
from numpy.typing import NDArray

from .description import MatchDescription

_DIMENSIONS = 32
VOTERS = 300  # strongest keypoints; measured: docs/explanation/match.md, "Shortlist"


def voting_vectors(description: MatchDescription) -> NDArray[np.float32]:
    """(m, 32) float32 of unit length: the whole picture, then the strongest keypoints.

    m is 0 (a flat picture without keypoints) to 301.
    """
    whole = _whole_picture(description.thumbnail)
    whole -= whole.mean(axis=1, keepdims=True)
    whole /= np.linalg.norm(whole, axis=1, keepdims=True)
    folded = np.zeros((min(VOTERS, len(description)), _DIMENSIONS), np.float32)
    folded[:, : description.folded.shape[1]] = description.folded[:VOTERS]
    return np.concatenate([whole, folded[folded.any(axis=1)]])


def _whole_picture(thumbnail: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(1, 32) grey means of 4 x 8 fields, for pictures without texture; (0, 32) if flat."""
    fields = thumbnail.reshape(4, 16, 8, 8).astype(np.float32).mean(axis=(1, 3))
    return np.asarray(fields.reshape(1, -1)[: int(fields.std() > 1)], np.float32)
