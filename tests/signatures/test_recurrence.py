"""Boards, forms and fences: two of one kind are no copies, and a copy of one is still found."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import picture
from udata_mediadb.recognition.match.signature import MatchSignature

SIGNATURE = MatchSignature()
FONT = cv2.FONT_HERSHEY_SIMPLEX
LETTERS = "abcdefghijklmnopqrstuvwxyz    "
LABELS = ["Surname", "First name", "Born", "Street", "City", "Phone", "Email", "Work", "Sign"]


def board(seed: int) -> np.ndarray:
    """A hatched board with letters at its sides and pieces on it."""
    random = np.random.default_rng(seed)
    drawn = np.full((560, 560, 3), 255, np.uint8)
    for i in range(8):
        cv2.putText(drawn, str(8 - i), (6, 60 + i * 64), FONT, 0.7, (0,) * 3, 2)
        cv2.putText(drawn, "abcdefgh"[i], (56 + i * 64, 552), FONT, 0.7, (0,) * 3, 2)
        for j in range(8):
            x, y = 32 + i * 64, 16 + j * 64
            if (i + j) % 2:
                for k in range(0, 64, 6):
                    cv2.line(drawn, (x + k, y), (x, y + k), (0,) * 3)
    for _ in range(18):
        x, y = (int(v) for v in random.integers(0, 8, 2))
        left, top = 38 + x * 64, 22 + y * 64
        cv2.rectangle(drawn, (left, top), (left + 52, top + 52), (255,) * 3, -1)
        cv2.putText(
            drawn, "KQRBNP"[random.integers(6)], (left + 8, top + 42), FONT, 1.4, (0,) * 3, 3
        )
    return drawn


def form(seed: int) -> np.ndarray:
    """The same form, filled in by somebody else."""
    random = np.random.default_rng(seed)
    drawn = np.full((900, 700, 3), 255, np.uint8)
    cv2.putText(drawn, "Application form 12-B", (150, 60), FONT, 1.1, (0,) * 3, 2)
    for i, label in enumerate(LABELS):
        cv2.putText(drawn, label, (30, 130 + i * 80), FONT, 0.7, (0,) * 3, 2)
        cv2.rectangle(drawn, (220, 100 + i * 80), (670, 145 + i * 80), (0,) * 3)
        text = "".join(LETTERS[k] for k in random.integers(0, len(LETTERS), 18))
        cv2.putText(drawn, text, (230, 132 + i * 80), FONT, 0.8, (120, 20, 20), 2)
    return drawn


def fence(seed: int) -> np.ndarray:
    """Boards side by side, each of another shade, and grain."""
    random = np.random.default_rng(seed)
    drawn = np.full((560, 800, 3), (90, 160, 120), np.uint8)
    for x in range(0, 800, 50):
        shade = 230 + int(random.integers(-20, 20))
        corners = [(x + 4, 120), (x + 23, 80), (x + 42, 120), (x + 42, 540), (x + 4, 540)]
        cv2.fillPoly(drawn, [np.array(corners)], (shade, shade, shade - 8))
    grain = random.normal(0, 10, (560, 800, 1))
    return cv2.GaussianBlur(np.clip(drawn + grain, 0, 255).astype(np.uint8), (0, 0), 0.8)


def described(pixels: np.ndarray):
    return SIGNATURE.describe(picture(pixels))


def turned(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 7, 0.95)
    return cv2.warpAffine(pixels, turn, (width, height), borderValue=(90, 90, 90))


KINDS = pytest.mark.parametrize("draw", [board, form, fence])


@KINDS
def test_another_one_of_the_kind_is_no_match(draw: Callable[[int], np.ndarray]) -> None:
    stored = [described(draw(seed)) for seed in range(3)]
    for seed in (1, 2, 7):
        query = described(draw(seed))
        for number, reference in enumerate(stored):
            found = SIGNATURE.verify(query, reference)
            accepted = found is not None and found.accepted
            assert accepted == (number == seed), (number, seed)


@KINDS
def test_a_copy_of_one_is_found(draw: Callable[[int], np.ndarray]) -> None:
    original = draw(1)
    height, width = original.shape[:2]
    reference = described(original)
    for copy in (
        cv2.resize(original, (width * 7 // 10, height * 7 // 10), interpolation=cv2.INTER_AREA),
        original[height // 5 :, : width * 3 // 4],
        turned(original),
    ):
        found = SIGNATURE.verify(described(copy), reference)
        assert found is not None and found.accepted
