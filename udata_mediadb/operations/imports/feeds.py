"""A feed -> an item for each picture of its entries: Atom, RSS 2, DCAT (JSON-LD or RDF/XML)."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from ...errors import InvalidFields
from .iiif import text_of
from .items import Item

ENTRIES_MAX = 100_000
_ATOM = "{http://www.w3.org/2005/Atom}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_DCAT = "{http://www.w3.org/ns/dcat#}"
_DCT = "{http://purl.org/dc/terms/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".avif")


def parse_xml(data: bytes) -> Element:
    """The root; InvalidFields for what is no XML, or declares entities: feeds have none."""
    try:
        return ElementTree.fromstring(data, forbid_dtd=True)
    except DefusedXmlException as exc:
        raise InvalidFields({"url": "XML with a document type is not read"}) from exc
    except (ParseError, ValueError, LookupError) as exc:
        raise InvalidFields({"url": f"this is no feed: {exc}"}) from exc


def items_of_xml(root: Element, base: str) -> Iterator[Item]:
    """The pictures of an Atom or RSS feed, or of a DCAT catalogue; `base`: where it came from."""
    if root.tag == f"{_ATOM}feed":
        yield from _entries(root.findall(f"{_ATOM}entry"), _atom_entry, base)
    elif root.tag == "rss" or (root.tag.endswith("}RDF") and root.find(f".//{_DCAT}*") is None):
        yield from _entries([one for one in root.iter() if _bare(one) == "item"], _rss_item, base)
    elif found := [one for one in root.iter() if _is_distribution(one)]:
        yield from _entries(found, _distribution, base)
    else:
        raise InvalidFields({"url": "this is no Atom, RSS or DCAT"})


def items_of_json(document: Any, base: str) -> Iterator[Item]:
    """The distributions of DCAT as JSON-LD that are pictures."""
    for one in _objects(document):
        url = _first(one, *_terms("dcat", "downloadURL"), *_terms("dcat", "accessURL"))
        kind = _first(one, *_terms("dcat", "mediaType"), *_terms("dct", "format"))
        if not url or not _is_picture(kind, url):
            continue
        title, summary = (_first(one, *_terms("dct", name)) for name in ("title", "description"))
        yield _item(urljoin(base, url), title, summary)


def _entries(found: list[Any], read: Any, base: str) -> Iterator[Item]:
    if len(found) > ENTRIES_MAX:
        raise InvalidFields({"url": f"at most {ENTRIES_MAX:,} entries in one feed"})
    for one in found:
        yield from read(one, base)


def _atom_entry(entry: Element, base: str) -> Iterator[Item]:
    links = [
        one.get("href", "")
        for one in entry.findall(f"{_ATOM}link")
        if one.get("rel") == "enclosure" and _is_picture(one.get("type", ""), one.get("href", ""))
    ]
    content = entry.find(f"{_ATOM}content")
    if content is not None and content.get("src") and _is_picture(content.get("type", ""), ""):
        links.append(content.get("src", ""))
    words = [one.get("term", "") for one in entry.findall(f"{_ATOM}category")]
    creator = entry.findtext(f"{_ATOM}author/{_ATOM}name", "")
    yield from _several(
        [*links, *_media_links(entry)] or _thumbnails(entry),
        base,
        entry.findtext(f"{_ATOM}id", ""),
        entry.findtext(f"{_ATOM}title", ""),
        entry.findtext(f"{_ATOM}summary", ""),
        words,
        creator,
    )


def _rss_item(entry: Element, base: str) -> Iterator[Item]:
    said = {_bare(one): (one.text or "").strip() for one in entry if _bare(one) != "category"}
    links = [
        one.get("url", "")
        for one in entry
        if _bare(one) == "enclosure" and _is_picture(one.get("type", ""), one.get("url", ""))
    ]
    words = [(one.text or "").strip() for one in entry if _bare(one) == "category"]
    name = said.get("guid") or said.get("link", "")
    yield from _several(
        [*links, *_media_links(entry)] or _thumbnails(entry),
        base,
        name,
        said.get("title", ""),
        said.get("description", ""),
        words,
        said.get("creator", ""),
    )


def _distribution(found: Element, base: str) -> Iterator[Item]:
    url = _object_of(found, f"{_DCAT}downloadURL", f"{_DCAT}accessURL")
    kind = _object_of(found, f"{_DCAT}mediaType", f"{_DCT}format")
    if url and _is_picture(kind, url):
        title, summary = (_object_of(found, f"{_DCT}{name}") for name in ("title", "description"))
        yield _item(urljoin(base, url), title, summary)


def _is_distribution(element: Element) -> bool:
    """By its name, or by its type: RDF/XML has both forms."""
    types = (one.get(f"{_RDF}resource") for one in element.findall(f"{_RDF}type"))
    return element.tag == f"{_DCAT}Distribution" or f"{_DCAT[1:-1]}Distribution" in types


def _object_of(subject: Element, *predicates: str) -> str:
    """What the first of these says that is there: an address, a text, or what it is about."""
    for predicate in predicates:
        for one in subject.findall(predicate):
            within = (part.get(f"{_RDF}about", "") for part in one)
            text = one.get(f"{_RDF}resource") or (one.text or "").strip() or next(within, "")
            if text:
                return text
    return ""


def _media_links(entry: Element) -> list[str]:
    found = [one for one in entry.iter(f"{_MEDIA}content") if one.get("url")]
    return [
        one.get("url", "")
        for one in found
        if one.get("medium") == "image" or _is_picture(one.get("type", ""), one.get("url", ""))
    ]


def _thumbnails(entry: Element) -> list[str]:
    """Of an entry that has no larger picture."""
    return [one.get("url", "") for one in entry.iter(f"{_MEDIA}thumbnail")]


def _several(
    links: list[str],
    base: str,
    name: str,
    title: str,
    summary: str,
    words: list[str],
    creator: str,
) -> Iterator[Item]:
    urls = list(dict.fromkeys(urljoin(base, one) for one in links if one))
    if not urls:
        yield Item(name or title or "entry", problem="the entry has no picture", ignored=True)
    for url in urls:
        yield _item(url, title, summary, [one for one in words if one], creator)


def _item(
    url: str, title: str, summary: str, words: list[str] | None = None, creator: str = ""
) -> Item:
    said = {"name": title.strip()[:1024], "description": summary.strip(), "creator": creator}
    properties: dict[str, Any] = {key: value for key, value in said.items() if value}
    if words:
        properties["keywords"] = words
    return Item(url, url=url, properties={**properties, "source": url})


def _objects(value: Any, depth: int = 12) -> Iterator[Mapping[str, Any]]:
    if depth == 0:
        return
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _objects(one, depth - 1)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one, depth - 1)


def _first(found: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = found.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = value.get("@id") or value.get("@value") or text_of(value)
        if isinstance(value, str) and value:
            return value
    return ""


def _terms(prefix: str, name: str) -> tuple[str, ...]:
    """A term as JSON-LD may write it: short, with a prefix, or whole."""
    whole = {"dcat": _DCAT, "dct": _DCT}[prefix][1:-1] + name
    others = (f"dcterms:{name}",) if prefix == "dct" else ()
    return (name, f"{prefix}:{name}", *others, whole)


def _bare(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _is_picture(kind: str, url: str) -> bool:
    kind = kind.lower().rpartition("media-types/")[2].rpartition("file-type/")[2]
    if kind:
        return kind.startswith("image") or f".{kind}" in _ENDINGS
    return url.lower().partition("?")[0].endswith(_ENDINGS)
