"""What a file says of itself: read by us, written and read back by ExifTool."""

import json
import shutil
import struct
import subprocess
import warnings
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests import images
from udata_mediadb.imaging import reencode
from udata_mediadb.imaging.embedded import Facts, Place, read_facts
from udata_mediadb.imaging.opening import open_image

MAX_PIXELS = 50_000_000
EXIFTOOL = shutil.which("exiftool")
needs_exiftool = pytest.mark.skipif(EXIFTOOL is None, reason="ExifTool is not installed")


def facts(data: bytes) -> Facts:
    return read_facts(open_image(data, max_pixels=MAX_PIXELS))


def tagged(path: Path, *arguments: str, format: str = "JPEG") -> bytes:
    """A picture to which ExifTool has written these tags."""
    path.write_bytes(images.encoded(images.quadrants(), format))
    command = [EXIFTOOL or "", "-q", "-overwrite_original", *arguments, str(path)]
    subprocess.run(command, check=True, timeout=300)
    return path.read_bytes()


def tags(path: Path, data: bytes) -> dict[str, object]:
    """What ExifTool reads of it, by group and name; what the file is made of left out."""
    path.write_bytes(data)
    command = [EXIFTOOL or "", "-j", "-G1", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, timeout=300)
    found = json.loads(done.stdout)[0]
    apart = ("System:", "File:", "Composite:", "ExifTool:", "SourceFile", "JFIF:", "PNG:")
    return {name: value for name, value in found.items() if not name.startswith(apart)}


@needs_exiftool
@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_xmp_is_read_from_each_format(tmp_path: Path, format: str) -> None:
    data = tagged(
        tmp_path / "picture", "-XMP-dc:Title-de=Alte Brücke", "-XMP-dc:Title=Old bridge",
        "-XMP-dc:Description=Über den Fluß", "-XMP-dc:Creator=Ada", "-XMP-dc:Creator=Bo <b@x>",
        "-XMP-photoshop:Credit=City archive", "-XMP-dc:Rights=© 1932 City archive",
        "-XMP-dc:Subject=river", "-XMP-dc:Subject=bridge",
        "-XMP-xmpRights:WebStatement=https://creativecommons.org/licenses/by/4.0/",
        "-XMP-photoshop:DateCreated=1932:05", "-XMP-photoshop:City=Arles",
        format=format,
    )  # fmt: skip

    assert facts(data) == Facts(
        title={"x-default": "Old bridge", "de": "Alte Brücke"},
        description={"x-default": "Über den Fluß"},
        creators=("Ada", "Bo <b@x>"),
        credit="City archive",
        copyright="© 1932 City archive",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        taken_at="1932-05",
        keywords=("river", "bridge"),
        place=Place(name="Arles"),
    )


@needs_exiftool
@pytest.mark.parametrize("charset", ["UTF8", "Latin"])
@pytest.mark.parametrize("named", [True, False])
def test_iptc_is_read_in_its_charset_whether_named_or_not(
    tmp_path: Path, charset: str, named: bool
) -> None:
    if named and charset == "Latin":
        pytest.skip("IIM names Latin in ways that nobody writes")
    envelope = ["-IPTC:CodedCharacterSet=UTF8"] if named else []
    data = tagged(
        tmp_path / "picture.jpg", "-charset", f"iptc={charset}", *envelope,
        "-IPTC:ObjectName=Hôtel de Ville", "-IPTC:Caption-Abstract=L’été à Noël",
        "-IPTC:By-line=Zoë", "-IPTC:Credit=Agence", "-IPTC:Keywords=café", "-IPTC:Keywords=île",
        "-IPTC:DateCreated=1944:06:06", "-IPTC:TimeCreated=06:30:00+02:00", "-IPTC:City=Caen",
        "-IPTC:Country-PrimaryLocationName=France", "-IPTC:Source=Musée",
    )  # fmt: skip

    assert facts(data) == Facts(
        title={"x-default": "Hôtel de Ville"},
        description={"x-default": "L’été à Noël"},
        creators=("Zoë",),
        credit="Agence",
        source="Musée",
        keywords=("café", "île"),
        taken_at="1944-06-06T06:30:00+02:00",
        place=Place(name="Caen, France"),
    )


@needs_exiftool
def test_exif_is_read_with_the_tags_of_windows(tmp_path: Path) -> None:
    data = tagged(
        tmp_path / "picture.jpg", "-EXIF:ImageDescription=Bergsee", "-EXIF:Artist=Ada; Bo",
        "-EXIF:Copyright=(c) Ada", "-EXIF:DateTimeOriginal=2024:05:01 10:11:12",
        "-EXIF:OffsetTimeOriginal=+02:00", "-EXIF:XPTitle=Alm", "-EXIF:XPKeywords=see;berg",
        "-EXIF:GPSLatitude=47.5", "-EXIF:GPSLatitudeRef=N", "-EXIF:GPSLongitude=13.25",
        "-EXIF:GPSLongitudeRef=W",
    )  # fmt: skip

    assert facts(data) == Facts(
        title={"x-default": "Alm"},
        description={"x-default": "Bergsee"},
        creators=("Ada", "Bo"),
        copyright="(c) Ada",
        taken_at="2024-05-01T10:11:12+02:00",
        keywords=("see", "berg"),
        place=Place(latitude=47.5, longitude=-13.25),
    )


@needs_exiftool
def test_the_newer_block_counts_first_and_the_others_fill_up(tmp_path: Path) -> None:
    data = tagged(
        tmp_path / "picture.jpg", "-XMP-dc:Creator=by XMP", "-IPTC:By-line=by IPTC",
        "-IPTC:Credit=by IPTC", "-EXIF:Artist=by EXIF", "-EXIF:Copyright=by EXIF",
    )  # fmt: skip
    found = facts(data)

    assert (found.creators, found.credit, found.copyright) == (("by XMP",), "by IPTC", "by EXIF")


@needs_exiftool
def test_a_cameras_own_words_are_no_description(tmp_path: Path) -> None:
    data = tagged(tmp_path / "picture.jpg", "-EXIF:ImageDescription=OLYMPUS DIGITAL CAMERA")

    assert facts(data) == Facts()


@needs_exiftool
@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_served_copy_carries_the_rights_and_nothing_else(tmp_path: Path, format: str) -> None:
    data = tagged(
        tmp_path / "picture", "-XMP-dc:Creator=Zoë & Bo", "-XMP-dc:Title=A title",
        "-XMP-photoshop:Credit=City archive", "-XMP-dc:Rights=© Zoë",
        "-XMP-xmpRights:WebStatement=https://creativecommons.org/licenses/by/4.0/",
        "-XMP-exif:GPSLatitude=47.5", "-XMP-dc:Subject=secret", "-XMP-aux:SerialNumber=1234",
        "-EXIF:Make=Maker", "-EXIF:GPSLatitude=47.5", "-EXIF:GPSLatitudeRef=N", format=format,
    )  # fmt: skip
    served, _mime = reencode(data, max_pixels=MAX_PIXELS, max_side=2048)
    found = tags(tmp_path / "served", served)

    assert found.pop("XMP-dc:Creator") == "Zoë & Bo"
    assert found.pop("XMP-photoshop:Credit") == "City archive"
    assert found.pop("XMP-dc:Rights") == "© Zoë"
    assert found.pop("XMP-xmpRights:WebStatement") == "https://creativecommons.org/licenses/by/4.0/"
    assert found.pop("XMP-cc:License") == "https://creativecommons.org/licenses/by/4.0/"
    assert found.pop("IFD0:Artist") == "Zoë & Bo"
    assert found.pop("IFD0:Copyright") == "© Zoë"
    assert not found


def test_a_served_copy_of_a_picture_without_rights_has_no_block() -> None:
    served, _mime = reencode(images.jpeg(), max_pixels=MAX_PIXELS, max_side=2048)

    assert b"Exif" not in served
    assert b"xap" not in served


def xmp(body: str, *, head: str = "") -> bytes:
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return (
        f'{head}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {rdf}>'
        f'<rdf:Description rdf:about="" {dc}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def with_xmp(packet: bytes) -> bytes:
    segment = b"http://ns.adobe.com/xap/1.0/\0" + packet
    return images.jpeg_with_segments(images.jpeg(), (0xE1, segment))


def iptc(*sets: tuple[int, int, bytes]) -> bytes:
    block = b"".join(
        struct.pack(">BBBH", 0x1C, record, number, len(value)) + value
        for record, number, value in sets
    )
    resource = (
        b"8BIM\x04\x04\0\0" + struct.pack(">I", len(block)) + block + b"\0" * (len(block) % 2)
    )
    return images.jpeg_with_segments(images.jpeg(), (0xED, b"Photoshop 3.0\0" + resource))


ENTITY = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
OUTSIDE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
# packets that say nothing, and do no harm
HOSTILE_XMP = [
    xmp("<dc:title>&b;</dc:title>", head=ENTITY),
    xmp("<dc:title>&a;</dc:title>", head=OUTSIDE),
    xmp("<dc:title>" + "<a>" * 9_000 + "</a>" * 9_000 + "</dc:title>"),
    xmp("<dc:title>cut")[:-40],
    b"\0" * 60_000,
    b"<" * 60_000,
    xmp("").decode().encode("utf-16"),
]


@pytest.mark.parametrize("packet", HOSTILE_XMP)
def test_a_hostile_packet_says_nothing(packet: bytes) -> None:
    assert facts(with_xmp(packet)) == Facts()


def test_an_attribute_or_a_plain_element_is_a_fact_too() -> None:
    plain = xmp("<dc:creator>Ada</dc:creator><dc:title>Old bridge</dc:title>")

    assert facts(with_xmp(plain)) == Facts(title={"x-default": "Old bridge"}, creators=("Ada",))


def test_long_facts_are_cut_and_control_characters_go() -> None:
    words = "".join(f"<rdf:li>word {number}</rdf:li>" for number in range(900))
    found = facts(
        with_xmp(
            xmp(
                f"<dc:title>{'x' * 5_000}</dc:title><dc:creator>a&#9;b&#10;c\u202e</dc:creator>"
                f"<dc:subject><rdf:Bag>{words}</rdf:Bag></dc:subject>"
            )
        )
    )

    assert len(found.title["x-default"]) == 1_000
    assert len(found.keywords) == 200
    assert found.creators == ("a b c",)


# blocks of IPTC, and the title that is read
HOSTILE_IPTC = [
    (iptc((2, 5, b"ok"), (2, 25, b"x")), "ok"),
    (iptc(*[(2, 25, b"x")] * 9_000, (2, 5, b"behind too many")), None),
    (iptc((2, 5, b"\xff\xfe\x81")), "\u00ff\u00fe\ufffd"),
    (iptc((1, 90, b"\x1b%G"), (2, 5, b"\xc3\x28")), "\ufffd("),
    (iptc((2, 55, b"19321399"), (2, 60, b"999999")), None),
]


@pytest.mark.parametrize(("data", "title"), HOSTILE_IPTC)
def test_a_hostile_iptc_block_does_no_harm(data: bytes, title: str | None) -> None:
    found = facts(data)

    assert found.title.get("x-default") == title
    assert found.taken_at is None


@pytest.mark.parametrize(
    "block",
    [b"", b"II", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 300],
)
def test_a_damaged_exif_block_says_nothing_and_warns_of_nothing(block: bytes) -> None:
    data = images.jpeg_with_segments(images.jpeg(), (0xE1, b"Exif\0\0" + block))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert facts(data) == Facts()
    assert not seen


def test_a_picture_without_blocks_says_nothing() -> None:
    for name in ("JPEG", "PNG", "GIF", "BMP", "TIFF"):
        out = BytesIO()
        Image.new("RGB", (8, 8)).save(out, name)
        assert facts(out.getvalue()) == Facts()
