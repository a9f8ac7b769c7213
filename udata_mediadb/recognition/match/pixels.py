"""The pixels of a query that was loaded from its stored form."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ...imaging import Picture
from .description import MatchDescription
from .features import reduced_grey
from .impulses import without_impulses


def with_pixels(
    description: MatchDescription, picture: Callable[[], Picture | None]
) -> MatchDescription:
    """A description without its grey picture, that is made of this one where it is looked at."""

    @cache
    def look() -> NDArray[np.uint8] | None:
        shown = picture()
        if shown is None:
            return None
        grey = cv2.cvtColor(without_impulses(shown.pixels), cv2.COLOR_RGB2GRAY)
        return reduced_grey(np.asarray(grey, np.uint8), description.resized)

    return replace(description, look=look)
