"""Two pictures laid over each other as wholes: an alignment without keypoints."""

import numpy as np

from . import thumbnails
from .alignment import Alignment
from .decision import corner_shift
from .description import MatchDescription
from .features import VARIANTS
from .geometry import Matrix, project
from .global_descriptor import UPRIGHT, Orientation, has_texture

_WEAKLY_IN_PLACE = 0.05  # corner shift of a rejected alignment that supports the thumbnails


def whole(
    query: MatchDescription,
    reference: MatchDescription,
    orientation: Orientation = UPRIGHT,
    negative: bool = False,
) -> Alignment:
    """The alignment of two pictures that are the same as a whole; it has no keypoints."""
    homography = _from_fractions(query) @ orientation.matrix() @ _to_fractions(reference)
    box = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * np.array(reference.resized) - 0.5
    mirrored = np.linalg.det(homography) < 0
    number = (2 if negative else 0) + (1 if mirrored else 0)
    none = np.zeros((0, 2))
    return Alignment(
        variant=VARIANTS[number],
        homography=homography,
        box=box,
        quad=project(homography, box),
        source=none,
        target=none,
        radius=np.zeros(0),
        weight=0.0,
        places=0,
        nfa=0.0,
        guided_ratio=0.0,
        guided_places=0,
        box_ratio=0.0,
        clear=0,
        in_place=1.0,
        areas=(1.0, 1.0),
        thickness=0.0,
        plausible=True,
    )


def same_as_a_whole(
    query: MatchDescription, reference: MatchDescription, rejected: Alignment | None
) -> tuple[Orientation, bool] | None:
    """Where the thumbnails may speak, what they say; `rejected`: what keypoints had."""
    if not (has_texture(query) and has_texture(reference)):
        return thumbnails.agree(query, reference)
    if rejected is not None and corner_shift(rejected, query, reference) < _WEAKLY_IN_PLACE:
        return thumbnails.agree(query, reference, upright=True)
    return None


def _from_fractions(description: MatchDescription) -> Matrix:
    """Fractions of width and height -> pixels."""
    width, height = description.resized
    return np.array([[width, 0, -0.5], [0, height, -0.5], [0, 0, 1]])


def _to_fractions(description: MatchDescription) -> Matrix:
    return np.asarray(np.linalg.inv(_from_fractions(description)))
