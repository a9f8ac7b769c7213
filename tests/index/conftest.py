"""Described pictures for the tests of the indexes."""

import numpy as np
import pytest

from tests.images import Pixels, photo
from udata_mediadb.imaging import Picture
from udata_mediadb.recognition.match.description import MatchDescription
from udata_mediadb.recognition.match.features import describe
from udata_mediadb.recognition.match.inverted.vocabulary import Vocabulary, shipped_vocabulary

COUNT = 21


def described(pixels: Pixels) -> MatchDescription:
    """The match description of these pixels."""
    contiguous = np.ascontiguousarray(pixels)
    return describe(Picture(contiguous, pixels.shape[1], pixels.shape[0], "PNG"))


@pytest.fixture(scope="session")
def pictures() -> list[Pixels]:
    return [photo(seed, 400, 300) for seed in range(COUNT)]


@pytest.fixture(scope="session")
def descriptions(pictures: list[Pixels]) -> list[MatchDescription]:
    return [described(pixels) for pixels in pictures]


@pytest.fixture(scope="session")
def blank() -> MatchDescription:
    """Of a picture without any texture: no keypoints."""
    return described(np.full((300, 400, 3), 200, np.uint8))


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return shipped_vocabulary()
