"""The colors signature: which pictures have these colours, in these shares?"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...imaging import Picture
from ..signature import Comparison
from ..whole_pictures import WholePictures
from .calibration import colors_confidence, decide
from .describing import describe_pixels
from .description import ColorsDescription, dumps, loads
from .distance import distance


class ColorsSignature(WholePictures[ColorsDescription]):
    """Palettes in OKLab under the earth mover's distance; explanation/colors.md has the figures."""

    name = "colors"
    version = "2"

    def describe(self, picture: Picture) -> ColorsDescription:
        """The colours without the background, and without what is transparent.

        `with_background()` of it has the background too.
        """
        return describe_pixels(picture.pixels, picture.opacity)

    def verify(self, query: ColorsDescription, reference: ColorsDescription) -> Comparison:
        """Compare; a query with a wildcard asks for its colours only, whatever else is there."""
        found = round(distance(query, reference), 4)
        return Comparison(
            decision=decide(query, found),
            distance=found,
            details={
                "confidence": round(colors_confidence(query, found), 4),
                "colors": _swatches(reference),
            },
        )

    def vectors(self, description: ColorsDescription) -> NDArray[np.float32]:
        """(1, 32) or, with a background, (2, 32) float32 whose L2 follows the EMD.

        Without the background and of the whole picture: an index finds it by either, as `distance`
        compares. That of a query with a wildcard is as if its colours filled the picture: the
        references nearest to it have most of them.
        """
        seen = np.asarray(description.vector / (1 - description.missing), np.float32)
        if description.background is None:
            return seen[None]
        return np.stack([seen, description.with_background().vector])

    def asked(self, *, min_box: float | None, every: bool, alone: bool) -> "ColorsSignature":
        """Itself: it has no boxes, and refuses nothing unseen."""
        return self

    @property
    def hopeless_below(self) -> float:
        """None: the vectors of an index only come near to the distance."""
        return -math.inf

    def dumps(self, description: ColorsDescription) -> bytes:
        """The stored form, 211 bytes with eight swatches."""
        return dumps(description)

    def loads(self, data: bytes) -> ColorsDescription:
        """The description from its stored form; ValueError for anything else."""
        return loads(data)


def _swatches(reference: ColorsDescription) -> list[dict[str, Any]]:
    digits = reference.swatches.tobytes().hex()  # of all, a search shows many
    return [
        {"hex": f"#{digits[6 * i : 6 * i + 6]}", "weight": round(weight, 4)}
        for i, weight in enumerate(reference.weights.tolist())
    ]
