"""The Signature seam: what a method of recognition must offer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..imaging import Picture

Decision = Literal[
    "clone",
    "match",
    "similar",
    "shared_part",
    "rejected_geometry",
    "rejected_box",
    "rejected_distance",
]
ACCEPTED: tuple[Decision, ...] = ("clone", "match", "similar")

D = TypeVar("D")
D_co = TypeVar("D_co", covariant=True)


@dataclass(frozen=True)
class Comparison:
    """What `verify` found between a query and a reference.

    `distance`: 0 (same) to 1; `details`: JSON-ready, with the field names of the search answer
    (docs/reference/api.md). Accepted comparisons have a decision in `ACCEPTED`. `points`: (k, 4)
    x, y in the query and x, y in the reference of what agrees, in fractions; None: no such thing.
    `differs`: (n, n) 1 where the reference, cut into n x n fields, shows something else.
    """

    decision: Decision
    distance: float
    details: dict[str, Any] = field(default_factory=dict)
    points: NDArray[np.float64] | None = field(default=None, compare=False, repr=False)
    differs: NDArray[np.uint8] | None = field(default=None, compare=False, repr=False)

    @property
    def accepted(self) -> bool:
        return self.decision in ACCEPTED


class PartOfQuery(Protocol[D_co]):
    """A part of a picture that an index can be asked for."""

    @property
    def description(self) -> D_co:
        """The description of this part alone."""


class Signature(Protocol[D]):
    """One method of recognition with a version; output changes only with the version."""

    name: str
    version: str

    def describe(self, picture: Picture) -> D:
        """The description of a picture; never fails on a decoded picture, however poor."""

    def verify(self, query: D, reference: D) -> Comparison | None:
        """Compare; None where the two have nothing in common that is worth reporting."""

    def identical(self, description: D) -> Comparison | None:
        """What to say of a stored picture that is the very same file; None: `verify` says it."""

    def asked(self, *, min_box: float | None, every: bool, alone: bool) -> "Signature[D]":
        """The signature as a search asks for it; itself where neither means anything to it.

        `min_box`: share of a reference that must be seen; `every`: rejections are wanted as well;
        `alone`: no other signature is asked.
        """

    @property
    def hopeless_below(self) -> float:
        """Score of an index below which `verify` accepts nothing; minus infinity: nobody knows."""

    def judged(self, comparisons: Sequence[Comparison]) -> list[Comparison]:
        """The comparisons of one query in the light of each other, in the same order."""

    def verify_again(self, query: D, reference: D, *, whole: bool = False) -> Comparison | None:
        """Look longer at a candidate of a search that found nothing; None: there is no longer.

        `whole`: the index named it for `as_a_whole` alone, so no part of it can be alike.
        """

    def as_a_whole(self, query: D) -> D | None:
        """What an index may be asked for once more where nothing was found; None: nothing."""

    def parts(
        self,
        picture: Callable[[], Picture | None],
        query: D,
        found: Sequence[Comparison],
        *,
        always: bool,
    ) -> Sequence["PartOfQuery[D]"]:
        """Parts of a query's picture to ask for on their own, beside what was `found`.

        `picture`: called where it is needed; None where the picture is not at hand.
        """

    def verify_part(self, part: Any, reference: D) -> Comparison | None:
        """Compare one of `parts`; details are those of the whole query."""

    def dumps(self, description: D) -> bytes:
        """The stored form; `loads(dumps(d))` equals `d`. Never pickle."""

    def dumps_query(self, description: D) -> bytes:
        """The same with the pixels that `verify` looks at in a query; `loads` reads it as well."""

    def with_pixels(self, description: D, picture: Callable[[], Picture | None]) -> D:
        """A query that was loaded from its stored form, for `verify` to look at its pixels too.

        `picture`: called where they are needed; None where it is not at hand.
        """

    def loads(self, data: bytes) -> D:
        """The description from its stored form; ValueError for anything else."""


def signature_key(signature: Signature[Any]) -> str:
    """What stored descriptions of this signature and version carry; versions never mix."""
    return f"{signature.name}@{signature.version}"
