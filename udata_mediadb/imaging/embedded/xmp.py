"""XMP: what photo programs write today (ISO 16684-1), by the names of IPTC's photo metadata."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from PIL import ImageFile

from .dates import xmp_date
from .facts import (
    CREATORS_COUNT,
    DEFAULT,
    KEYWORD_LENGTH,
    KEYWORDS_COUNT,
    Facts,
    Place,
    in_default,
    line,
    lines,
    paragraph,
)

MAX_BYTES = 256 * 1024  # a JPEG segment holds 64 kB; further ones are thumbnails and histories
MAX_DEPTH = 40
_TIFF_TAG = 700
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_CC = "{http://creativecommons.org/ns#}"
_PLUS = "{http://ns.useplus.org/ldf/xmp/1.0/}"
_IPTC = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def xmp_facts(image: ImageFile.ImageFile) -> Facts:
    """What its XMP packet says; nothing where there is none, or none that can be read."""
    properties = _properties(_packet(image))
    if not properties:
        return Facts()
    return Facts(
        title=_by_language(properties, _DC + "title", line) or _headline(properties),
        description=_by_language(properties, _DC + "description", paragraph),
        alt=_by_language(properties, _IPTC + "AltTextAccessibility", paragraph),
        creators=lines(_values(properties, _DC + "creator"), CREATORS_COUNT),
        credit=_first(properties, _PHOTOSHOP + "Credit"),
        copyright=next(iter(_by_language(properties, _DC + "rights", line).values()), None),
        source=_first(properties, _PHOTOSHOP + "Source", _DC + "source"),
        licence_url=_url(
            _first(properties, _CC + "license", _PLUS + "LicensorURL", _RIGHTS + "WebStatement")
        ),
        taken_at=_date(properties),
        keywords=lines(_values(properties, _DC + "subject"), KEYWORDS_COUNT, KEYWORD_LENGTH),
        place=_place(properties),
    )


def _packet(image: ImageFile.ImageFile) -> bytes:
    packet: Any = image.info.get("xmp")
    if packet is None:
        packet = getattr(getattr(image, "tag_v2", None), "_tagdata", {}).get(_TIFF_TAG)
    if isinstance(packet, str):
        packet = packet.encode()
    return (
        packet.strip(b"\0 \r\n\t")
        if isinstance(packet, bytes) and len(packet) <= MAX_BYTES
        else b""
    )


def _properties(packet: bytes) -> dict[str, list[Element | str]]:
    """The properties of all descriptions, whether elements or attributes (7.9.2.2)."""
    found: dict[str, list[Element | str]] = {}
    root = _parsed(packet)
    for description in _descriptions(root) if root is not None else ():
        for name, value in description.attrib.items():
            found.setdefault(name, []).append(value)
        for element in description:
            found.setdefault(element.tag, []).append(element)
    return found


def _parsed(packet: bytes) -> Element | None:
    """None for what is no XML, has a document type or entities, or is nested too deeply."""
    if not packet:
        return None
    try:
        root: Element = ElementTree.fromstring(packet, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return None
    return root if _depth_is_fine(root) else None


def _depth_is_fine(root: Element) -> bool:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return True
    return False


def _descriptions(root: Element) -> Iterator[Element]:
    for rdf in [root, *root]:
        if rdf.tag == _RDF + "RDF":
            yield from (one for one in rdf if one.tag == _RDF + "Description")


def _items(value: Element | str) -> list[Element]:
    """What an array holds; a simple property is an array of itself."""
    if isinstance(value, str):
        return []
    found = [item for array in value for item in array if item.tag == _RDF + "li"]
    return found or [value]


def _values(properties: dict[str, list[Element | str]], name: str) -> list[str]:
    texts: list[str] = []
    for value in properties.get(name, []):
        if isinstance(value, str):
            texts.append(value)
        texts += [_content(item) for item in _items(value)]
    return [text for text in texts if text.strip()]


def _content(item: Element) -> str:
    return item.attrib.get(_RDF + "resource", "") or item.text or ""


def _first(properties: dict[str, list[Element | str]], *names: str) -> str | None:
    found = (line(text) for name in names for text in _values(properties, name))
    return next((text for text in found if text), None)


def _by_language(
    properties: dict[str, list[Element | str]], name: str, clean: Any
) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in properties.get(name, []):
        if isinstance(value, str):
            found.setdefault(DEFAULT, value)
        for item in _items(value):
            language = item.attrib.get(_LANGUAGE, DEFAULT)[:35]  # BCP 47, 4.4.1
            found.setdefault(language, _content(item))
    return {language: text for language, one in found.items() if (text := clean(one))}


def _headline(properties: dict[str, list[Element | str]]) -> dict[str, str]:
    return in_default(_first(properties, _PHOTOSHOP + "Headline"))


def _date(properties: dict[str, list[Element | str]]) -> str | None:
    names = (_EXIF + "DateTimeOriginal", _PHOTOSHOP + "DateCreated", _XMP + "CreateDate")
    dates = (xmp_date(text) for name in names for text in _values(properties, name))
    return next((one for one in dates if one), None)


def _url(text: str | None) -> str | None:
    return text if text and text.startswith(("http://", "https://")) and " " not in text else None


def _place(properties: dict[str, list[Element | str]]) -> Place | None:
    names = (
        _IPTC + "Location", _PHOTOSHOP + "City", _PHOTOSHOP + "State", _PHOTOSHOP + "Country"
    )  # fmt: skip
    parts = [text for name in names if (text := _first(properties, name))]
    return Place(name=", ".join(parts)) if parts else None
