"""What a search is asked, and what it finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..imaging import Picture
from ..media.models import Media
from ..recognition.colors import ColorsDescription
from ..recognition.signature import Comparison
from .looking import Thorough

# What is proven comes before what looks alike.
TIERS = ("match", "blend", "similarity", "colors")


@dataclass(frozen=True)
class Comparing:
    """How pictures are compared, and which of what is found is shown.

    `signatures`: names; none: all of the application. `palette`: what the colors signature looks
    for, in place of the picture's own colours. `blend`: None, or the share of colors, 0 to 1, in
    one common distance with similarity. `min_score`: hits whose score is below it are left out.
    `min_box`: share of a stored picture that must be seen for a match, None: the usual one.
    `include_shared`: also pictures that share no more than a logo, a band or a watermark; who asks
    for a size of the box sees them too. `thorough`: whether a closer look is taken; None: as
    the application has it.
    """

    signatures: Sequence[str] = ()
    palette: ColorsDescription | None = None
    blend: float | None = None
    include_rejected: bool = False
    include_shared: bool = False
    min_score: float = 0.0
    min_box: float | None = None
    thorough: Thorough | None = None

    def shows(self, comparison: Comparison) -> bool:
        """Whether this is a hit."""
        shared = self.include_shared or self.min_box is not None
        return (
            comparison.accepted
            or self.include_rejected
            or (shared and comparison.decision == "shared_part")
        )


@dataclass(frozen=True)
class Described:
    """A picture that was described before. `descriptions`: as stored, by the signatures' keys;
    `copy`: a small JPEG of it, for signatures that came since."""

    descriptions: Mapping[str, bytes]
    copy: bytes


@dataclass(frozen=True)
class Query:
    """What to look for: a picture, one described before, a stored media, or a palette.

    `sha256`: of the picture's file: what is stored of the same one is found whatever it shows.
    `comparing`: its signatures are named, in the application's order. `within`: the filter that
    hits meet, made by `compose`. `without`: a media that is no hit. `candidates`: verified per
    batch, where verification is costly.
    """

    picture: Picture | None = None
    described: Described | None = None
    media: str | None = None
    sha256: str | None = None
    comparing: Comparing = field(default_factory=Comparing)
    within: Mapping[str, Any] = field(default_factory=dict)
    without: str | None = None
    candidates: int = 20

    @property
    def compares_pictures(self) -> bool:
        """Whether pictures are compared: else the filter alone says what is found."""
        looked_for = (self.picture, self.described, self.media, self.comparing.palette)
        return any(one is not None for one in looked_for)


@dataclass(frozen=True)
class Hit:
    """A stored media and what each signature found between it and the query."""

    media: Media
    comparisons: Mapping[str, Comparison]

    @property
    def best_signature(self) -> str:
        """The signature that ranks this hit: accepted before rejected, then by tier."""
        return min(self.comparisons, key=lambda name: _rank(name, self.comparisons[name]))

    @property
    def best(self) -> Comparison:
        return self.comparisons[self.best_signature]

    @property
    def score(self) -> float:
        """How sure the best signature is, 0 to 1."""
        return score_of(self.best)

    @property
    def rank(self) -> tuple[bool, int, float, str]:
        """What to sort by, the best first; within a tier the surest is the closest."""
        return (*_rank(self.best_signature, self.best), self.media.id)


def score_of(comparison: Comparison) -> float:
    """How sure it is, 0 to 1: the signature's own confidence, else the closeness."""
    return float(comparison.details.get("confidence", 1.0 - comparison.distance))


def _rank(name: str, comparison: Comparison) -> tuple[bool, int, float]:
    tier = TIERS.index(name) if name in TIERS else len(TIERS)
    return not comparison.accepted, tier, comparison.distance
