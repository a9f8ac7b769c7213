"""What stands beside the pixels gives them their tone; which frame, and which files, are whole."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests import images
from udata_mediadb.imaging import decode, reencode

from .imaging_tones import MAX_PIXELS, saved

# 55 of 255 as linear light is 128 in sRGB (IEC 61966-2-1), white stays white
LINEAR, SHOWN = 55, 128


def shown(data: bytes) -> tuple[float, float]:
    """Means of what is described and of what is served."""
    described = decode(data, max_pixels=MAX_PIXELS, side=512).pixels
    served, _mime = reencode(data, max_pixels=MAX_PIXELS, max_side=2048)
    return float(described.mean()), float(
        np.asarray(Image.open(BytesIO(served)).convert("L")).mean()
    )


def grey_profile(gamma: float) -> bytes:
    """A minimal ICC v2 profile of a grey device (ICC.1:2001-04, 6.3.1.2) with one gamma."""
    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, int(gamma * 256), 0)
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"grey\0" + bytes(80)
    tags = [(b"desc", name + bytes(-len(name) % 4)), (b"wtpt", white), (b"kTRC", curve)]
    start, table, body = 132 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for kind, content in tags:
        table += kind + struct.pack(">II", start + len(body), len(content))
        body += content
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"", 0x02100000, b"mntr", b"GRAY", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


def with_chunks(png: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """The PNG with these chunks behind its header."""
    made = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return png[:33] + made + png[33:]


def tiff(rows: np.ndarray, *, photometric: int, order: str = "<", float_: bool = False) -> bytes:
    """An uncompressed TIFF of one band; `rows` in the type of its samples."""
    height, width = rows.shape
    data = rows.astype(rows.dtype.newbyteorder(order)).tobytes()
    entries = [
        *((256, 4, width), (257, 4, height), (258, 3, rows.dtype.itemsize * 8), (259, 3, 1)),
        *((262, 3, photometric), (273, 4, 8), (277, 3, 1), (278, 4, height), (279, 4, len(data))),
        (339, 3, 3 if float_ else 1),
    ]
    magic = b"II*\0" if order == "<" else b"MM\0*"
    table = struct.pack(order + "H", len(entries))
    for tag, kind, value in entries:
        packed = struct.pack(
            order + ("HH" if kind == 3 else "I"), *((value, 0) if kind == 3 else (value,))
        )
        table += struct.pack(order + "HHI", tag, kind, 1) + packed
    return magic + struct.pack(order + "I", 8 + len(data)) + data + table + bytes(4)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("mode", ["L", "LA"])
def test_a_grey_profile_is_applied(name: str, mode: str) -> None:
    if mode == "LA" and name == "JPEG":
        pytest.skip("JPEG has no alpha")
    color = LINEAR if mode == "L" else (LINEAR, 255)
    data = saved(Image.new(mode, (64, 48), color), name, icc_profile=grey_profile(1.0))

    assert shown(data) == pytest.approx((SHOWN, SHOWN), abs=3)


def test_a_grey_profile_is_applied_to_16_bits() -> None:
    deep = Image.fromarray(np.full((48, 64), LINEAR * 257, np.uint16))
    data = saved(deep, "PNG", icc_profile=grey_profile(1.0))

    assert shown(data) == pytest.approx((SHOWN, SHOWN), abs=3)


@pytest.mark.parametrize("profile", [b"GRAY", grey_profile(1.0)[:150], bytes(200)])
def test_a_damaged_grey_profile_is_ignored(profile: bytes) -> None:
    data = saved(Image.new("L", (64, 48), LINEAR), "PNG", icc_profile=profile)

    assert shown(data) == pytest.approx((LINEAR, LINEAR), abs=2)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "I;16"])
def test_the_gamma_of_a_png_is_applied(mode: str) -> None:
    if mode == "1":
        picture, expected = Image.new("1", (64, 48), 1), 255
    elif mode == "I;16":
        picture, expected = Image.fromarray(np.full((48, 64), LINEAR * 257, np.uint16)), SHOWN
    else:
        picture, expected = Image.new("RGB", (64, 48), (LINEAR,) * 3).convert(mode), SHOWN
    data = with_chunks(saved(picture, "PNG"), (b"gAMA", struct.pack(">I", 100_000)))

    assert shown(data) == pytest.approx((expected, expected), abs=3)


# what the chunk says, and whether pixels stay as they are
GAMMAS = [
    (45_455, True),
    (45_000, True),
    (0, True),
    (1, True),
    (4_000_000_000, True),
    (180_000, False),
]


@pytest.mark.parametrize(("value", "stays"), GAMMAS)
def test_a_gamma_that_says_nothing_new_or_nothing_real_changes_nothing(
    value: int, stays: bool
) -> None:
    picture = saved(Image.new("RGB", (64, 48), (LINEAR,) * 3), "PNG")
    described, _served = shown(with_chunks(picture, (b"gAMA", struct.pack(">I", value))))

    assert (abs(described - LINEAR) < 1) == stays


def test_an_srgb_chunk_or_a_profile_stands_above_the_gamma() -> None:
    gamma = (b"gAMA", struct.pack(">I", 100_000))
    picture = Image.new("RGB", (64, 48), (LINEAR,) * 3)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    for data in (
        with_chunks(saved(picture, "PNG"), gamma, (b"sRGB", b"\0")),
        with_chunks(saved(picture, "PNG", icc_profile=srgb), gamma),
    ):
        assert shown(data) == pytest.approx((LINEAR, LINEAR), abs=2)


def test_other_primaries_are_mixed_anew() -> None:
    wide = (31270, 32900, 73470, 26530, 11520, 82640, 15660, 1770)  # near ProPhoto, with D65
    chunks = (b"gAMA", struct.pack(">I", 45_455)), (b"cHRM", struct.pack(">8I", *wide))
    grey = with_chunks(saved(Image.new("RGB", (64, 48), (99,) * 3), "PNG"), *chunks)
    color = with_chunks(saved(Image.new("RGB", (64, 48), (150, 99, 99)), "PNG"), *chunks)

    assert decode(grey, max_pixels=MAX_PIXELS, side=64).pixels.mean() == pytest.approx(99, abs=3)
    red, green, _blue = decode(color, max_pixels=MAX_PIXELS, side=64).pixels[5, 5]
    assert red > 165
    assert green < 95


@pytest.mark.parametrize("chunk", [bytes(32), b"\xff" * 32, struct.pack(">8I", *[33333] * 8)])
def test_impossible_primaries_are_ignored(chunk: bytes) -> None:
    picture = saved(Image.new("RGB", (64, 48), (LINEAR,) * 3), "PNG")
    data = with_chunks(picture, (b"gAMA", struct.pack(">I", 45_455)), (b"cHRM", chunk))

    assert shown(data)[0] == pytest.approx(LINEAR, abs=1)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
@pytest.mark.parametrize("photometric", [0, 1])
def test_white_paper_is_white_whichever_way_a_tiff_counts(
    order: str, kind: str, photometric: int
) -> None:
    white = {"u1": 255, "u2": 65535, "f4": 1.0}[kind]
    page = np.full((48, 64), white, np.dtype(kind))
    page[20:24, 10:50] = 0
    if photometric == 0:
        page = (white - page).astype(np.dtype(kind))
    data = tiff(page, photometric=photometric, order=order, float_=kind == "f4")

    assert min(shown(data)) > 230


def test_a_lab_tiff_is_shown_in_its_colours() -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    red = Image.new("RGB", (64, 48), (200, 40, 30))
    data = saved(ImageCms.profileToProfile(red, srgb, lab, outputMode="LAB"), "TIFF")
    pixels = decode(data, max_pixels=MAX_PIXELS, side=64).pixels

    assert np.abs(pixels[10, 10].astype(int) - (200, 40, 30)).max() < 6
    assert reencode(data, max_pixels=MAX_PIXELS, max_side=64)[1] == "image/jpeg"


@pytest.mark.parametrize(
    ("top", "says", "expected"), [(4095, 12, 255), (1023, 10, 255), (4095, 16, 16)]
)
def test_a_scan_of_fewer_bits_that_says_so_is_not_nearly_black(
    top: int, says: int, expected: int
) -> None:
    page = np.full((48, 64), top, np.uint16)
    png = with_chunks(saved(Image.fromarray(page), "PNG"), (b"sBIT", bytes([says])))
    tif = saved(Image.fromarray(page), "TIFF", tiffinfo={281: 2**says - 1})

    assert shown(png)[0] == pytest.approx(expected, abs=1)
    assert shown(tif)[0] == pytest.approx(expected, abs=1)


def test_a_bright_picture_that_claims_fewer_bits_is_not_burnt_out() -> None:
    page = np.full((48, 64), 30_000, np.uint16)
    png = with_chunks(saved(Image.fromarray(page), "PNG"), (b"sBIT", bytes([12])))

    assert shown(png)[0] == pytest.approx(117, abs=1)


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG"])
def test_an_animation_is_shown_by_its_first_frame_with_something_on_it(name: str) -> None:
    blank, drawn = Image.new("RGB", (160, 120), "white"), Image.fromarray(images.photo(3, 160, 120))
    data = saved(blank, name, save_all=True, append_images=[blank, drawn], duration=90)

    assert decode(data, max_pixels=MAX_PIXELS, side=160).pixels.std() > 10
    served = Image.open(BytesIO(reencode(data, max_pixels=MAX_PIXELS, max_side=160)[0]))
    assert np.asarray(served).std() > 10


def test_an_animation_of_blank_frames_is_blank() -> None:
    blank = [Image.new("RGB", (16, 12), (i, i, i)) for i in range(40, 60)]
    data = saved(blank[0], "GIF", save_all=True, append_images=blank[1:], duration=90)

    assert shown(data)[0] == pytest.approx(40, abs=2)
