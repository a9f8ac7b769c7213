"""A match description -> short vectors with which an index votes for references.

One vector serves four readings of a picture: summing the bins of a RootSIFT descriptor that
mirroring and inverting exchange leaves 32 numbers that neither changes. So one pass over the
stored vectors finds mirrored and negative copies too (docs/signatures.md, "Shortlist").
"""

import numpy as np
from numpy.typing import NDArray

from .description import MatchDescription
from .features import MIRRORED, NEGATIVE

VOTERS = 300  # strongest keypoints; measured: docs/signatures.md, "Shortlist"

_ORBITS = np.stack([np.arange(128), MIRRORED, NEGATIVE, MIRRORED[NEGATIVE]])
_FIRST_OF_ORBIT = np.unique(_ORBITS.min(axis=0))
DIMENSIONS = len(_FIRST_OF_ORBIT)  # 32


def voting_vectors(description: MatchDescription) -> NDArray[np.float32]:
    """(m, 32) float32 of unit length: the whole picture, then the strongest keypoints.

    m is 0 (a flat picture without keypoints) to 301.
    """
    root = description.root[:VOTERS]
    folded = root[:, _ORBITS[:, _FIRST_OF_ORBIT]].sum(axis=1)
    vectors = np.concatenate([_whole_picture(description.thumbnail), folded])
    vectors -= vectors.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    keep = lengths[:, 0] > 1e-6
    return np.asarray(vectors[keep] / lengths[keep], np.float32)


def _whole_picture(thumbnail: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(1, 32) grey means of 4 x 8 fields, for pictures without texture; (0, 32) if flat."""
    fields = thumbnail.reshape(4, 16, 8, 8).astype(np.float32).mean(axis=(1, 3))
    return np.asarray(fields.reshape(1, -1)[: int(fields.std() > 1)], np.float32)
