"""The Signature seam: what a method of recognition must offer."""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

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


@dataclass(frozen=True)
class Comparison:
    """What `verify` found between a query and a reference.

    `distance`: 0 (same) to 1; `details`: JSON-ready, with the field names of the search answer
    (docs/reference/api.md). Accepted comparisons have a decision in `ACCEPTED`.
    """

    decision: Decision
    distance: float
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        return self.decision in ACCEPTED


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

    def dumps(self, description: D) -> bytes:
        """The stored form; `loads(dumps(d))` equals `d`. Never pickle."""

    def loads(self, data: bytes) -> D:
        """The description from its stored form; ValueError for anything else."""


def signature_key(signature: Signature[Any]) -> str:
    """What stored descriptions of this signature and version carry; versions never mix."""
    return f"{signature.name}@{signature.version}"
