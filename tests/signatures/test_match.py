"""The match signature on drawn pictures: what it accepts, what it refuses, what it reports."""

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import picture, pixels
from udata_mediadb.recognition.match.signature import MatchSignature

SIGNATURE = MatchSignature()
REFERENCE = pixels(1)


def verify(query, reference=REFERENCE):
    return SIGNATURE.verify(*(SIGNATURE.describe(picture(p)) for p in (query, reference)))


def landed(comparison, points, size):
    """Points of the reference (px of the original) in the query (px of an original of `size`)."""
    homography = np.array(comparison.details["homography_normalized"]).reshape(3, 3)
    height, width = REFERENCE.shape[:2]
    fractions = (np.array(points, float) + 0.5) / (width, height)
    return cv2.perspectiveTransform(fractions[None], homography)[0] * size - 0.5


CORNERS = [[100, 100], [500, 100], [500, 400], [100, 400]]


# (attack, decision, mirrored, negative)
CASES = {
    "the same": (lambda p: p, "clone", False, False),
    "half the size": (
        lambda p: cv2.resize(p, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
        "clone", False, False,
    ),
    "a crop": (lambda p: p[100:400, 150:500], "match", False, False),
    "a tenth": (lambda p: p[100:252, 200:402], "match", False, False),
    "turned": (np.rot90, "match", False, False),
    "mirrored": (lambda p: p[:, ::-1], "match", True, False),
    "upside down": (lambda p: p[::-1], "match", True, False),
    "mirrored crop": (lambda p: p[100:400, 500:150:-1], "match", True, False),
    "negative": (lambda p: 255 - p, "match", False, True),
    "mirrored negative": (lambda p: 255 - p[:, ::-1], "match", True, True),
    "blurred": (lambda p: cv2.GaussianBlur(p, (0, 0), 2), "clone", False, False),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_copy_is_accepted_with_the_right_decision(name):
    attack, decision, mirrored, negative = CASES[name]
    comparison = verify(attack(REFERENCE))
    assert comparison.decision == decision
    assert comparison.details["mirrored"] is mirrored
    assert comparison.details["negative"] is negative
    assert comparison.distance < 0.5


@pytest.mark.parametrize("seed", range(2, 12))
def test_another_picture_is_not_accepted(seed):
    comparison = verify(pixels(seed))
    assert comparison is None or not comparison.accepted
    assert comparison is None or comparison.distance >= 0.5


def test_the_homography_of_a_crop_is_its_shift():
    comparison = verify(REFERENCE[80:420, 60:560])
    expected = np.array(CORNERS) - (60, 80)
    assert np.abs(landed(comparison, CORNERS, (500, 340)) - expected).max() < 1


def test_the_homography_of_a_mirrored_copy_maps_to_the_query_itself():
    comparison = verify(REFERENCE[:, ::-1])
    expected = [[639 - x, y] for x, y in CORNERS]
    assert np.abs(landed(comparison, CORNERS, (640, 480)) - expected).max() < 1
    coefficients = np.array(comparison.details["homography"]["coefficients"]).reshape(3, 3)
    assert np.linalg.det(coefficients) < 0


def test_the_homography_of_a_photographed_copy_follows_its_perspective():
    corners = np.float32([[0, 0], [639, 0], [639, 479], [0, 479]])
    target = np.float32([[60, 40], [600, 10], [560, 470], [20, 400]])
    truth = cv2.getPerspectiveTransform(corners, target)
    comparison = verify(cv2.warpPerspective(REFERENCE, truth, (640, 480)))
    expected = cv2.perspectiveTransform(np.array([CORNERS], float), truth)[0]
    assert np.abs(landed(comparison, CORNERS, (640, 480)) - expected).max() < 1.5


def test_a_rescaled_copy_has_the_identity_in_resized_pixels():
    small = cv2.resize(REFERENCE, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    homography = verify(small).details["homography"]
    assert homography["source"] == "reference"
    assert homography["destination"] == "query"
    assert homography["coefficients"][8] == 1.0
    assert np.abs(np.array(homography["coefficients"]) - np.eye(3).ravel()).max() < 0.5


def test_details_have_the_fields_and_frames_of_the_guide():
    details = verify(REFERENCE[100:400, 150:500]).details
    assert details["decision"] == "Match"
    assert details["category"] == "LOCALMATCHING"
    assert details["reference"]["resizedDimensions"] == [512.0, 384.0]
    assert details["reference"]["originalDimensions"] == [640.0, 480.0]
    assert details["query"]["resizedDimensions"] == [512.0, 439.0]
    assert details["query"]["originalDimensions"] == [350.0, 300.0]
    assert set(details["scores"]) == {
        "boxPointsRatio", "boxCoveredSurface", "boxPointsRatioHomography", "matchStrength",
        "matchStrengthWithoutWeighting",
    }  # fmt: skip
    assert all(0 <= score <= 1 for score in details["scores"].values())
    assert 0 <= details["distance"] <= 1
    assert 0 <= details["confidence"] <= 1


def test_the_reference_box_is_upright_and_covers_what_was_cut_out():
    box = verify(REFERENCE[100:400, 150:500]).details["reference"]["matchingBox"]
    (left, top), (right, top_too), (right_too, bottom), (left_too, bottom_too) = box["points"]
    assert (left, right, top, bottom) == (left_too, right_too, top_too, bottom_too)
    assert box["area"] == pytest.approx((right - left) * (bottom - top), abs=1e-3)
    assert left == pytest.approx(150 / 640, abs=0.05)
    assert bottom == pytest.approx(400 / 480, abs=0.05)


def test_comparing_twice_gives_the_same():
    query = REFERENCE[60:300, 80:420]
    assert verify(query) == verify(query)


def test_a_symmetric_picture_is_read_plainly():
    half = pixels(5, 320, 480)
    symmetric = np.concatenate([half, half[:, ::-1]], axis=1)
    comparison = verify(symmetric, symmetric)
    assert comparison.decision == "clone"
    assert comparison.details["mirrored"] is False


def test_salt_and_pepper_does_not_hide_a_copy():
    rng = np.random.default_rng(3)
    noisy = REFERENCE.copy()
    chance = rng.random(noisy.shape[:2])
    noisy[chance < 0.06] = 0
    noisy[chance > 0.94] = 255
    assert verify(noisy).accepted


def grid(step_px, line_px, size=(480, 640)):
    canvas = np.full((*size, 3), 245, np.uint8)
    for at in range(0, max(size), step_px):
        canvas[at : at + line_px] = 40
        canvas[:, at : at + line_px] = 40
    return canvas


def checkerboard(step_px, size=(480, 640)):
    rows, columns = np.indices(size) // step_px
    return np.repeat(((rows + columns) % 2 * 255).astype(np.uint8)[:, :, None], 3, axis=2)


def halftone(step_px, size=(480, 640)):
    y, x = np.indices(size) % step_px - step_px // 2
    dot = (x**2 + y**2 < (step_px / 3) ** 2) * 255
    return np.repeat(dot.astype(np.uint8)[:, :, None], 3, axis=2)


def lines(seed):
    rng = np.random.default_rng(seed)
    canvas = np.full((480, 640, 3), 250, np.uint8)
    for y in rng.integers(10, 470, 12):
        cv2.line(canvas, (0, int(y)), (640, int(y)), (0, 0, 0), int(rng.integers(1, 5)))
    return canvas


def page(seed):
    rng = np.random.default_rng(seed)
    canvas = np.full((640, 480, 3), 255, np.uint8)
    for row in range(30, 630, 26):
        words = "".join(rng.choice(list("etaoinshrdlu  "), 30))
        cv2.putText(canvas, words, (15, row), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 1)
    return canvas


@pytest.mark.parametrize(
    ("query", "reference"),
    [
        (grid(40, 3), grid(32, 2)),
        (grid(40, 3), grid(40, 5)),
        (checkerboard(40), checkerboard(32)),
        (checkerboard(60), checkerboard(20)),
        (halftone(12), halftone(16)),
        (lines(1), lines(2)),
        (page(1), page(2)),
        (page(3), page(4)),
        (grid(40, 3), checkerboard(40)),
        (page(1), REFERENCE),
    ],
    ids=lambda _: "",
)
def test_repeated_patterns_lines_and_letters_are_no_copies(query, reference):
    comparison = verify(query, reference)
    assert comparison is None or not comparison.accepted


def test_what_agrees_only_along_a_line_is_rejected():
    strip = pixels(7, 640, 6)
    one, other = pixels(8).copy(), pixels(9).copy()
    one[237:243], other[237:243] = strip, strip
    comparison = verify(one, other)
    assert comparison is None or not comparison.accepted


def test_a_picture_without_texture_is_found_as_a_whole():
    y, x = np.indices((300, 400))
    smooth = np.stack([x // 3, y // 2, (x + y) // 4], axis=2).astype(np.uint8)
    small = cv2.resize(smooth, (200, 150), interpolation=cv2.INTER_AREA)
    assert verify(small, smooth).decision == "clone"


def test_bytes_of_other_features_are_refused():
    data = bytearray(SIGNATURE.dumps(SIGNATURE.describe(picture(REFERENCE))))
    data[4] += 1
    with pytest.raises(ValueError, match="version"):
        SIGNATURE.loads(bytes(data))


def test_a_stored_description_is_small():
    assert len(SIGNATURE.dumps(SIGNATURE.describe(picture(REFERENCE)))) <= 73_000


@pytest.mark.parametrize(
    "query", [REFERENCE, REFERENCE[:, ::-1], REFERENCE[::-1], REFERENCE[80:420, 60:560]]
)
def test_a_homography_has_no_noise_and_one_zero(query):
    details = verify(query).details

    numbers = [*details["homography"]["coefficients"], *details["homography_normalized"]]
    for number in numbers:
        assert number == 0 or abs(number) >= 1e-12
        assert repr(number) != "-0.0"
