"""Blinds, knitwear, stars: what repeats is found where the greys prove that it is this one."""

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import picture
from udata_mediadb.recognition.match.appearance import repeats
from udata_mediadb.recognition.match.signature import MatchSignature

SIGNATURE = MatchSignature()
SEEDS = range(4)


def described(pixels):
    return SIGNATURE.describe(picture(pixels))


def in_grey(levels):
    return np.repeat(np.clip(120 + levels, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def blinds(seed):
    """Slats in an uneven light."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:500, :800].astype(np.float32)
    slats = np.sign(np.sin(y / random.uniform(9, 14) + 0.002 * x * random.uniform(0.5, 1.5)))
    spot = np.exp(-(((x - random.uniform(200, 600)) / random.uniform(150, 300)) ** 2))
    light = 30 * np.sin(x / random.uniform(150, 260) + random.uniform(0, 6))
    return in_grey(40 * slats * (0.3 + 0.7 * spot) + light)


def knitted(seed):
    """The same stitch throughout, in an uneven light."""
    random = np.random.default_rng(seed)
    period = random.uniform(30, 45)
    y, x = np.mgrid[:500, :800].astype(np.float32)
    stitch = 45 * np.sin(2 * np.pi * x / period) * np.cos(2 * np.pi * y / period)
    light = 25 * np.sin(x / random.uniform(150, 260) + random.uniform(0, 6))
    return in_grey(stitch + light + 15 * np.cos(y / random.uniform(120, 200)))


def stars(seed):
    """Many like stars on a soft ground."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:600, :800].astype(np.float32)
    sheet = in_grey(40 * np.sin(x / 300 + seed) + 30 * np.cos(y / 200) - 60)
    for _ in range(90):
        middle, size = random.uniform((20, 20), (780, 580)), random.uniform(5, 9)
        turn = np.arange(10) * np.pi / 5 + random.uniform(0, 6)
        rays = np.where(np.arange(10) % 2, size * 0.45, size)
        corners = middle + rays[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        outline = [np.round(corners * 16).astype(np.int32)]
        cv2.fillPoly(sheet, outline, (235, 230, 200), cv2.LINE_AA, 4)
    return sheet


def compressed(pixels):
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 8])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def noisy(pixels):
    noise = np.random.default_rng(1).normal(0, 15, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def found(query, reference):
    first = SIGNATURE.verify(query, reference)
    if first is not None and first.accepted:
        return first
    return SIGNATURE.verify_again(query, reference)


@pytest.mark.parametrize("way", [compressed, noisy])
@pytest.mark.parametrize("make", [blinds, knitted])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_worse_copy_of_what_repeats_is_found(make, way, seed):
    reference = described(make(seed))
    assert repeats(reference)
    hit = found(described(way(make(seed))), reference)
    assert hit is not None and hit.accepted


@pytest.mark.parametrize("make", [blinds, knitted, stars])
def test_another_of_its_kind_is_not(make):
    stored = [described(make(seed)) for seed in range(10, 15)]
    for seed in SEEDS:
        query = described(compressed(make(seed)))
        for reference in stored:
            hit = found(query, reference)
            assert hit is None or not hit.accepted


@pytest.mark.parametrize("seed", SEEDS)
def test_many_like_stars_are_found_though_a_strong_contrast_hides_some(seed):
    sheet = stars(seed).astype(np.float32)
    stronger = np.clip((sheet - 127.5) * 1.8 + 127.5, 0, 255).astype(np.uint8)
    hit = found(described(stronger), described(stars(seed)))
    assert hit is not None and hit.accepted
