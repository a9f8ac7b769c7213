"""Plane geometry of a match: homography, its consistency, its meaning, its shape.

All coordinates are pixels of the resized frames; a homography maps reference to query.
"""

from math import lgamma, log

import cv2
import numpy as np
from numpy.typing import NDArray

from .description import MatchDescription

Matrix = NDArray[np.float64]
Points = NDArray[np.float64]

INLIER_PX = 4.5  # 1.5 x the estimator's threshold of 3 px; measured: docs/explanation/match.md
_ESTIMATOR_PX = 3.0
_ESTIMATOR_ITERATIONS = 1000
_ESTIMATOR_CONFIDENCE = 0.999
_ROUGH_PX = 12.0  # a tenth of the largest keypoints; the greys find the rest
_ANGLE_DEGREES = 40.0
_LEAST_COSINE = np.cos(np.deg2rad(_ANGLE_DEGREES))
_SCALE_OCTAVES = 1.0
_POOL_RADIUS_PX = 40.0
_ROWS = 1 << 31  # of cells, more than any point has
SAMPLE = 4  # matches that define a homography


def project(homography: Matrix, points: Points) -> Points:
    """(n, 2) points through the homography; points on the horizon become huge, never NaN."""
    x, y = points[:, 0], points[:, 1]
    scale = homography[2, 0] * x + homography[2, 1] * y + homography[2, 2]
    scale = np.where(np.abs(scale) < 1e-9, 1e-9, scale)
    u = homography[0, 0] * x + homography[0, 1] * y + homography[0, 2]
    v = homography[1, 0] * x + homography[1, 1] * y + homography[1, 2]
    return np.stack([u / scale, v / scale], axis=1)


def estimate(source: Points, target: Points) -> Matrix | None:
    """Homography by USAC_MAGSAC (Barath et al. 2020), or None; same input, same output."""
    if len(source) < SAMPLE:
        return None
    try:
        found, _ = cv2.findHomography(
            source,
            target,
            cv2.USAC_MAGSAC,
            _ESTIMATOR_PX,
            None,
            _ESTIMATOR_ITERATIONS,
            _ESTIMATOR_CONFIDENCE,
        )
    except cv2.error:  # degenerate samples only
        return None
    return usable(found)


def estimate_similarity(source: Points, target: Points) -> Matrix | None:
    """Turn, zoom and shift that most matches agree with, as a homography, or None."""
    found, _ = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=_ROUGH_PX
    )
    return None if found is None else usable(np.vstack([found, [0.0, 0.0, 1.0]]))


def refit(source: Points, target: Points) -> Matrix | None:
    """Least squares homography of matches that are known to be right, or None."""
    if len(source) < SAMPLE:
        return None
    try:
        found, _ = cv2.findHomography(source, target, 0)
    except cv2.error:
        return None
    return usable(found)


def usable(found: object) -> Matrix | None:
    """The matrix with h33 = 1, or None where it is absent, not finite or singular."""
    if found is None:
        return None
    matrix = np.asarray(found, np.float64)
    if matrix.shape != (3, 3) or not np.isfinite(matrix).all() or abs(matrix[2, 2]) < 1e-9:
        return None
    matrix = matrix / matrix[2, 2]
    return matrix if abs(np.linalg.det(matrix)) > 1e-9 else None


def agreeing(
    homography: Matrix,
    matches: NDArray[np.intp],
    query: MatchDescription,
    reference: MatchDescription,
) -> NDArray[np.intp]:
    """The matches whose place, angle and scale the homography predicts."""
    source = reference.xy[matches[:, 1]].astype(np.float64)
    target = query.xy[matches[:, 0]].astype(np.float64)
    angle = np.deg2rad(reference.angle[matches[:, 1]].astype(np.float64))
    here = project(homography, source)
    ahead = project(homography, source + np.stack([np.cos(angle), np.sin(angle)], axis=1)) - here
    turned = np.rad2deg(np.arctan2(ahead[:, 1], ahead[:, 0]))
    octaves = np.log2(np.maximum(query.size[matches[:, 0]], 1e-3) / reference.size[matches[:, 1]])
    octaves = octaves - np.log2(np.maximum(local_zoom(homography, source), 1e-6))
    ok = np.hypot(*(here - target).T) < INLIER_PX
    ok &= angle_gap(query.angle[matches[:, 0]], turned) < _ANGLE_DEGREES
    ok &= np.abs(octaves) < _SCALE_OCTAVES
    return np.asarray(matches[ok], np.intp)


def angle_gap(first: NDArray[np.floating], second: NDArray[np.floating]) -> NDArray[np.float64]:
    """Degrees between two directions, 0 to 180."""
    return np.asarray(np.abs((first.astype(np.float64) - second + 180) % 360 - 180))


def similarity_pool(
    matches: NDArray[np.intp], query: MatchDescription, reference: MatchDescription
) -> NDArray[np.intp]:
    """The largest set of matches that one match's own turn, scale and shift predicts.

    Each match carries an angle and a size, so one alone gives a hypothesis and all can be tried
    (Philbin et al. 2007, fast spatial matching). The radius is wide: perspective bends it.
    """
    if len(matches) < 2:
        return matches
    near = near_pairs(matches, query, reference)
    return np.asarray(matches[near[near.sum(axis=1).argmax()]], np.intp)


def near_pairs(
    matches: NDArray[np.intp], query: MatchDescription, reference: MatchDescription
) -> NDArray[np.bool_]:
    """(m, m) of each match (row) which matches its own turn, scale and shift predicts."""
    x, y = reference.xy[matches[:, 1]].T.astype(np.float64)
    u, v = query.xy[matches[:, 0]].T.astype(np.float64)
    turn = np.deg2rad(query.angle[matches[:, 0]] - reference.angle[matches[:, 1]])
    ratio = query.size[matches[:, 0]] / reference.size[matches[:, 1]]
    cosine, sine = np.cos(turn), np.sin(turn)
    a, b = ratio * cosine, ratio * sine
    ones = np.ones_like(x)
    # of each hypothesis (row) and match (column), products of small matrices: a tenth of the time
    # of complex numbers
    right = np.stack([a, -b, u - (a * x - b * y), -ones], axis=1) @ np.stack([x, y, ones, u])
    down = np.stack([b, a, v - (b * x + a * y), -ones], axis=1) @ np.stack([x, y, ones, v])
    limit = _POOL_RADIUS_PX * np.clip(ratio, 0.25, 1.0)[:, None]
    near = right * right + down * down < limit * limit
    directions = np.stack([cosine, sine])
    near &= directions.T @ directions > _LEAST_COSINE
    octaves = np.log2(ratio)
    near &= np.abs(octaves - octaves[:, None]) < _SCALE_OCTAVES
    return np.asarray(near, np.bool_)


def meaning(agreeing_matches: int, all_matches: int, frame: tuple[int, int]) -> float:
    """-log10 of the expected number of homographies that agree as well by chance.

    A-contrario model of Moisan & Stival 2004 (sect. 4, one error threshold) for a homography:
    (n - 4) C(n, k) C(k, 4) p^(k - 4), where p is the chance that a random point of the query's
    frame falls within `INLIER_PX` of its prediction.
    """
    n, k = all_matches, min(agreeing_matches, all_matches)
    if k <= SAMPLE:
        return 0.0
    chance = min(1.0, np.pi * INLIER_PX**2 / (frame[0] * frame[1]))
    expected = log(n - SAMPLE) + _log_choose(n, k) + _log_choose(k, SAMPLE)
    return -(expected + (k - SAMPLE) * log(chance)) / log(10)


def distinct_places(points: Points, cell_px: float) -> int:
    """How many cells of a grid hold a point: keypoints stacked on one spot count once."""
    if not len(points):
        return 0
    column, row = np.floor(points / cell_px).astype(np.int64).T
    cells = np.sort(column * _ROWS + row)  # one number each; counted in order, a tenth of `unique`
    return 1 + int(np.count_nonzero(cells[1:] != cells[:-1]))


def thickness(points: Points) -> float:
    """Standard deviation across the main direction, px: near 0 for points on one line."""
    if len(points) < 2:
        return 0.0
    return float(np.sqrt(max(0.0, np.linalg.eigvalsh(np.cov(points.T))[0])))


def local_zoom(homography: Matrix, points: Points) -> NDArray[np.float64]:
    """(n,) how many times longer a short stroke at each point becomes (geometric mean)."""
    depth = points @ homography[2, :2] + homography[2, 2]
    # |det J| = |det H| / depth^3 for a homography
    area = abs(np.linalg.det(homography)) / np.maximum(np.abs(depth) ** 3, 1e-12)
    return np.asarray(np.sqrt(area))


def normalised(homography: Matrix) -> Matrix:
    """The same map with h33 = 1 (left alone where h33 vanishes)."""
    return homography if abs(homography[2, 2]) < 1e-12 else homography / homography[2, 2]


def shape_is_plausible(homography: Matrix, box: Points) -> bool:
    """Could a photograph show the rectangle `box` (4, 2; TL TR BR BL) so?

    `homography` maps to the unmirrored variant of the query. docs/explanation/match.md, "Decision".
    """
    depth = homography[2, :2] @ box.T + homography[2, 2]
    if not ((depth > 0).all() or (depth < 0).all()):
        return False
    quad = project(homography, box)
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.linalg.norm(sides, axis=1)
    if lengths.min() < 1e-3:
        return False
    corners = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
    if not (corners > 0).all():
        return False  # not convex, or turned over
    width, height = np.abs(box[2] - box[0])
    scale = np.sqrt(polygon_area(quad) / max(1.0, width * height))
    opposite = np.abs(np.log(lengths[:2] / lengths[2:])).max()
    aspect = abs(log((lengths[0] + lengths[2]) / (lengths[1] + lengths[3]) * height / width))
    cosines = -(sides * np.roll(sides, 1, axis=0)).sum(axis=1) / lengths / np.roll(lengths, 1)
    angles = np.rad2deg(np.arccos(np.clip(cosines, -1, 1)))
    return bool(
        _SCALES[0] < scale < _SCALES[1]
        and opposite < log(_OPPOSITE_SIDES)
        and aspect < log(_ASPECT_CHANGE)
        and angles.min() > _ANGLES[0]
        and angles.max() < _ANGLES[1]
    )


# measured: docs/explanation/match.md, "Decision"
_SCALES = (0.04, 25.0)
_OPPOSITE_SIDES = 4.0
_ASPECT_CHANGE = 4.0
_ANGLES = (25.0, 155.0)


def polygon_area(points: Points) -> float:
    """Area of a simple polygon (n, 2)."""
    if len(points) < 3:
        return 0.0
    x, y = points[:, 0], points[:, 1]
    return float(abs((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()) / 2)


def visible_area(quad: Points, frame: tuple[int, int]) -> float:
    """Area of the part of a convex quadrilateral (4, 2) that lies in the frame, px^2."""
    right, bottom = frame[0] - 0.5, frame[1] - 0.5
    whole = np.array([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]])
    area, _ = cv2.intersectConvexConvex(quad.astype(np.float32), whole.astype(np.float32))
    return float(max(0.0, area))


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
