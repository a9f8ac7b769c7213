"""Pixels as the proof where keypoints are too few for one: they say where it lies, greys whether.

Blurred, noisy and pale copies repeat a handful of keypoints. These place the reference roughly; its
stored thumbnail is then fitted to the query by its greys, and what no smooth surface explains
must agree all over (docs/explanation/match.md, "Appearance").
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .agreement import Agreement, agreement, is_drawn, laid_over
from .alignment import Alignment, rough_homographies
from .description import COLOURS_PX, THUMBNAIL_PX, MatchDescription
from .equal_parts import shows_other_parts
from .features import Variant
from .geometry import Matrix, Points, normalised, project, shape_is_plausible, visible_area
from .global_descriptor import UPRIGHT, Orientation, has_texture
from .surfaces import detail, surfaces
from .whole import whole

# Measured: docs/explanation/match.md, "Appearance"
_LEAST_OVERLAP = 0.5  # of the reference
_LEAST_BLOCKS = 100  # with texture; of 361
_AGREEMENT = 0.97
_DIFFERENCE = 0.02  # of the reference in one connected region
_DETAIL_CORRELATION = 0.95  # strangers: 0.93 at most, then of two planets, drawn alike
_LEAST_DETAIL = 4.0  # standard deviation of 255
_COLOUR_DIFFERENCE = 6.0  # flags have the same greys
_COLOUR_DIFFERENCE_WITH_TEXTURE = 25.0
_RICH = 300  # keypoints of a picture whose greys are its own
_AGREEMENT_OF_REPEATED = 0.99
_DETAIL_OF_REPEATED = 0.975
_WORTH_FITTING = 0.4  # correlation where the keypoints lay it
_WORTH_LAYING = 0.85  # correlation as a whole, whatever the proportions
_SHIFT_PX = 8  # an eighth of a side
_REPEATS = 0.7  # autocorrelation
_MOTIONS = (cv2.MOTION_AFFINE, cv2.MOTION_HOMOGRAPHY)
_QUICK = (3, (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-3))  # smoothed px, steps
_PATIENT = (5, (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 100, 1e-4))


@dataclass(frozen=True)
class Appearance:
    """A reference laid into a query, and how far the greys agree there.

    `correlation`: of what no surface of the second degree explains; `contrast`: its standard
    deviation, of the paler one.
    """

    alignment: Alignment
    agreed: Agreement
    correlation: float
    contrast: float

    @property
    def is_proof(self) -> bool:
        """Whether the two must be the same."""
        agreed = self.agreed
        return (
            agreed.overlap >= _LEAST_OVERLAP
            and agreed.blocks >= _LEAST_BLOCKS
            and agreed.share >= _AGREEMENT
            and agreed.differing <= _DIFFERENCE
            and self.correlation >= _DETAIL_CORRELATION
            and self.contrast >= _LEAST_DETAIL
        )


def proven(
    query: MatchDescription, reference: MatchDescription, placed: Iterable[Alignment]
) -> Appearance | None:
    """The reference where the query shows the same greys; None where that is not beyond doubt.

    `placed`: where it may lie. Of drawn pictures (grids, forms, calendars) two of a kind have the
    same greys: they prove nothing.
    """
    if is_drawn(reference):
        return None
    for one in placed:
        seen = _seen(one, query, reference)
        if seen is None or not seen.is_proof:
            continue
        if repeats(reference) and not _is_this_one(seen, query, reference):
            continue
        if _same_colours(seen.alignment, query, reference):
            return seen
    return None


def _is_this_one(seen: Appearance, query: MatchDescription, reference: MatchDescription) -> bool:
    """Whether that proves it of a picture that repeats, too: another of its kind agrees less."""
    return (
        seen.agreed.share >= _AGREEMENT_OF_REPEATED
        and seen.correlation >= _DETAIL_OF_REPEATED
        and not shows_other_parts(seen.alignment, seen.agreed, query, reference)
    )


def repeats(description: MatchDescription) -> bool:
    """Whether the picture looks the same when it is shifted: grids, cloth, rows of one thing."""
    everywhere = np.ones((THUMBNAIL_PX, THUMBNAIL_PX), bool)
    greys = detail(description.thumbnail.astype(np.float64).ravel(), surfaces(everywhere))
    spectrum = np.fft.fft2(greys.reshape(THUMBNAIL_PX, THUMBNAIL_PX))
    alike = np.fft.ifft2(np.abs(spectrum) ** 2).real
    step = np.abs(np.fft.fftfreq(THUMBNAIL_PX) * THUMBNAIL_PX)
    far = np.maximum(step[:, None], step[None]) >= _SHIFT_PX
    return bool(alike[far].max() > _REPEATS * max(float(alike[0, 0]), 1e-9))


def placements(
    query: MatchDescription,
    reference: MatchDescription,
    readings: Sequence[Variant],
    orientations: Sequence[Orientation] = (UPRIGHT,),
) -> Iterator[Alignment]:
    """Where the reference may lie: as a whole, and where keypoints have it, fitted in two steps.

    `readings`: those in which keypoints may place it; `orientations`: those of the whole.
    """
    each = _oriented(query, orientations) @ reference.greys.ravel()
    for orientation, alike in zip(orientations, each.tolist(), strict=True):
        if abs(alike) > _WORTH_LAYING:
            yield whole(query, reference, orientation, negative=alike < 0)
    for variant, homography in rough_homographies(query, reference, readings):
        yield from refined(placed_by(homography, variant, query, reference), query, reference)


def refined(
    placed: Alignment,
    query: MatchDescription,
    reference: MatchDescription,
    *,
    patient: bool = False,
) -> Iterator[Alignment]:
    """A placement fitted to the greys, in steps of more freedom; none where they do not fit.

    `patient`: from farther away.
    """
    for motion in _MOTIONS:
        fitted = _fitted(placed, query, reference, motion, *(_PATIENT if patient else _QUICK))
        if fitted is None:
            return
        placed = placed_by(fitted, placed.variant, query, reference)
        yield placed


def roughly_placed(
    query: MatchDescription, reference: MatchDescription, readings: Sequence[Variant]
) -> Iterator[Alignment]:
    """Where keypoints have it, before any fit."""
    for variant, homography in rough_homographies(query, reference, readings):
        yield placed_by(homography, variant, query, reference)


def _oriented(query: MatchDescription, orientations: Sequence[Orientation]) -> NDArray[np.float32]:
    """(n, 4096) its greys in these orientations; made once for all candidates."""
    name = f"oriented {len(orientations)}"
    if name not in query.tried:
        turned = [one.of(query.greys).ravel() for one in orientations]
        query.tried[name] = np.stack(turned)
    found: NDArray[np.float32] = query.tried[name]
    return found


def placed_by(
    homography: Matrix, variant: Variant, query: MatchDescription, reference: MatchDescription
) -> Alignment:
    """The reference as a whole under this homography."""
    box = _frame(reference)
    quad = project(homography, box)
    size = query.resized
    shown = visible_area(quad, size) / (size[0] * size[1])
    plausible = shape_is_plausible(_unmirrored(homography, size[0], variant), box)
    return replace(
        whole(query, reference),
        variant=variant,
        homography=homography,
        quad=quad,
        areas=(1.0, shown),
        plausible=plausible,
    )


def _unmirrored(homography: Matrix, width: int, variant: Variant) -> Matrix:
    mirrored = variant in ("mirrored", "mirrored_negative")
    flip = np.array([[-1.0, 0, width - 1], [0, 1, 0], [0, 0, 1]]) if mirrored else np.eye(3)
    return np.asarray(flip @ homography)


def _frame(description: MatchDescription) -> Points:
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    return np.asarray(corners * np.array(description.resized) - 0.5)


def _fitted(
    placed: Alignment,
    query: MatchDescription,
    reference: MatchDescription,
    motion: int,
    smoothed_px: int,
    steps: tuple[int, int, float],
) -> Matrix | None:
    """The homography under which the greys correlate most, nearby (Evangelidis & Psarakis 2008)."""
    seen, known, inside = laid_over(placed, query, reference)
    within = inside > 0
    if inside.mean() < _LEAST_OVERLAP or _correlation(seen[within], known[within]) < _WORTH_FITTING:
        return None
    start = np.eye(3, dtype=np.float32)[: 2 if motion == cv2.MOTION_AFFINE else 3]
    try:
        _, warp = cv2.findTransformECC(
            known, seen, np.ascontiguousarray(start), motion, steps, inside * 255, smoothed_px
        )
    except cv2.error:  # it does not converge
        return None
    moved = np.eye(3)
    moved[: len(warp)] = warp
    width, height = reference.resized
    across, down = THUMBNAIL_PX / width, THUMBNAIL_PX / height
    to_thumbnail = np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5], [0, 0, 1]])
    fitted = placed.homography @ np.linalg.inv(to_thumbnail) @ moved @ to_thumbnail
    return normalised(fitted) if np.isfinite(fitted).all() else None


def grey_correlation(
    placed: Alignment, query: MatchDescription, reference: MatchDescription
) -> tuple[float, float]:
    """Of the greys where both are, and of what no surface of the second degree explains there."""
    seen, known, inside = laid_over(placed, query, reference)
    within = inside > 0
    base = surfaces(within)
    whole_greys = _correlation(seen[within], known[within])
    return whole_greys, _correlation(detail(seen[within], base), detail(known[within], base))


def _seen(
    placed: Alignment, query: MatchDescription, reference: MatchDescription
) -> Appearance | None:
    if not placed.plausible:
        return None
    seen, known, inside = laid_over(placed, query, reference)
    within = inside > 0
    if inside.mean() < _LEAST_OVERLAP or _correlation(seen[within], known[within]) < _WORTH_FITTING:
        return None
    base = surfaces(within)
    first, second = detail(seen[within], base), detail(known[within], base)
    return Appearance(
        alignment=placed,
        agreed=agreement(placed, query, reference),
        correlation=_correlation(first, second),
        contrast=float(min(first.std(), second.std())),
    )


def _same_colours(placed: Alignment, query: MatchDescription, reference: MatchDescription) -> bool:
    """Whether the colours agree, where greys are those of many."""
    if min(len(query), len(reference)) >= _RICH:
        return True
    textured = has_texture(query) and has_texture(reference)
    most = _COLOUR_DIFFERENCE_WITH_TEXTURE if textured else _COLOUR_DIFFERENCE
    colours = query.colours if not placed.negative else 255 - query.colours
    from_fields = np.diag([COLOURS_PX / query.resized[0], COLOURS_PX / query.resized[1], 1.0])
    to_fields = np.diag([reference.resized[0] / COLOURS_PX, reference.resized[1] / COLOURS_PX, 1.0])
    half = np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    matrix = np.linalg.inv(half) @ from_fields @ half @ placed.homography
    matrix = matrix @ np.linalg.inv(half) @ to_fields @ half
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (COLOURS_PX, COLOURS_PX)
    seen = cv2.warpPerspective(colours, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    there = cv2.warpPerspective(np.ones(size, np.uint8), matrix, size, flags=flags) > 0
    if not there.any():
        return False
    apart = np.abs(np.asarray(seen, np.int16) - reference.colours)[there]
    return float(apart.mean()) < most


def _correlation(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    first, second = first - first.mean(), second - second.mean()
    norm = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / norm if norm > 1e-9 else 0.0
