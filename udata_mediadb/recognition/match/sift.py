"""RootSIFT: SIFT descriptors under which the Euclidean distance is Hellinger's."""

import numpy as np
from numpy.typing import NDArray


def root_sift(descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 128) uint8 SIFT -> float32 RootSIFT of unit length (Arandjelovic & Zisserman 2012).

    A zero descriptor stays zero.
    """
    totals = descriptors.sum(axis=1, keepdims=True, dtype=np.float32)
    roots = np.sqrt(descriptors, dtype=np.float32)
    roots *= 1 / np.sqrt(np.maximum(totals, 1.0))
    return roots
