"""HEIC, with the extra `[heif]`; without it, what the refusal says."""

import pytest
from PIL import Image

from udata_mediadb.errors import TooLarge, UnsupportedImage
from udata_mediadb.imaging import formats, heif
from udata_mediadb.imaging.decoding import decode

from . import images
from .heic_files import HEIC

needs_heif = pytest.mark.skipif(heif.HeifImageFile is None, reason="[heif] is not installed")
# The sequence parameter set of the file, where it says 96 x 64 as Exp-Golomb numbers.
SIZE = next(heif._sizes(HEIC))


@needs_heif
def test_heic_is_read_and_shows_the_picture() -> None:
    picture = decode(HEIC, max_pixels=10_000, side=96)
    drawn = Image.fromarray(images.photo(5, 640, 480)).resize((96, 64))

    assert (picture.width, picture.height, picture.format) == (96, 64, "HEIF")
    assert abs(picture.pixels.astype(int) - drawn).mean() < 12


def test_the_size_stands_in_the_stream() -> None:
    assert SIZE == (96, 64)


@needs_heif
def test_a_stream_larger_than_the_cap_is_refused_before_it_is_decoded() -> None:
    with pytest.raises((TooLarge, UnsupportedImage), match="96x64"):
        decode(HEIC, max_pixels=6_000, side=96)
    with pytest.raises(UnsupportedImage, match="96x64"):
        heif.check_streams(HEIC, 6_000)


@needs_heif
def test_memory_for_it_is_reckoned_beforehand() -> None:
    with pytest.raises(TooLarge, match="to decode"):
        decode(HEIC, max_pixels=10_000, side=96, max_bytes=50_000)


@needs_heif
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_heic_that_was_cut_off_is_refused(share: float) -> None:
    with pytest.raises(UnsupportedImage):
        decode(HEIC[: int(len(HEIC) * share)], max_pixels=10_000, side=96)


@needs_heif
def test_damaged_heic_is_refused_or_read() -> None:
    for position in range(0, len(HEIC), 7):
        damaged = HEIC[:position] + bytes([HEIC[position] ^ 0xFF]) + HEIC[position + 1 :]
        try:
            assert decode(damaged, max_pixels=10_000, side=96).width <= 100
        except (UnsupportedImage, TooLarge):
            continue


def test_many_streams_are_refused() -> None:
    with pytest.raises(UnsupportedImage, match="streams"):
        heif.check_streams(b"hvcC" * 2_000, 10_000)


def test_empty_parameter_sets_are_not_walked_through_again_and_again() -> None:
    empty = b"\x01\xff\xff" + bytes(2 * 0xFFFF)  # an array of 65,535 parameter sets of no bytes
    with pytest.raises(UnsupportedImage, match="20000 parameter sets"):
        heif.check_streams(b"hvcC" + bytes(22) + b"\xff" + empty, 10_000)


def test_without_the_extra_the_refusal_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "HeifImageFile", None)
    with pytest.raises(UnsupportedImage, match=r"HEIC/HEIF.*JPEG.*\[heif\]"):
        formats.sniff(HEIC)
