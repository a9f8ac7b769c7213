"""An Atom feed (RFC 4287) of media, from what the API answers of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

from ...mongo.clock import utc

MIMETYPE = "application/atom+xml"
SIZE = 20  # entries; udata's feeds have as many
_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = (
    {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None} | {0xFFFF: None}
)


@dataclass(frozen=True)
class Feed:
    """`address`: of the feed itself; `updated`: where there are no entries; `author`: whose."""

    title: str
    address: str
    author: str
    updated: datetime


def render(feed: Feed, shown: Sequence[Mapping[str, Any]]) -> bytes:
    """The document. `shown`: media as they are answered, the newest first."""
    root = ET.Element(f"{{{_ATOM}}}feed")
    newest = max((one["updated_at"] for one in shown), default=feed.updated)
    _add(root, "title", feed.title)
    _add(root, "id", feed.address)
    _add(root, "updated", _stamp(newest))
    _add(root, "link", rel="self", type=MIMETYPE, href=feed.address)
    _add(_add(root, "author"), "name", feed.author)
    for one in shown:
        _entry(root, one)
    ET.register_namespace("", _ATOM)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: ET.Element, one: Mapping[str, Any]) -> None:
    entry = _add(root, "entry")
    _add(entry, "title", _one_text(one["title"]) or one["name"])
    _add(entry, "id", f"urn:uuid:{one['id']}")
    _add(entry, "published", _stamp(one["published_from"] or one["created_at"]))
    _add(entry, "updated", _stamp(one["updated_at"]))
    _add(entry, "link", rel="alternate", href=one.get("page") or one["uri"])
    _add(entry, "link", rel="enclosure", type="image/jpeg", href=one["url"])
    if one["licence"] and one["licence"]["url"]:
        _add(entry, "link", rel="license", href=one["licence"]["url"])
    if one["creator"]:
        _add(_add(entry, "author"), "name", one["creator"])
    if one["attribution"]:
        _add(entry, "rights", one["attribution"]["text"])
    for keyword in one["keywords"]:
        _add(entry, "category", term=keyword)
    if description := _one_text(one["description"]):
        _add(entry, "summary", description)
    _add(entry, "content", _content(one), type="html")


def _content(one: Mapping[str, Any]) -> str:
    """The thumbnail with its text and its attribution, as HTML."""
    alt = _one_text(one["alt"]) or _one_text(one["title"]) or one["name"]
    line = f"<p>{one['attribution']['html']}</p>" if one["attribution"] else ""
    return f'<p><img src="{escape(one["thumbnail_url"])}" alt="{escape(alt)}"></p>{line}'


def _one_text(value: Any) -> str:
    """One of several languages, where all were asked for."""
    return str(next(iter(value.values()), "") if isinstance(value, Mapping) else value or "")


def _stamp(moment: datetime) -> str:
    return utc(moment).isoformat()


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    clean = {key: value.translate(_NOT_XML) for key, value in attributes.items()}
    found = ET.SubElement(parent, f"{{{_ATOM}}}{name}", clean)
    found.text = text.translate(_NOT_XML) if text is not None else None
    return found
