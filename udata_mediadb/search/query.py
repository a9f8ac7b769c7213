"""What a search is asked, and what it finds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..imaging import Picture
from ..media.models import Media
from ..recognition.colors import ColorsDescription
from ..recognition.looking import Thorough
from ..recognition.signature import ACCEPTED, Comparison
from .sent import SentPicture

# What is proven comes before what looks alike.
BLEND = "blend"  # similarity and colors in one distance: `blending`
TIERS = ("match", BLEND, "similarity", "colors")


@dataclass(frozen=True)
class Comparing:
    """How pictures are compared, and which of what is found is shown.

    `signatures`: names; none: all of the application. `palette`: what the colors signature looks
    for, in place of the picture's own colours. `blend`: None, or the share of colors, 0 to 1, in
    one common distance with similarity. `min_score`: hits whose score is below it are left out.
    `min_box`: share of a stored picture that must be seen for a match, None: the usual one.
    `include_shared`: also pictures that share no more than a logo, a band or a watermark; who asks
    for a size of the box sees them too. `thorough`: whether a closer look is taken; None: as
    the application has it. `mirrored`: whether mirrored copies are hits.
    """

    signatures: Sequence[str] = ()
    palette: ColorsDescription | None = None
    blend: float | None = None
    include_rejected: bool = False
    include_shared: bool = False
    min_score: float = 0.0
    min_box: float | None = None
    thorough: Thorough | None = None
    collapse: bool = False
    mirrored: bool = True

    def kept(
        self, found: Mapping[str, Mapping[str, Comparison]]
    ) -> dict[str, dict[str, Comparison]]:
        """What is a hit of what was found, by media, by signature."""
        kept = {}
        for media, comparisons in found.items():
            hits = {name: one for name, one in comparisons.items() if self._shows(one)}
            if BLEND in comparisons:  # both are shown, or neither
                hits = dict(comparisons) if BLEND in hits else {}
            if hits:
                kept[media] = hits
        return kept

    def _shows(self, comparison: Comparison) -> bool:
        if not self.mirrored and comparison.details.get("mirrored"):
            return False
        shared = self.include_shared or self.min_box is not None
        return (
            comparison.decision in ACCEPTED
            or self.include_rejected
            or (shared and comparison.decision == "shared_part")
        )


@dataclass(frozen=True)
class Described:
    """A picture that was described before. `descriptions`: as stored, by the signatures' keys;
    `picture`: decodes the copy of it, for signatures that came since."""

    descriptions: Mapping[str, bytes]
    picture: Callable[[], Picture]


@dataclass(frozen=True)
class Query:
    """What to look for: a picture, one described before, a stored media, or a palette.

    `sent`: its picture, also of a stored media whose pixels are looked at. `sha256`: of the
    picture's file: what is stored of the same one is found whatever it shows; None where a part of
    it is looked for. `data`: the file, where one was sent.
    `comparing`: its signatures are named, in the application's order. `within`: the filter that
    hits meet, made by `compose`. `media`: the id of its picture,
    `pixels`: decodes it where its description leaves a doubt, None where it is not at hand.
    `without`: a media that is no hit. `candidates`: verified per batch, where verification is
    costly.
    """

    sent: SentPicture | None = None
    described: Described | None = None
    media: str | None = None
    pixels: Callable[[], Picture | None] | None = None
    sha256: str | None = None
    data: bytes | None = None
    comparing: Comparing = field(default_factory=Comparing)
    within: Mapping[str, Any] = field(default_factory=dict)
    without: str | None = None
    candidates: int = 20

    @property
    def compares_pictures(self) -> bool:
        """Whether pictures are compared: else the filter alone says what is found."""
        looked_for = (self.sent, self.described, self.media, self.comparing.palette)
        return any(one is not None for one in looked_for)


@dataclass(frozen=True)
class Hit:
    """A stored media and what each signature found between it and the query.

    `best`: by `best_signature`, the one that ranks this hit: accepted before rejected, then by
    tier. `score`: how sure it is, 0 to 1. `rank`: what to sort by, the best first; within a tier
    the surest is the closest. `duplicates`: media that show the same and were left out.
    """

    media: Media
    comparisons: Mapping[str, Comparison]
    best: Comparison
    best_signature: str
    score: float
    rank: tuple[bool, int, float, str]
    duplicates: tuple[str, ...] = ()


def ranked_hits(
    found: Iterable[tuple[Media, Mapping[str, Comparison]]],
    least: Mapping[str, float],
    otherwise: float,
) -> list[Hit]:
    """Hits, best first, of which the best signature reaches its least score, or `otherwise`."""
    sure = (one for one in found if is_sure(one[1], least, otherwise))
    return sorted((_new_hit(*one) for one in sure), key=lambda hit: hit.rank)


def is_sure(
    comparisons: Mapping[str, Comparison], least: Mapping[str, float], otherwise: float
) -> bool:
    """Whether the best signature reaches its least score, or `otherwise`."""
    name = _best_signature(comparisons)
    return score_of(comparisons[name]) >= least.get(name, otherwise)


def score_of(comparison: Comparison) -> float:
    """How sure it is, 0 to 1: the signature's own confidence, else the closeness."""
    return float(comparison.details.get("confidence", 1.0 - comparison.distance))


def _new_hit(media: Media, comparisons: Mapping[str, Comparison]) -> Hit:
    name = _best_signature(comparisons)
    best = comparisons[name]
    rank = (*_rank(name, best), media.id)
    return Hit(media, comparisons, best, name, score_of(best), rank)


def _best_signature(comparisons: Mapping[str, Comparison]) -> str:
    return min(comparisons, key=lambda name: _rank(name, comparisons[name]))


def _rank(name: str, comparison: Comparison) -> tuple[bool, int, float]:
    tier = TIERS.index(name) if name in TIERS else len(TIERS)
    return comparison.decision not in ACCEPTED, tier, comparison.distance
