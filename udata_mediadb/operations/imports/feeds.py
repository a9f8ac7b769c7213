"""A feed -> an item for each picture of its entries: Atom, RSS 2, DCAT (JSON-LD or RDF/XML)."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

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


def parse_xml(data: bytes) -> ElementTree.Element:
    """The root; InvalidFields for what is no XML, or declares entities: feeds have none."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"<\0!\0D\0O" in data:
        raise InvalidFields({"url": "XML with a document type is not read"})
    try:
        return ElementTree.fromstring(data)  # noqa: S314  no entities: see above
    except (ElementTree.ParseError, ValueError, LookupError) as exc:
        raise InvalidFields({"url": f"this is no feed: {exc}"}) from exc


def items_of_xml(root: ElementTree.Element, base: str) -> Iterator[Item]:
    """The pictures of an Atom or RSS feed, or of a DCAT catalogue; `base`: where it came from."""
    if root.tag == f"{_ATOM}feed":
        yield from _entries(root.findall(f"{_ATOM}entry"), _atom_entry, base)
    elif root.tag == "rss" or (root.tag.endswith("}RDF") and root.find(f".//{_DCAT}*") is None):
        yield from _entries([one for one in root.iter() if _bare(one) == "item"], _rss_item, base)
    elif root.find(f".//{_DCAT}Distribution") is not None:
        found = list(root.iter(f"{_DCAT}Distribution"))
        yield from _entries(found, _distribution, base)
    else:
        raise InvalidFields({"url": "this is no Atom, RSS or DCAT"})


def items_of_json(document: Any, base: str) -> Iterator[Item]:
    """The distributions of DCAT as JSON-LD that are pictures."""
    for one in _objects(document):
        url = _first(one, "downloadURL", "dcat:downloadURL", f"{_DCAT[1:-1]}downloadURL")
        kind = _first(one, "mediaType", "dcat:mediaType", "format", "dct:format")
        if not url or not _is_picture(kind, url):
            continue
        title = _first(one, "title", "dct:title", f"{_DCT[1:-1]}title")
        summary = _first(one, "description", "dct:description")
        yield _item(urljoin(base, url), title, summary)


def _entries(found: list[Any], read: Any, base: str) -> Iterator[Item]:
    if len(found) > ENTRIES_MAX:
        raise InvalidFields({"url": f"at most {ENTRIES_MAX:,} entries in one feed"})
    for one in found:
        yield from read(one, base)


def _atom_entry(entry: ElementTree.Element, base: str) -> Iterator[Item]:
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
        [*links, *_media_links(entry)],
        base,
        entry.findtext(f"{_ATOM}id", ""),
        entry.findtext(f"{_ATOM}title", ""),
        entry.findtext(f"{_ATOM}summary", ""),
        words,
        creator,
    )


def _rss_item(entry: ElementTree.Element, base: str) -> Iterator[Item]:
    said = {_bare(one): (one.text or "").strip() for one in entry if _bare(one) != "category"}
    links = [
        one.get("url", "")
        for one in entry
        if _bare(one) == "enclosure" and _is_picture(one.get("type", ""), one.get("url", ""))
    ]
    words = [(one.text or "").strip() for one in entry if _bare(one) == "category"]
    name = said.get("guid") or said.get("link", "")
    yield from _several(
        [*links, *_media_links(entry)],
        base,
        name,
        said.get("title", ""),
        said.get("description", ""),
        words,
        said.get("creator", ""),
    )


def _distribution(found: ElementTree.Element, base: str) -> Iterator[Item]:
    link = found.find(f"{_DCAT}downloadURL")
    link = link if link is not None else found.find(f"{_DCAT}accessURL")
    url = "" if link is None else link.get(f"{_RDF}resource") or (link.text or "").strip()
    kind = found.find(f"{_DCAT}mediaType")
    media = "" if kind is None else kind.get(f"{_RDF}resource") or (kind.text or "")
    if url and _is_picture(media, url):
        title, summary = (
            found.findtext(f"{_DCT}title", ""),
            found.findtext(f"{_DCT}description", ""),
        )
        yield _item(urljoin(base, url), title, summary)


def _media_links(entry: ElementTree.Element) -> list[str]:
    found = [one for one in entry.iter(f"{_MEDIA}content") if one.get("url")]
    return [
        one.get("url", "")
        for one in found
        if one.get("medium") == "image" or _is_picture(one.get("type", ""), one.get("url", ""))
    ]


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


def _bare(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _is_picture(kind: str, url: str) -> bool:
    kind = kind.lower().rpartition("media-types/")[2]
    if kind:
        return kind.startswith("image") or kind in ("jpeg", "jpg", "png", "gif", "webp", "tiff")
    return url.lower().partition("?")[0].endswith(_ENDINGS)
