"""What two compared pictures share, as a picture and in words."""

from typing import Literal, get_args

import cv2
import numpy as np

from ..recognition.match.overlay import Shared, View, draw
from ..recognition.signature import Comparison
from .comparing import Compared

Format = Literal["png", "jpeg"]
FORMATS: tuple[Format, ...] = get_args(Format)
MIME = {"png": "image/png", "jpeg": "image/jpeg"}
SIDE_PX, SIDE_MAX_PX, SIDE_MIN_PX = 512, 1024, 64  # of each of the two
_PNG_LEVEL = 1  # photographs hardly become smaller beyond it, and take three times as long
_JPEG_QUALITY = 85

SHARE = {
    "clone": "They are the same picture",
    "match": "They show the same, wholly or in part",
    "shared_part": "They share a logo, band, watermark or frame, and differ otherwise",
    "rejected_box": "What they share is too small to count",
}
_VIEWS: dict[View, str] = {
    "side": "The two pictures side by side",
    "over": "The second picture laid over the first",
    "difference": "The difference of the two pictures, black where they are the same",
    "points": "The two pictures side by side, with lines between points that agree",
}


def aligned(compared: Compared) -> Comparison | None:
    """The comparison by match, where it tells how the two lie; None for what aligns by chance."""
    match = compared.match
    return None if match is None or match.decision == "rejected_geometry" else match


def shared_of(compared: Compared) -> Shared:
    """What is drawn."""
    match = aligned(compared)
    if match is None:
        return Shared(None, None, np.zeros((0, 4)))
    details = match.details
    boxes = [np.array(details[side]["matchingBox"]["points"]) for side in ("query", "reference")]
    return Shared(
        np.array(details["homography_normalized"]).reshape(3, 3),
        (boxes[0], boxes[1]),
        compared.points,
        negative=bool(details["negative"]),
    )


def overlay(compared: Compared, view: View, kind: Format, side: int = SIDE_PX) -> bytes:
    """The file of a view; each picture has its long side at `side` px."""
    pixels = draw(
        view,
        compared.query.picture.pixels,
        compared.reference.picture.pixels,
        shared_of(compared),
        min(max(side, SIDE_MIN_PX), SIDE_MAX_PX),
    )
    options = [cv2.IMWRITE_PNG_COMPRESSION, _PNG_LEVEL]
    if kind == "jpeg":
        options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    done, data = cv2.imencode(f".{kind}", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)
    assert done, kind  # both are part of OpenCV
    return data.tobytes()


def alt_text(compared: Compared, view: View) -> str:
    """What a view shows, for who cannot see it: what it is, the verdict, where it lies."""
    match = aligned(compared)
    if match is None:
        return f"{_VIEWS[view]}. Nothing aligns them: they are not the same."
    measured = _measured(compared, match, view)
    return f"{_VIEWS[view]}. {SHARE[match.decision]}. {_where(match)}{measured}"


def _where(match: Comparison) -> str:
    shares = [match.details[side]["matchingBox"]["area"] for side in ("query", "reference")]
    kinds = [kind for kind in ("mirrored", "negative") if match.details[kind]]
    said = f" The copy is {' and '.join(kinds)}." if kinds else ""
    return (
        f"What agrees covers {shares[0]:.0%} of the first and {shares[1]:.0%} of the second.{said}"
    )


def _measured(compared: Compared, match: Comparison, view: View) -> str:
    if view == "points":
        return f" {len(compared.points)} points are connected."
    agreed = match.details["agreement"]
    if view == "difference" and agreed is not None:
        return f" {agreed:.0%} of what both show agrees."
    return ""
