"""Pale, soft and noisy pictures: few keypoints place them, and their greys prove what they are."""

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import picture
from udata_mediadb.recognition.match.signature import MatchSignature
from udata_mediadb.recognition.signature import ACCEPTED

SIGNATURE = MatchSignature()
SIZE = (500, 800)


def soft(seed, contrast=1.0, size=SIZE):
    """Soft spots of many sizes and greys at random, as on a wallpaper."""
    random = np.random.default_rng(seed)
    height, width = size
    y, x = np.mgrid[:height, :width].astype(np.float32)
    grey = np.full(size, 120.0, np.float32)
    for number in range(160):
        across, down = random.uniform(0, width), random.uniform(0, height)
        spread = random.uniform(25, 90) if number < 40 else random.uniform(6, 14)
        grey += (
            random.uniform(-1, 1)
            * (45 if number < 40 else 12)
            * np.exp(-((x - across) ** 2 + (y - down) ** 2) / (2 * spread**2))
        )
    levels = np.clip(120 + contrast * (grey - 120), 0, 255).astype(np.uint8)
    return np.repeat(levels[:, :, None], 3, axis=2)


def compressed(pixels):
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 8])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def noisy(pixels):
    noise = np.random.default_rng(1).normal(0, 40, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def bordered(pixels):
    framed = cv2.copyMakeBorder(pixels, 60, 60, 90, 90, cv2.BORDER_CONSTANT, value=(110, 115, 120))
    return compressed(framed)


def seen_askew(pixels):
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + np.array([[60, 40], [-20, 70], [-70, -30], [30, -60]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    return noisy(cv2.warpPerspective(pixels, matrix, (width, height), borderValue=(120,) * 3))


COPIES = {one.__name__: one for one in (compressed, noisy, bordered, seen_askew)}


def verify(query, reference):
    return SIGNATURE.verify(*(SIGNATURE.describe(picture(p)) for p in (query, reference)))


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("seed", (0, 2, 3))
def test_copies_of_soft_pictures_are_found(name, seed):
    comparison = verify(COPIES[name](soft(seed)), soft(seed))
    assert comparison is not None
    assert comparison.decision in ACCEPTED


@pytest.mark.parametrize("name", COPIES)
def test_other_soft_pictures_are_no_copies(name):
    stored = [soft(seed) for seed in range(20, 26)]
    for seed in range(4):
        for other in stored:
            comparison = verify(COPIES[name](soft(seed)), other)
            assert comparison is None or not comparison.accepted
