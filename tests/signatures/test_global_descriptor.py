"""Pictures without texture: found as a whole in any orientation, and never for being smooth."""

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import flat, picture
from udata_mediadb.recognition.match.features import describe
from udata_mediadb.recognition.match.global_descriptor import (
    WITHOUT_TEXTURE,
    code_of,
    codes_in_all_orientations,
)
from udata_mediadb.recognition.match.signature import MatchSignature
from udata_mediadb.recognition.signature import ACCEPTED

COLOURS = np.array([[40, 90, 200], [220, 60, 40], [240, 230, 60]], float)


def clouds(seed, width=400, height=300):
    """Smooth spots of colour, no edges."""
    spots = np.random.default_rng(seed).integers(20, 235, (4, 5, 3), dtype=np.uint8)
    return cv2.resize(spots, (width, height), interpolation=cv2.INTER_CUBIC)


def gradient(colour, upright=True):
    ramp = np.linspace(0, 1, 400)[None, :, None] * np.asarray(colour)
    pixels = np.repeat(ramp, 400, axis=0).astype(np.uint8)
    return pixels if upright else np.ascontiguousarray(pixels.transpose(1, 0, 2))


def verify(query, reference):
    first, second = describe(picture(query)), describe(picture(reference))
    return MatchSignature().verify(first, second)


@pytest.mark.parametrize("negative", [False, True], ids=["", "negative"])
@pytest.mark.parametrize("mirrored", [False, True], ids=["", "mirrored"])
@pytest.mark.parametrize("turns", range(4))
def test_a_smooth_picture_is_found_in_any_orientation(turns, mirrored, negative):
    reference = clouds(1)
    query = np.rot90(reference, turns)
    query = query[:, ::-1] if mirrored else query
    query = np.ascontiguousarray(255 - query if negative else query)
    found = verify(query, reference)
    upright = not (turns or mirrored or negative)
    assert found.decision == ("clone" if upright else "match")
    assert (found.details["mirrored"], found.details["negative"]) == (mirrored, negative)
    _check_homography(np.array(found.details["homography_normalized"]), query, reference, negative)


def _check_homography(coefficients, query, reference, negative):
    """The picture that the homography makes of the reference is the query."""
    height, width = query.shape[:2]
    matrix = np.diag([width, height, 1]) @ coefficients.reshape(3, 3)
    matrix = matrix @ np.diag([1 / reference.shape[1], 1 / reference.shape[0], 1])
    warped = cv2.warpPerspective(reference, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    warped = 255 - warped if negative else warped
    assert np.abs(warped.astype(int) - query).mean() < 4


def test_a_smooth_picture_is_found_after_strong_compression():
    reference = clouds(2)
    _, data = cv2.imencode(".jpg", reference, [cv2.IMWRITE_JPEG_QUALITY, 20])
    found = verify(cv2.imdecode(data, cv2.IMREAD_COLOR), reference)
    assert found is not None
    assert found.decision in ACCEPTED


def test_smooth_pictures_do_not_match_one_another():
    described = [describe(picture(clouds(seed))) for seed in range(12)]
    for colour in COLOURS:
        described += [describe(picture(gradient(colour, upright))) for upright in (True, False)]
    described += [describe(flat(grey)) for grey in (0, 128, 255)]
    for number, query in enumerate(described):
        for other, reference in enumerate(described):
            same_colour = 12 <= number < 18 and number // 2 == other // 2  # turned: a copy
            if number != other and not same_colour:
                found = MatchSignature().verify(query, reference)
                assert found is None or not found.accepted, (number, other)


def test_the_code_of_a_flat_picture_is_near_to_that_of_the_same_one_only():
    known = code_of(describe(flat(90)))
    asked = codes_in_all_orientations(describe(flat(90)))
    assert asked.shape == (1, 4)
    assert ((known ^ asked[0]) & ~np.array([0, 0, 0, WITHOUT_TEXTURE], np.uint64)).sum() == 0
    other = codes_in_all_orientations(describe(flat(91)))[0]
    assert np.bitwise_count(known ^ other).sum() > 80
