"""Pixels -> description."""

import numpy as np
from numpy.typing import NDArray

from .background import find_background
from .description import ColorsDescription
from .embedding import embed
from .oklab import from_rgb, to_rgb
from .palette import extract
from .points import histogram
from .sampling import sampled, without_mixtures

_OPAQUE = 128  # of 255; below, a pixel shows more of what is behind it than of itself


def describe_pixels(
    pixels: NDArray[np.uint8],
    opacity: NDArray[np.uint8] | None = None,
    *,
    ignore_background: bool = True,
    ignore_interior: bool = False,
) -> ColorsDescription:
    """The colours of (h, w, 3) uint8 sRGB pixels, h and w > 0.

    `opacity`: (h, w) uint8, None for an opaque picture; what is transparent is left out, and a
    picture with nothing else counts as opaque. `ignore_interior`: what the border's colour encloses
    within the object is background too.
    """
    small = sampled(pixels)
    lab = from_rgb(small)
    seen = np.ones(small.shape[:2], np.bool_)
    if opacity is not None:
        opaque = sampled(opacity) >= _OPAQUE
        seen = opaque if opaque.any() else seen
    found = None
    if ignore_background:
        found = find_background(small, lab, seen, interior=ignore_interior)
    kept = seen if found is None else seen & ~found.mask
    points, weights = histogram(without_mixtures(small, lab)[kept])
    swatches, shares = extract(points, weights)
    vector = embed(points, weights)
    if found is None:
        return ColorsDescription(to_rgb(swatches), shares, vector)
    red, green, blue = (int(value) for value in to_rgb(found.colour))
    share = float(np.float32(np.count_nonzero(found.mask) / np.count_nonzero(seen)))
    return ColorsDescription(to_rgb(swatches), shares, vector, (red, green, blue), share)
