"""Letters and flat tones that are printed on two pictures, and what only looks like it."""

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import picture, pixels
from udata_mediadb.recognition.match.signature import MatchSignature

SIGNATURE = MatchSignature()
WHITE = (240, 240, 240)


def verify(query, reference):
    return SIGNATURE.verify(*(SIGNATURE.describe(picture(p)) for p in (query, reference)))


def words(drawn, lines, size):
    for (x, y), text in lines:
        cv2.putText(drawn, text, (x, y), cv2.FONT_HERSHEY_DUPLEX, size, WHITE, 2, cv2.LINE_AA)


def emblem(drawn, x, y, side):
    cv2.rectangle(drawn, (x, y), (x + side, y + side), (30, 140, 90), -1)
    cv2.circle(drawn, (x + side // 2, y + side // 3), side // 4, (190, 60, 40), -1)
    words(drawn, [((x + 4, y + side - 6), "KXB")], side / 80)


def with_lower_third(seed):
    """A bar of a channel, over a seventh of the picture, with its ticker."""
    marked = pixels(seed).copy()
    marked[350:420, 30:560] = (40, 60, 120)
    marked[455:] = (150, 40, 50)
    emblem(marked, 30, 350, 70)
    words(marked, [((110, 395), "WRTUPI OMAB LEGHI RUN")], 0.9)
    words(marked, [((10, 474), "BALG TROWEM PISH AVUNC LORTE GIM PAU")], 0.6)
    return marked


def with_layout(seed):
    """A poster of a house: title, emblem and lines, and a picture in the middle."""
    sheet = np.full((760, 640, 3), (60, 45, 90), np.uint8)
    sheet[150:570] = pixels(seed)[30:450]
    emblem(sheet, 20, 20, 110)
    words(sheet, [((150, 70), "GORVIN ULTAB"), ((150, 120), "HEMPWIK SOL")], 1.4)
    lines = ("Trewol hamib 27 kup", "Wonefa grilt sum, Osk", "rebi Latumfey 8 Hwq")
    words(sheet, [((24, 615 + 48 * i), text) for i, text in enumerate(lines)], 1.1)
    return sheet


PRINTS = {"a lower third": with_lower_third, "a layout": with_layout}


@pytest.mark.parametrize("seeds", ((21, 3), (5, 12), (8, 31)))
@pytest.mark.parametrize("name", PRINTS)
def test_a_print_of_few_tones_makes_no_match(name, seeds):
    comparison = verify(*(PRINTS[name](seed) for seed in seeds))
    assert comparison.decision == "shared_part"
    assert comparison.distance >= 0.5


@pytest.mark.parametrize("name", PRINTS)
def test_a_copy_with_such_a_print_is_found(name):
    stored = PRINTS[name](3)
    assert verify(PRINTS[name](3)[:, 80:], stored).decision in ("clone", "match")
    assert verify(pixels(3)[30:450], stored).decision in ("clone", "match")


def seen_from(seed, side):
    """A sign before a landscape, which is displaced behind it, here more and there less."""
    y, x = np.mgrid[:480, :640].astype(np.float32)
    behind = cv2.GaussianBlur(pixels(seed), (0, 0), 3)
    across = side * 16 * np.sin(x / 70) + 8 * side
    drawn = cv2.remap(behind, x + across, y + side * 12 * np.cos(y / 60), cv2.INTER_LINEAR)
    drawn[190:290, 160:480] = (40, 60, 120)
    words(drawn, [((180, 235), "ORTWIN GASULM"), ((180, 275), "BELKH RAF 47")], 1.0)
    return drawn


@pytest.mark.parametrize("seed", (8, 21))
def test_a_thing_seen_from_elsewhere_is_no_print(seed):
    seen = verify(seen_from(seed, 1), seen_from(seed, -1))
    other = verify(seen_from(seed + 1, 1), seen_from(seed, -1))
    assert seen.details["agreement"] < 0.5
    assert (seen.decision, other.decision) == ("match", "shared_part")
