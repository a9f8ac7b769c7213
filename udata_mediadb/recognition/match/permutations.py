"""What mirroring a picture and inverting it do to a SIFT descriptor: its 128 numbers change places.

Both are their own inverses, and together with their product they take each number through an orbit
of four places; the sum over an orbit changes under none of them.
"""

import numpy as np
from numpy.typing import NDArray


def _permutation(row: int, column: int, orientation: int) -> NDArray[np.intp]:
    """Descriptor index after reversing rows, columns, orientations (-1 reverses, 1 keeps)."""
    bins = np.arange(128).reshape(4, 4, 8)[::row, ::column]
    turned = bins[:, :, (orientation * np.arange(8)) % 8]
    return turned.reshape(128)


MIRRORED = _permutation(-1, 1, -1)
NEGATIVE = _permutation(-1, -1, 1)
# in the order of features.VARIANTS
READINGS = (np.arange(128), MIRRORED, NEGATIVE, MIRRORED[NEGATIVE])

_ORBITS = np.stack(READINGS)[:, np.unique(np.stack(READINGS).min(axis=0))]
FOLDED_DIMENSIONS = _ORBITS.shape[1]  # 32


def folded(root: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 128) RootSIFT -> (n, 32) of unit length, the same in all four readings of a picture.

    The sums over the orbits, less their mean; zeros where nothing remains.
    """
    sums = root[:, _ORBITS[0]]
    for places in _ORBITS[1:]:
        sums += root[:, places]
    sums -= sums.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.maximum(lengths, 1e-6), np.float32)
