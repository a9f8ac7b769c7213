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
    """(m, 32) float32 of unit length, strongest keypoint first; m is 0 to 300."""
    root = description.root[:VOTERS]
    folded = root[:, _ORBITS[:, _FIRST_OF_ORBIT]].sum(axis=1)
    folded -= folded.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(folded, axis=1, keepdims=True)
    return np.asarray(folded / np.maximum(lengths, 1e-6), np.float32)
