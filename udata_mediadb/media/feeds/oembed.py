"""oEmbed 1.0 of public media: what a page needs to show one with its credit and licence."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Response, url_for

from ...hosts.current import endpoint_prefix

ENDPOINT = "mediadb_oembed"
JSON_TYPE = "application/json+oembed"
# The id of a media, wherever it stands in an address of ours: API, page, picture.
_ID = re.compile(r"/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=[/?#]|$)", re.IGNORECASE)
CACHE_AGE_S = 3600


def media_of(url: str, host: str) -> str | None:
    """The id that an address names, where it is one of this host's; its last one."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no IPv6 address
        return None
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != host.lower():
        return None
    found = _ID.findall(unquote(parts.path))
    return str(found[-1]).lower() if found else None


def photo(
    one: Mapping[str, Any], provider: Mapping[str, str], width: int, height: int, longest: int
) -> dict[str, Any]:
    """The answer for a media as the API shows it, within `width` and `height`.

    `longest`: of the picture that is served, in pixels; the thumbnail where that is enough.
    """
    scale = min(1.0, width / one["width"], height / one["height"], longest / max(_size(one)))
    licence = one["licence"] or {}
    found = {
        "type": "photo",
        "version": "1.0",
        "title": _first(one["title"]) or one["name"],
        "author_name": one["creator"],
        **provider,
        "cache_age": CACHE_AGE_S,
        "url": one["url"],
        "width": max(1, round(one["width"] * scale)),
        "height": max(1, round(one["height"] * scale)),
        "thumbnail_url": one["thumbnail_url"],
        **_thumbnail(one),
        "alt": _first(one["alt"]),
        "credit": one["credit"] or one["creator"],
        "license": licence.get("title"),
        "license_id": licence.get("id"),
        "license_url": licence.get("url"),
        "attribution": one["attribution"]["text"] if one["attribution"] else None,
        "attribution_html": one["attribution"]["html"] if one["attribution"] else None,
        "web_page": one.get("page") or one["uri"],
    }
    return {name: value for name, value in found.items() if value is not None}


def discovery(address: str) -> str:
    """Where the oEmbed of a media's address is."""
    return url_for(endpoint_prefix() + ENDPOINT, url=address, format="json", _external=True)


def link_to_oembed(response: Response, address: str) -> None:
    """Let the answer name it, for who looks for `Link` (RFC 8288)."""
    link = f'<{discovery(address)}>; rel="alternate"; type="{JSON_TYPE}"'
    response.headers.add("Link", link)


def _thumbnail(one: Mapping[str, Any]) -> dict[str, int]:
    scale = min(1.0, one["thumbnail_side_px"] / max(_size(one)))
    width, height = (max(1, round(side * scale)) for side in _size(one))
    return {"thumbnail_width": width, "thumbnail_height": height}


def _size(one: Mapping[str, Any]) -> tuple[int, int]:
    return one["width"], one["height"]


def _first(value: Any) -> str | None:
    return next(iter(value.values()), None) if isinstance(value, Mapping) else value
