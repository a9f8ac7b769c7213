"""What the dialect's routes take, as OpenAPI 3.0 has it."""

import json
from collections.abc import Mapping
from typing import Any

from ....hosts.about import ABOUT, PUBLISHING
from .schemas import ANYTHING, FLAG, NUMBER, TEXT, WHOLE, Schema, listed, or_null, shaped

JSON, FORM = "application/json", "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"
_WORDS = {"keywords": listed(TEXT), "metadata": ANYTHING}
# What is said of a picture, in the words of the other dialect.
_SAID = {
    one.name: or_null({"type": one.type, "description": one.description})
    for one in (*ABOUT, *PUBLISHING)
}
ADDED = {**_WORDS, **_SAID, "name": TEXT, "md5": TEXT}
SEARCHED = {
    **_WORDS,
    "collection": TEXT,
    "smart_collection": TEXT,
    "query": ANYTHING,
    "signatures": listed(TEXT),
    "palette": listed(ANYTHING),
    "blend": NUMBER,
    "min_score": NUMBER,
    "min_box": NUMBER,
    "thorough": {"type": "string", "enum": ["auto", "never", "always"]},
    "include_shared": FLAG,
    "include_rejected": FLAG,
    "region": {"type": "string", "description": "x,y,width,height in fractions, 0 to 1"},
    "flip": {**FLAG, "description": "false: no mirrored copies"},
    "explain": {"type": "string", "description": "true, or the media that was expected"},
    "limit": WHOLE,
    "page": WHOLE,
    "page_size": WHOLE,
    "envelope": {"type": "string", "enum": ["array", "object"]},
}
_URL = {"type": "string", "description": "The address of a picture"}


def _json(schema: Schema, example: Mapping[str, Any]) -> dict[str, Any]:
    return {JSON: {"schema": schema, "example": dict(example)}}


def _pictured(properties: Mapping[str, Schema], example: Mapping[str, Any]) -> dict[str, Any]:
    """A picture as a file with the properties as JSON in `data`, or all of it as JSON."""
    data = {"type": "string", "description": "The properties, as a JSON object"}
    parts = {"media": {"type": "string", "format": "binary"}, "data": data}
    form = {"schema": shaped("", **parts), "example": {"data": json.dumps(example)}}
    as_json = _json(shaped("", media=_URL, **properties), example)
    return {"required": True, "content": {FORM: form, **as_json}}


def _plain(required: str, example: Mapping[str, Any], **properties: Schema) -> dict[str, Any]:
    schema = shaped(required, **properties)
    return {"required": bool(required), "content": _json(schema, example)}


ADD = _pictured(ADDED, {"keywords": ["stone"], "name": "pierre"})
SEARCH = _pictured(SEARCHED, {"keywords": ["painting"]})
CHANGE = _plain("", {"name": "bridge"}, **_WORDS, **_SAID, name=TEXT)
COLLECTION = _plain("name", {"name": "statue"}, **_WORDS, name=TEXT, parent=TEXT)
COLLECTION_CHANGE = _plain("", {"name": "statues"}, **_WORDS, name=TEXT, parent=TEXT)
SMART = _plain(
    "name query",
    {"name": "stones", "query": {"keywords": ["stone"]}},
    **_WORDS,
    name=TEXT,
    query=shaped("", **_WORDS),
)
SMART_CHANGE = _plain("", {"name": "stone"}, **_WORDS, name=TEXT, query=shaped("", **_WORDS))
MEDIAS = _plain("medias", {"medias": []}, medias=listed(TEXT))
FORCE = _plain("", {"force": True}, force=FLAG)
RECURSIVE = _plain("", {"recursive": False}, recursive=FLAG)
LOGIN = {
    "required": True,
    "content": {
        URLENCODED: {
            "schema": shaped(
                "grant_type client_id",
                grant_type={"type": "string", "enum": ["password", "refresh_token"]},
                client_id={"type": "string", "default": "ltu-api"},
                username=TEXT,
                password={"type": "string", "format": "password"},
                refresh_token=TEXT,
            )
        }
    },
}
