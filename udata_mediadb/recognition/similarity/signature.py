"""The similarity signature: what looks like this picture?"""

import math

import numpy as np
from numpy.typing import NDArray

from ...imaging import Picture
from ..signature import Comparison
from ..whole_pictures import WholePictures
from . import description as form
from .description import SimilarityDescription
from .encoder import Encoder, Vector
from .shipped import shipped_encoder

# measured with the shipped encoder: docs/explanation/similarity.md, "Calibration". A pair at this
# distance is as likely of one class as not; an encoder of a portal's own may want another.
MAX_DISTANCE = 0.60
_FARTHEST = 1.0
# Up to .475 more than four of five such pairs are of one kind, up to the cut every other
_LIKENESS = (("very", 0.475), ("rather", MAX_DISTANCE), ("a little", _FARTHEST))
# (distance, share of the pairs at that distance that show the same kind of thing), same table
_CONFIDENCES = (
    (0.0, 1.0),
    (0.2, 0.87),
    (0.475, 0.84),
    (0.525, 0.75),
    (0.575, 0.63),
    (0.625, 0.41),
    (0.675, 0.23),
    (0.725, 0.09),
    (0.775, 0.04),
    (0.825, 0.01),
    (1.0, 0.0),
)
_ROUNDING = 0.01  # of float16, which takes a vector at most .0005 from length 1, and of distances
_GLANCE_STEP = 16  # px; tells almost every picture in no time
_FLAT_SPREAD = 4  # of 255: what JPEG makes of one colour stays below


class SimilaritySignature(WholePictures[SimilarityDescription]):
    """The angle between the vectors of an encoder: docs/explanation/similarity.md, with figures.

    `version` is the encoder's id: vectors of different encoders never meet.
    """

    name = "similarity"

    def __init__(
        self, encoder: Encoder | None = None, *, max_distance: float = MAX_DISTANCE
    ) -> None:
        """`encoder`: None is the shipped one; `max_distance`: farther pictures are refused."""
        self.encoder = encoder or shipped_encoder()
        self.version = self.encoder.id
        self.max_distance = max_distance

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self.encoder.dimension

    def describe(self, picture: Picture) -> SimilarityDescription:
        """The description of a picture. BadEncoder where the encoder itself fails."""
        vector = self.encoder.encode(picture)
        return SimilarityDescription(
            self.version, vector.astype(np.float16), blank=is_blank(picture.pixels)
        )

    def vectors(self, description: SimilarityDescription) -> Vector:
        """(1, dimension) float32 of length 1, finite: what an index keeps and is asked with."""
        return description.vector[None]

    def verify(
        self, query: SimilarityDescription, reference: SimilarityDescription
    ) -> Comparison | None:
        """Compare; None where one of the two has one flat colour, which looks like nothing.

        ValueError for descriptions of two encoders.
        """
        if query.encoder != reference.encoder:
            raise ValueError(f"vectors of {query.encoder} and {reference.encoder} do not compare")
        if query.blank or reference.blank:
            return None
        cosine = float(query.vector @ reference.vector)
        distance = round(min(1.0, max(0.0, 1.0 - cosine)), 4)
        return Comparison(
            decision="similar" if distance <= self.max_distance else "rejected_distance",
            distance=distance,
            details={
                "confidence": round(similarity_confidence(distance), 4),
                "likeness": likeness(distance),
            },
        )

    def asked(self, *, min_box: float | None, every: bool, alone: bool) -> "SimilaritySignature":
        """Without its cut where it is asked `alone`: who asks what looks alike wants a page."""
        return SimilaritySignature(self.encoder, max_distance=_FARTHEST) if alone else self

    @property
    def hopeless_below(self) -> float:
        """An index' score is minus the distance of two unit vectors: its square is 2 - 2 cos."""
        if self.max_distance >= _FARTHEST:  # what is farther is said to be that far
            return -math.inf
        return -math.sqrt(2 * (self.max_distance + _ROUNDING))

    def dumps(self, description: SimilarityDescription) -> bytes:
        """The stored form, 2 bytes for each number and 16 more."""
        return form.dumps(description)

    def loads(self, data: bytes) -> SimilarityDescription:
        """The description from its stored form; ValueError for anything else, and for other
        encoders' vectors."""
        return form.loads(data, self.version, self.dimension)


def similarity_confidence(distance: float) -> float:
    """0 to 1: how often pictures so far apart show the same kind of thing; 0.5 near the cut."""
    distances, shares = zip(*_CONFIDENCES, strict=True)
    return float(np.interp(distance, distances, shares))


def likeness(distance: float) -> str:
    """In words: how alike two pictures so far apart look."""
    return next(word for word, farthest in _LIKENESS if distance <= farthest)


def is_blank(pixels: NDArray[np.uint8]) -> bool:
    """Whether (h, w, 3) uint8 pixels have one flat colour, as JPEG leaves it."""
    for step in (_GLANCE_STEP, 1):
        seen = pixels[::step, ::step].reshape(-1, 3)
        if int((seen.max(axis=0) - seen.min(axis=0)).max()) > _FLAT_SPREAD:
            return False
    return True
