"""A page that is shown throughout is that page, whatever its letters say elsewhere."""

import cv2
import numpy as np

from tests.contracts.pictures import picture
from udata_mediadb.recognition.match.agreement import agreement
from udata_mediadb.recognition.match.description import dumps, loads
from udata_mediadb.recognition.match.signature import MatchSignature
from udata_mediadb.recognition.match.throughout import is_shown_throughout
from udata_mediadb.recognition.match.whole import whole

SIGNATURE = MatchSignature()


def page(seed, lines=24):
    """Lines of made-up words."""
    random = np.random.default_rng(seed)
    sheet = np.full((900, 700, 3), 250, np.uint8)
    for line in range(lines):
        words = [random.integers(97, 123, random.integers(2, 9)) for _ in range(7)]
        text = " ".join("".join(map(chr, word)) for word in words)[:38]
        place = (40, 70 + line * 34)
        cv2.putText(sheet, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.9, (30,) * 3, 2)
    return sheet


def said(shown, stored, prepare=lambda one: one):
    query = prepare(SIGNATURE.describe(picture(shown)))
    reference = SIGNATURE.describe(picture(stored))
    laid = whole(query, reference)
    return is_shown_throughout(laid, agreement(laid, query, reference), query, reference)


def test_a_blurred_page_is_shown_throughout():
    assert said(cv2.GaussianBlur(page(1), (0, 0), 1.2), page(1))


def test_another_page_with_the_same_lines_is_not():
    assert not said(page(2), page(1))


def test_a_page_with_some_other_lines_is_not():
    other = page(1)
    other[280:420] = page(2)[280:420]
    assert not said(other, page(1))


def test_a_page_of_few_lines_and_one_without_pixels_are_not():
    assert not said(page(1, lines=3), page(1, lines=3))
    assert not said(page(1), page(1), lambda one: loads(dumps(one)))
