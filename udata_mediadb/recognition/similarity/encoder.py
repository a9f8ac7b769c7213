"""The Encoder seam: pixels -> a vector whose direction says what the picture looks like."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...imaging import Picture

Vector = NDArray[np.float32]


class BadEncoder(ValueError):
    """The encoder is missing, damaged, or gives something else than it should."""


class Encoder(Protocol):
    """Safe in threads. Vectors of encoders with different ids have nothing to do with each other.

    `id`: changes whenever the vectors do; `dimension`: their length.
    """

    id: str
    dimension: int

    def encode(self, picture: Picture) -> Vector:
        """(dimension,) float32 of length 1, finite for every picture.

        Raises BadEncoder where the encoder turns out not to work.
        """

    def check(self) -> None:
        """Try it out, for an application that starts. Raises BadEncoder."""
