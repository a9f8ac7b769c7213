"""The compact description: its size, its variants, its refusals, and the form before it."""

import cv2
import numpy as np
import pytest

from tests.contracts.pictures import picture, pixels
from tests.former_match import former_form
from udata_mediadb.recognition.match.basis import BITS, pack, shipped_basis, unpack
from udata_mediadb.recognition.match.description import STRONGEST, dumps, loads
from udata_mediadb.recognition.match.features import (
    VARIANTS,
    describe,
    find_keypoints,
    frame_of,
    order_spread,
    variant_of,
)
from udata_mediadb.recognition.match.permutations import READINGS
from udata_mediadb.recognition.match.signature import FormerMatchSignature, MatchSignature

BUSY = np.random.default_rng(3).integers(0, 256, (60, 80, 3), dtype=np.uint8)
BUSY = cv2.resize(BUSY, (800, 600), interpolation=cv2.INTER_CUBIC)


def test_a_thousand_keypoints_take_less_than_45_kilobytes() -> None:
    description = describe(picture(BUSY))
    assert len(description) == 1000
    assert len(dumps(description)) <= 45_000
    again = loads(dumps(description))
    assert again == description
    assert (again.vectors == description.vectors).all()


def test_levels_are_packed_and_unpacked_without_loss() -> None:
    highest = (1 << np.array(BITS)) - 1
    levels = np.random.default_rng(1).integers(0, highest + 1, (500, 64)).astype(np.uint8)
    packed = np.frombuffer(pack(levels), np.uint8).reshape(500, 32)
    assert (unpack(packed) == levels).all()


@pytest.mark.parametrize("variant", range(4))
def test_a_variant_of_a_descriptor_has_the_same_or_the_negative_components(variant: int) -> None:
    descriptors = find_keypoints(cv2.cvtColor(BUSY, cv2.COLOR_RGB2GRAY), 500, 500)[-1]
    basis = shipped_basis()
    seen = basis.levels(descriptors[:, READINGS[variant]])
    turned = basis.turned(basis.levels(descriptors), variant)
    assert np.mean(seen == turned) > 0.9999  # sums round differently
    assert np.allclose(
        basis.vectors(turned), basis.vectors(basis.levels(descriptors)) * basis.signs[variant]
    )


def test_a_variant_is_made_once() -> None:
    description = describe(picture(BUSY))
    for variant in VARIANTS[1:]:
        assert variant_of(description, variant) is variant_of(description, variant)


def test_the_strongest_come_first_and_the_others_from_everywhere() -> None:
    """One busy corner, and little beside it."""
    scene = np.full((600, 800, 3), 128, np.uint8)
    scene[:300, :400] = BUSY[:300, :400]
    faint = (BUSY[300:].astype(int) - 128) // 6 + 128
    scene[300:] = faint.astype(np.uint8)
    description = describe(picture(scene))
    low = description.xy[:, 1] > 300 * 512 / 800
    assert low[:STRONGEST].mean() < 0.1 < low[STRONGEST:].mean()


def test_spread_keypoints_come_in_turn_from_the_fields() -> None:
    places = np.array([[10.0, 10], [11, 10], [12, 10], [90, 90], [10, 11], [91, 90]])
    assert order_spread(places, (100, 100), 1).tolist() == [0, 1, 3, 2, 5, 4]


@pytest.mark.parametrize(
    ("size", "frame"),
    [
        ((640, 360), (512, 288)),
        ((300, 300), (512, 512)),
        ((800, 400), (512, 256)),
        ((4000, 200), (1619, 81)),
        ((1, 1), (512, 512)),
        ((100_000, 3), (2047, 16)),
        ((3, 10_000), (16, 2047)),
    ],
)
def test_a_strip_keeps_its_area(size: tuple[int, int], frame: tuple[int, int]) -> None:
    found, keypoints = frame_of(*size)
    assert found == frame
    assert 1000 <= keypoints <= 1500


def test_a_strip_is_found_by_a_tenth_of_it() -> None:
    tiles = [cv2.resize(pixels(seed), (200, 200), cv2.INTER_AREA) for seed in range(20)]
    strip = np.concatenate(tiles, axis=1)
    signature = MatchSignature()
    comparison = signature.verify(
        signature.describe(picture(strip[:, 1800:2200])), signature.describe(picture(strip))
    )
    assert comparison is not None
    assert comparison.decision == "match"


def test_bytes_of_another_order_or_version_are_refused() -> None:
    data = dumps(describe(picture(BUSY)))
    swapped = data[:4] + data[4:6][::-1] + data[6:]
    for other in (swapped, former_form(BUSY[:384, :512]), data[:-1], b""):
        with pytest.raises(ValueError):
            loads(other)


def test_the_former_form_is_read_and_compared_as_today() -> None:
    stored = np.ascontiguousarray(BUSY[:384, :512])
    former = FormerMatchSignature()
    reference = former.loads(former_form(stored))
    query = former.describe(picture(stored[100:300, 100:400]))
    comparison = former.verify(query, reference)
    assert comparison is not None
    assert comparison.decision == "match"
    assert former.loads(former.dumps(query)) == query
    assert type(former.asked(min_box=0.5, every=False, alone=True)) is FormerMatchSignature
    for bad in (former_form(stored)[:-1], former_form(stored)[:30], b"UMD1\x01\x00"):
        with pytest.raises(ValueError):
            former.loads(bad)


def test_a_drawing_on_white_has_the_keypoints_that_opencv_finds() -> None:
    grey = np.full((384, 512), 255, np.uint8)
    for number in range(12):
        place = (20 + 40 * number % 450, 40 + 29 * number)
        cv2.putText(grey, f"Ab{number}", place, cv2.FONT_HERSHEY_SIMPLEX, 1.1, 30 + 9 * number, 3)
    xy, size, angle, descriptors = find_keypoints(grey, 1000, 500)
    found, theirs = cv2.SIFT.create(0, 3, 0.01, 10.0, 1.6, True).detectAndCompute(grey, None)
    places = np.array([(*one.pt, one.size) for one in found])

    assert len(xy) > 300
    for place, turn, own in zip(np.column_stack([xy, size]), angle, descriptors, strict=True):
        near = np.flatnonzero(np.abs(places - place).max(axis=1) < 0.1)
        turns = [abs((found[i].angle - turn + 180) % 360 - 180) for i in near]
        best = near[int(np.argmin(turns))]
        assert min(turns) < 1
        assert np.abs(theirs[best] - own).mean() < 1
