"""What people send in place of a ZIP, a table or a feed -> what it is, and what to do instead."""

from collections.abc import Collection

from ...errors import UnsupportedImage
from ...imaging.formats import sniff
from . import turtle

_ARCHIVES = ((b"7z\xbc\xaf\x27\x1c", "7-Zip"), (b"Rar!\x1a\x07", "RAR"), (b"\x1f\x8b", "gzip"))
_TAR = (257, b"ustar")  # POSIX.1-1988, where a header says what it is
_SCANNED = 1024


def what_else(head: bytes) -> str | None:
    """What the first bytes are of, where that cannot be imported; None where it may be."""
    packed = next((name for magic, name in _ARCHIVES if head.startswith(magic)), None)
    if packed is None and head[_TAR[0] :].startswith(_TAR[1]):
        packed = "tar"
    if packed is not None:
        return f"this is packed with {packed}: send it as a ZIP"
    if head.startswith(b"%PDF"):
        return "this is a PDF: send its pictures as a ZIP"
    if _is_picture(head):
        return "this is one picture: send it as a media, or in a ZIP"
    start = head[:_SCANNED].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "this is a web page, and no Atom, RSS or DCAT"
    if turtle.is_turtle(head) and not turtle.is_read():
        return "this is Turtle: DCAT is read as RDF/XML and as JSON-LD"
    return None


def what_office(names: Collection[str]) -> str | None:
    """The same of a ZIP, by the names of its files: documents of office programs are ZIPs."""
    if "[Content_Types].xml" in names or {"mimetype", "META-INF/manifest.xml"} <= set(names):
        return "this is a document of an office program: save a table as CSV"
    return None


def _is_picture(head: bytes) -> bool:
    try:
        sniff(head)
    except UnsupportedImage:
        return False
    return not head.startswith(b"BM") or b"\0" in head  # the name of a column may begin so
