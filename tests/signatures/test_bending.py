"""A page that curls is laid flat before it is told what it only shares."""

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import picture
from tests.signatures.test_appearance import soft
from tests.signatures.test_equal_parts import crossword, month
from udata_mediadb.recognition.match.alignment import align
from udata_mediadb.recognition.match.bending import laid_flat
from udata_mediadb.recognition.match.description import dumps, loads
from udata_mediadb.recognition.match.signature import MatchSignature

SIGNATURE = MatchSignature()


def described(pixels):
    return SIGNATURE.describe(picture(pixels))


def curled(page, share=0.04):
    """A sheet that is bent along its width, photographed on a table."""
    height, width = page.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    bend = (np.sin(np.pi * x / width) - 0.5).astype(np.float32) * share * height
    bent = cv2.remap(page, x, y + bend, cv2.INTER_LINEAR, borderValue=(90,) * 3)
    spots = np.random.default_rng(3).integers(60, 200, (6, 8, 3), dtype=np.uint8)
    table = cv2.resize(spots, (1300, 1000), interpolation=cv2.INTER_CUBIC)
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[250, 80], [1000, 50], [1080, 940], [180, 930]], np.float32)
    matrix = cv2.getPerspectiveTransform(frame, seen)
    cv2.warpPerspective(bent, matrix, (1300, 1000), table, borderMode=cv2.BORDER_TRANSPARENT)
    return table


@pytest.mark.parametrize(("seed", "share"), [(0, 0.04), (1, 0.04), (2, 0.04), (5, 0.05)])
def test_a_curled_page_is_found(seed, share):
    """Of the last one 4 % of the places are unlike: its rim is left a little bent."""
    found = SIGNATURE.verify(described(curled(crossword(seed), share)), described(crossword(seed)))
    assert found is not None and found.decision == "match"
    assert found.details["agreement"] > 0.9


def test_a_copy_that_is_bent_in_its_frame_is_found():
    page = crossword(2)
    y, x = np.mgrid[: page.shape[0], : page.shape[1]].astype(np.float32)
    bent = cv2.remap(
        page, x, y + 9 * np.sin(np.pi * x / 700), cv2.INTER_LINEAR, borderValue=(255,) * 3
    )
    found = SIGNATURE.verify(described(bent), described(page))
    assert found is not None and found.decision == "match"


def test_a_curled_month_is_no_other_month():
    february, march = month("February", 6, 28), month("March", 6, 31)
    for shown, stored in ((february, march), (march, february)):
        found = SIGNATURE.verify(described(curled(shown)), described(stored))
        assert found is None or not found.accepted


def test_a_curled_page_with_other_letters_is_not():
    query = described(curled(crossword(0)))
    for seed in range(1, 5):
        for look in (SIGNATURE.verify, SIGNATURE.verify_again):
            found = look(query, described(crossword(seed)))
            assert found is None or not found.accepted


def test_without_its_bend_more_of_it_is_in_place():
    query, reference = described(curled(crossword(1))), described(crossword(1))
    bent = align(query, reference)
    assert bent is not None
    flat = laid_flat(bent, query, reference)
    assert flat is not None
    found = align(flat, reference)
    assert found is not None and found.places > bent.places
    assert len(flat) == len(query) and flat.resized == query.resized


@pytest.mark.parametrize("make", [soft, crossword])
def test_what_is_flat_is_left_as_it_is(make):
    query, reference = described(make(2)[10:, 10:]), described(make(2))
    found = align(query, reference)
    assert found is not None
    assert laid_flat(found, query, reference) is None


def test_without_pixels_nothing_is_laid_flat():
    query, reference = described(curled(crossword(1))), described(crossword(1))
    found = align(query, reference)
    assert found is not None
    assert laid_flat(found, loads(dumps(query)), reference) is None
