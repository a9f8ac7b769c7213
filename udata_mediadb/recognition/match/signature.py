"""The match signature: is this picture, or a part of it, that one?"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ...imaging import Picture
from ..signature import ACCEPTED, Comparison
from . import features
from .agreement import is_drawn
from .alignment import Alignment, align
from .appearance import placements, proven, roughly_placed
from .bending import laid_flat
from .comparing import RANKS, comparison_of, is_better, with_itself
from .confidence import BEYOND_DOUBT
from .decision import (
    MIN_AREA,
    MIN_NFA_OF_A_CLOSER_LOOK,
    Verdict,
    box_share,
    judge,
    judge_appearance,
    judge_whole,
)
from .description import MatchDescription, dumps, dumps_query, loads
from .equal_parts import has_equal_parts
from .features import VARIANTS, Variant
from .former_description import is_former, loads_former
from .global_descriptor import (
    ORIENTATIONS,
    has_texture,
    is_flat,
    same_pixels,
)
from .guesses import guessed
from .parts import Part, has_more_detail, is_explained, parts_of
from .pixels import with_pixels
from .places import shown_by_places
from .shared_patches import without_shared_patches
from .variant_selection import ENOUGH_TO_TELL, promising_variants
from .whole import same_as_a_whole, whole

_BEYOND_DOUBT_NFA = 150.0
_CLEAR_NFA = 30.0  # below it evidence is weak: all keypoints are compared, all places described


class MatchSignature:
    """SIFT, homography and an a-contrario decision; explanation/match.md has method and figures."""

    name = "match"
    version = "2"  # of the description; LTU's code is `ltu.signatures`' business

    def __init__(self, min_box: float = MIN_AREA, *, every_reading: bool = False) -> None:
        """`min_box`: share of the reference that must be seen; a shared logo is less.

        `every_reading`: also those that a glance holds for vain, so that rejections have details.
        """
        self._min_box = min_box
        self._every_reading = every_reading

    @property
    def min_box(self) -> float:
        """Share of the reference that must be seen."""
        return self._min_box

    def describe(self, picture: Picture) -> MatchDescription:
        """The description of a picture; a picture without texture has no keypoints."""
        return features.describe(picture)

    def verify(self, query: MatchDescription, reference: MatchDescription) -> Comparison | None:
        """Compare, also as a mirrored and as a negative copy; None where nothing aligns."""
        if is_flat(query) and is_flat(reference) and same_pixels(query, reference):
            return comparison_of(*with_itself(query), query, query)
        readings = VARIANTS if self._every_reading else promising_variants(query, reference)
        best = self.best_of(query, reference, readings)
        found = best is not None and best[1].decision in RANKS
        same = None if found else same_as_a_whole(query, reference, best[0] if best else None)
        if same is not None:
            alignment = whole(query, reference, *same)
            best = alignment, judge_whole(alignment, query, reference)
        placed = placements(query, reference, readings)
        best = self._or_by_appearance(best, query, reference, placed)
        best = self._laid_flat(best, query, reference)
        return None if best is None else comparison_of(*best, query, reference)

    def _or_by_appearance(
        self,
        best: tuple[Alignment, Verdict] | None,
        query: MatchDescription,
        reference: MatchDescription,
        placed: Iterable[Alignment],
    ) -> tuple[Alignment, Verdict] | None:
        """What was found, or what the greys prove where keypoints are too few for it."""
        if best is not None and best[1].decision != "rejected_geometry":
            return best
        seen = proven(query, reference, placed)
        if seen is None or box_share(seen.alignment) < self._min_box:
            return best
        return seen.alignment, judge_appearance(seen.alignment, seen.agreed, query, reference)

    def best_of(
        self,
        query: MatchDescription,
        reference: MatchDescription,
        variants: Sequence[Variant] = VARIANTS,
    ) -> tuple[Alignment, Verdict] | None:
        """The best alignment of the two in these readings of the query, and what it means."""
        best: tuple[Alignment, Verdict] | None = None
        for variant in variants:
            found = self._in_two_steps(query, reference, variant)
            if found is None:
                continue
            alignment, verdict = found
            if best is None or is_better(alignment, verdict, *best):
                best = alignment, verdict
            if verdict.decision in ACCEPTED and alignment.nfa > _BEYOND_DOUBT_NFA:
                break
        return best

    def _in_two_steps(
        self, query: MatchDescription, reference: MatchDescription, variant: Variant
    ) -> tuple[Alignment, Verdict] | None:
        """Aligned by the strongest keypoints, and by all where these leave a doubt."""
        first = self._judged(align(query.strongest, reference.strongest, variant), query, reference)
        if query.strongest is query and reference.strongest is reference:
            return first
        if first is not None and first[0].nfa >= _CLEAR_NFA and first[1].decision in ACCEPTED:
            return first
        return self._judged(align(query, reference, variant), query, reference) or first

    def _judged(
        self, alignment: Alignment | None, query: MatchDescription, reference: MatchDescription
    ) -> tuple[Alignment, Verdict] | None:
        if alignment is None:
            return None
        return alignment, judge(alignment, query, reference, self._min_box)

    def identical(self, description: MatchDescription) -> Comparison:
        """A clone beyond doubt, also where the picture shows nothing that could be compared.

        No points were counted, and all of them would agree: the scores say so (LTU guide, the
        sample of an identical file).
        """
        alignment, verdict = with_itself(description)
        sure = replace(verdict, false_accepts=BEYOND_DOUBT, confidence=1.0)
        found = comparison_of(alignment, sure, description, description)
        scores = dict.fromkeys(found.details["scores"], 1.0)
        return replace(found, details={**found.details, "scores": scores})

    def verify_again(
        self, query: MatchDescription, reference: MatchDescription, *, whole: bool = False
    ) -> Comparison | None:
        """The plain reading alone, without early rejection: for what `verify` found nothing in."""
        alignment = None if whole else align(query, reference)
        best = None
        if alignment is not None and alignment.nfa >= MIN_NFA_OF_A_CLOSER_LOOK:
            best = alignment, judge(alignment, query, reference, self._min_box)
        readings: Sequence[Variant] = () if whole else ("plain",)
        where = placements(query, reference, readings, ORIENTATIONS)
        placed = where if query.grey is None else tuple(where)
        best = self._or_by_appearance(best, query, reference, placed)
        best = self._laid_flat(best, query, reference)
        weak = alignment is None or alignment.nfa < _CLEAR_NFA
        if weak and (best is None or best[1].decision not in ACCEPTED):
            best = self._by_places(query, reference, alignment, readings, placed) or best
            if readings and (best is None or best[1].decision not in ACCEPTED):
                best = self._or_by_appearance(best, query, reference, guessed(query, reference))
        return None if best is None else comparison_of(*best, query, reference)

    def _laid_flat(
        self,
        best: tuple[Alignment, Verdict] | None,
        query: MatchDescription,
        reference: MatchDescription,
    ) -> tuple[Alignment, Verdict] | None:
        """What was found; of a bent thing, of which a part seemed to be shared, its whole."""
        if best is None or best[1].decision != "shared_part":
            return best
        if not (is_drawn(reference) or has_equal_parts(reference)):
            return best  # a print on two photographs would seem to be bent
        flat = laid_flat(best[0], query, reference)
        if flat is None:
            return best
        alignment = align(flat, reference)
        if alignment is None:
            return best
        verdict = judge(alignment, flat, reference, self._min_box, bent=True)
        return (alignment, verdict) if verdict.decision in ACCEPTED else best

    def _by_places(
        self,
        query: MatchDescription,
        reference: MatchDescription,
        aligned: Alignment | None,
        readings: Sequence[Variant],
        placed: Iterable[Alignment],
    ) -> tuple[Alignment, Verdict] | None:
        """What the query shows where the reference's keypoints lie, found there again or not."""
        rough = roughly_placed(query, reference, readings)
        found = shown_by_places(
            query, reference, [*([aligned] if aligned else []), *rough, *placed]
        )
        if found is None:
            return None
        return found, judge(found, query, reference, self._min_box, min_nfa=0.0)

    def as_a_whole(self, query: MatchDescription) -> MatchDescription | None:
        """A query with texture as the index knows those without: by the shape of the whole."""
        return query.only(slice(0)) if has_texture(query) else None

    def parts(
        self,
        picture: Callable[[], Picture | None],
        query: MatchDescription,
        found: Sequence[Comparison],
        *,
        always: bool,
    ) -> list[Part]:
        """Windows of the picture to ask for on their own; none where what was found explains it.

        `always`: also then, and where a closer look has hardly more pixels.
        """
        if not always and is_explained(query, found):
            return []
        shown = picture()
        if shown is None or not (always or has_more_detail(shown)):
            return []
        return parts_of(shown, found)

    def verify_part(self, part: Part, reference: MatchDescription) -> Comparison | None:
        """Compare a window of a query; boxes are those in the whole query.

        In its plain reading, and in others where variant selection promises something.
        """
        for variant in _readings_of(part, reference):
            for seen in (reference, reference.strongest):
                alignment = align(part.description, seen, variant)
                if alignment is None:
                    break  # of most pairs: the strongest alone would tell no more
                if alignment.nfa >= MIN_NFA_OF_A_CLOSER_LOOK:
                    # judged in the whole picture: what agrees in the window only may be an axis
                    placed = part.in_whole(alignment)
                    verdict = judge(placed, part.whole, reference, self._min_box)
                    return comparison_of(placed, verdict, part.whole, reference)
        return None

    def asked(self, *, min_box: float | None, every: bool, alone: bool) -> "MatchSignature":
        """As a search asks for it: `min_box` as above; `every`: rejections are wanted as well."""
        if min_box is None and not every:
            return self
        return type(self)(MIN_AREA if min_box is None else min_box, every_reading=every)

    @property
    def hopeless_below(self) -> float:
        """None: geometry decides."""
        return -math.inf

    def judged(self, comparisons: Sequence[Comparison]) -> list[Comparison]:
        """The comparisons of one query in the light of each other: what many share is no match."""
        return without_shared_patches(comparisons)

    def dumps(self, description: MatchDescription) -> bytes:
        """The stored form, 44,900 bytes of 1,000 keypoints."""
        return dumps(description)

    def dumps_query(self, description: MatchDescription) -> bytes:
        """The stored form with the grey picture in its frame, some 150 KB more."""
        return dumps_query(description)

    def with_pixels(
        self, description: MatchDescription, picture: Callable[[], Picture | None]
    ) -> MatchDescription:
        """The same, with its picture to look at where equal parts leave a doubt."""
        return with_pixels(description, picture)

    def loads(self, data: bytes) -> MatchDescription:
        """The description from its stored form; ValueError for anything else."""
        return loads(data)


class FormerMatchSignature(MatchSignature):
    """The same over descriptions that were stored before version 2, until all are made anew.

    Those of pictures that come meanwhile have today's form.
    """

    version = "72.4.1"

    def loads(self, data: bytes) -> MatchDescription:
        """The description from either stored form; ValueError for anything else."""
        return loads_former(data) if is_former(data) else loads(data)


def _readings_of(part: Part, reference: MatchDescription) -> list[Variant]:
    """The plain one first; the others only of what has enough keypoints to tell."""
    described = part.description
    others = promising_variants(described, reference) if len(described) >= ENOUGH_TO_TELL else ()
    return ["plain", *(one for one in others if one != "plain")]
