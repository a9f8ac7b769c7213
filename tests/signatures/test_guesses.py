"""One keypoint that is found again places the whole, where the greys agree there."""

import cv2
import numpy as np

from tests.contracts.pictures import picture
from tests.signatures.test_appearance import soft
from udata_mediadb.recognition.match.agreement import agreement
from udata_mediadb.recognition.match.description import dumps, loads
from udata_mediadb.recognition.match.geometry import project
from udata_mediadb.recognition.match.guesses import guessed
from udata_mediadb.recognition.match.signature import MatchSignature

SIGNATURE = MatchSignature()


def described(pixels):
    return SIGNATURE.describe(picture(pixels))


def turned(pixels):
    """By 20 degrees, at half the size, on a grey ground; and how the picture lies there."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 20, 0.6)
    return cv2.warpAffine(pixels, matrix, (width, height), borderValue=(70,) * 3), matrix


def test_a_guess_lays_the_picture_where_it_is():
    pixels, matrix = turned(soft(3))
    query, reference = described(pixels), described(soft(3))
    placed = list(guessed(query, reference))
    assert placed
    corners = np.array([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]) * reference.resized
    scale = 512 / 800
    truth = (corners / scale) @ matrix[:, :2].T + matrix[:, 2]
    best = max(placed, key=lambda one: agreement(one, query, reference).share)
    assert np.abs(project(best.homography, corners) - truth * scale).max() < 10
    assert agreement(best, query, reference).share > 0.9


def test_of_a_query_the_first_candidates_are_guessed_only():
    query, reference = described(turned(soft(3))[0]), described(soft(3))
    placed = [len(list(guessed(query, reference))) for _ in range(12)]
    assert all(placed[:10])
    assert not any(placed[10:])


def test_nothing_is_guessed_without_pixels_or_keypoints():
    query, reference = described(turned(soft(3))[0]), described(soft(3))
    assert not list(guessed(loads(dumps(query)), reference))
    assert not list(guessed(query.only(slice(1)), reference))
    assert not list(guessed(query, reference.only(slice(0))))
