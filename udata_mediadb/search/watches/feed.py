"""The Atom feed of a watch (RFC 4287)."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from ...mongo.clock import utc
from .models import Watch, WatchEvent

_ATOM = "http://www.w3.org/2005/Atom"
ENTRIES = 50
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(watch: Watch, events: Sequence[WatchEvent], url: str) -> bytes:
    """The newest events, newest first."""
    feed = Element("feed", xmlns=_ATOM)
    SubElement(feed, "id").text = f"urn:mediadb:watch:{watch.id}"
    SubElement(feed, "title").text = _clean(watch.name)
    SubElement(feed, "link", rel="self", href=url)
    newest = utc(events[0].at if events else watch.created_at)
    SubElement(feed, "updated").text = newest.isoformat()
    author = SubElement(feed, "author")
    SubElement(author, "name").text = "udata-mediadb"
    for event in events:
        entry = SubElement(feed, "entry")
        SubElement(entry, "id").text = f"urn:mediadb:event:{event.id}"
        SubElement(entry, "title").text = _clean(event.name or event.media)
        SubElement(entry, "link", href=watch.media_uri.replace("MEDIA", event.media))
        SubElement(entry, "updated").text = utc(event.at).isoformat()
        SubElement(entry, "summary").text = _summary(event)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="utf-8")


def _summary(event: WatchEvent) -> str:
    used = event.found.get("object")
    if used:
        return _clean(f"Used by {used['class']} {used['id']}")
    return f"{event.found.get('decision')}, score {event.found.get('score')}"


def _clean(text: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
