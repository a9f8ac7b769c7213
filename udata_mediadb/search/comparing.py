"""Two pictures beside each other: what each signature finds between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..application.models import Application
from ..imaging import Region
from ..indexing.current import current_registry
from ..media.models import Media
from ..recognition.looking import Look, look
from ..recognition.signature import Comparison, Signature
from .models import KeptQuery
from .sides import Side, side_of_media, side_of_query

MATCH = "match"
POINTS_MAX = 100
_ONE = "reference"  # the only candidate of this search


@dataclass(frozen=True)
class Compared:
    """What there is between a query and a reference.

    `comparisons`: by signature, also where it says no; left out where there is nothing to say.
    """

    query: Side
    reference: Side
    comparisons: Mapping[str, Comparison]

    @property
    def match(self) -> Comparison | None:
        """Whether they are the same, or share a part; None where nothing at all aligns."""
        return self.comparisons.get(MATCH)

    @property
    def points(self) -> NDArray[np.float64]:
        """(k, 4) at most `POINTS_MAX` of the points that agree, spread over them all."""
        points = self.match.points if self.match is not None else None
        if points is None or not len(points):
            return np.zeros((0, 4))
        rows = np.linspace(0, len(points) - 1, min(len(points), POINTS_MAX)).round().astype(int)
        return np.asarray(points[rows])


def compare_sides(query: Side, reference: Side) -> Compared:
    """The comparison by every signature of the installation, each in its version of today."""
    found = {}
    for name, registered in current_registry().items():
        if name != registered.signature.name:
            continue  # a former version
        comparison = _between(registered.signature, query, reference)
        if comparison is not None:
            found[name] = comparison
    return Compared(query, reference, found)


def compare(
    application: Application, kept: KeptQuery, media: Media, region: Region | None = None
) -> dict[str, Comparison]:
    """The comparison by each signature of the application, also where it is no hit.

    A signature is left out where it finds nothing at all between the two.
    """
    found = compare_sides(side_of_query(kept, region), side_of_media(media)).comparisons
    return {name: found[name] for name in application.signatures if name in found}


def _between(signature: Signature[Any], query: Side, reference: Side) -> Comparison | None:
    """As a search would look at the reference, if it were its only candidate."""
    description = query.description(signature)
    if query.sha256 is not None and query.sha256 == reference.sha256:
        same = signature.identical(description)
        if same is not None:
            return same
    known = reference.description(signature)
    found = look(
        signature.asked(min_box=None, every=True, alone=False),
        description,
        lambda: query.picture,
        lambda descriptions, k: [[(_ONE, 1.0)] for _ in descriptions],
        Look(every=True),
        lambda signature, media: [(_ONE, known)] if media else [],
    )
    return next((comparison for _, comparison in found), None)
