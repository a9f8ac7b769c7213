"""DCAT as Turtle -> the same as JSON-LD, where rdflib is installed; udata has it."""

import json
from typing import Any

from ...errors import InvalidFields

try:
    from rdflib import Graph
except ImportError:
    Graph = None

_STARTS = (b"@prefix", b"@base", b"prefix ", b"base <")
_SCANNED = 1024


def is_turtle(head: bytes) -> bool:
    """By how a document begins; comments may stand before."""
    lines = head[:_SCANNED].removeprefix(b"\xef\xbb\xbf").lower().splitlines()
    first = next((line.strip() for line in lines if line.strip() and line.strip()[:1] != b"#"), b"")
    return first.startswith(_STARTS)


def is_read() -> bool:
    """Whether this portal can."""
    return Graph is not None


def as_json_ld(data: bytes) -> Any:
    """Its nodes, with terms in full; InvalidFields for what is no Turtle. Nothing is fetched."""
    try:
        text = Graph().parse(data=data, format="turtle").serialize(format="json-ld")
        return json.loads(text)
    except Exception as exc:  # each of its parsers has errors of its own, RecursionError included
        raise InvalidFields({"url": f"this is no feed: {exc!s:.200}"}) from exc
