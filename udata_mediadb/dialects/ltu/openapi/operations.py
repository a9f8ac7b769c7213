"""Every route of the dialect: what it is for, what it takes and what it answers."""

from dataclasses import dataclass, field
from typing import Any

from . import bodies
from .schemas import FLAG, TEXT, WHOLE, Schema, listed, ref

JSON = "application/json"
PICTURES = ("image/jpeg", "image/png", "image/webp")
_ERRORS = (400, 401, 403, 404, 429, 503)
MEANINGS = {
    400: "Bad request",
    401: "No credentials, or wrong ones",
    403: "Known, but not allowed",
    404: "No such object, or no such page",
    409: "Several media have the name, or the picture is there already",
    410: "Taken down",
    413: "Too large",
    415: "Not a picture that is read here",
    429: "Over a limit; Retry-After says when to ask again",
    503: "Away for a moment; Retry-After says when to ask again",
}
TOKEN_AND_KEY: list[dict[str, list[str]]] = [{"bearer": [], "key": []}, {"bearer": []}, {"key": []}]
TOKEN: list[dict[str, list[str]]] = [{"bearer": []}]
KEY: list[dict[str, list[str]]] = [{"key": []}, {"bearer": [], "key": []}]


@dataclass(frozen=True)
class Operation:
    """One verb of one path. `answers`: schemas by status; None for a picture."""

    verb: str
    path: str
    id: str
    summary: str
    answers: dict[int, Schema | None]
    tag: str = "Media"
    body: dict[str, Any] | None = None
    query: tuple[dict[str, Any], ...] = ()
    security: list[dict[str, list[str]]] = field(default_factory=lambda: TOKEN_AND_KEY)
    errors: tuple[int, ...] = ()

    def documented(self) -> dict[str, Any]:
        """As an Operation Object."""
        names = [part.split("}")[0] for part in self.path.split("{")[1:]]
        parameters = [_in("path", name, TEXT, required=True) for name in names] + list(self.query)
        answers = {str(code): _answer(code, one) for code, one in self.answers.items()}
        wrong = {str(code): _error(code) for code in sorted({*_ERRORS, *self.errors})}
        return {
            "operationId": self.id,
            "summary": self.summary,
            "tags": [self.tag],
            "security": self.security,
            **({"parameters": parameters} if parameters else {}),
            **({"requestBody": self.body} if self.body else {}),
            "responses": {**answers, **wrong},
        }


def _in(place: str, name: str, schema: Schema, text: str = "", **more: Any) -> dict[str, Any]:
    described = {"description": text} if text else {}
    return {"name": name, "in": place, "schema": schema, **described, **more}


def _answer(code: int, schema: Schema | None) -> dict[str, Any]:
    if schema is None:
        picture = {"schema": {"type": "string", "format": "binary"}}
        return {"description": "The picture", "content": dict.fromkeys(PICTURES, picture)}
    meaning = {201: "Created", 207: "Some ids are unknown"}.get(code, "Done")
    return {"description": meaning, "content": {JSON: {"schema": schema}}}


def _error(code: int) -> dict[str, Any]:
    return {"description": MEANINGS[code], "content": {JSON: {"schema": ref("Error")}}}


_PAGE = (
    _in("query", "page", {**WHOLE, "minimum": 1, "default": 1}, "The page; others answer 404"),
    _in("query", "page_size", {**WHOLE, "minimum": 1, "maximum": 1000, "default": 100}),
)
_ORDER = (
    _in("query", "order_by", {**TEXT, "example": "name"}, "created_at, request_at, name, …"),
    _in("query", "desc", FLAG, "Descending; without order_by the newest are first anyway"),
)
_FULL = (_in("query", "full", FLAG, "All collections, not those of the first level alone"),)
_FORCE = (_in("query", "force", FLAG, "Remove it for good; also in the body"),)
_RECURSIVE = (_in("query", "recursive", FLAG, "With what lies in it; also in the body"),)
_ENVELOPE = (
    _in("query", "envelope", {**TEXT, "enum": ["array", "object"]}, "A bare list, or a page"),
)
_OWNER = (_in("query", "owner", TEXT, "The name of one of your organisations, or yours"),)
_HITS: Schema = {"oneOf": [listed(ref("Hit")), ref("Found")]}
_MEDIA, _COLLECTION, _SMART = "/media/{name}", "/collection/{id}", "/smart_collection/{id}"
_LISTED: dict[int, Schema | None] = {200: ref("Medias")}
_CHANGED: dict[int, Schema | None] = {200: ref("Changed"), 207: ref("Changed")}
_SEARCH_TEXT = "Search by picture, with or without criteria, or by criteria alone"
_UPLOAD = (413, 415)


def _one(path: str, noun: str, schema: str, body: dict[str, Any], tag: str) -> list[Operation]:
    """GET, PATCH and PUT of one object."""
    name = noun.replace(" ", "_")
    found: dict[int, Schema | None] = {200: ref(schema)}
    return [
        Operation("get", path, f"get_{name}", f"Get a {noun}", found, tag, errors=(410,)),
        Operation("patch", path, f"change_{name}", f"Change a {noun}", found, tag, body),
        Operation("put", path, f"put_{name}", f"Change a {noun}, as PATCH", found, tag, body),
    ]


def _of_collections() -> list[Operation]:
    tag, one, items = "Collections", _COLLECTION, _COLLECTION + "/medias"
    return [
        Operation("get", "/collection", "list_collections", "List collections",
                  {200: listed(ref("Collection"))}, tag, query=_FULL),
        Operation("post", "/collection", "create_collection", "Create a collection",
                  {201: ref("Collection")}, tag, bodies.COLLECTION),
        *_one(one, "collection", "Collection", bodies.COLLECTION_CHANGE, tag),
        Operation("delete", one, "delete_collection", "Remove a collection; its media stay",
                  {200: ref("Id")}, tag, bodies.RECURSIVE, _RECURSIVE),
        Operation("get", items, "list_collection", "List the media of a collection", _LISTED, tag,
                  query=(*_PAGE, *_ORDER)),
        Operation("post", items, "post_collection",
                  "With medias add them, without list the collection",
                  {200: {"oneOf": [ref("Changed"), ref("Medias")]}, 207: ref("Changed")}, tag,
                  {**bodies.MEDIAS, "required": False}, (*_PAGE, *_ORDER)),
        Operation("patch", items, "add_to_collection", "Add media to a collection", _CHANGED, tag,
                  bodies.MEDIAS),
        Operation("delete", items, "remove_from_collection", "Take media out of a collection",
                  _CHANGED, tag, bodies.MEDIAS),
    ]  # fmt: skip


def _of_smart_collections() -> list[Operation]:
    tag, one, items = "Smart collections", _SMART, _SMART + "/medias"
    order = (*_PAGE, *_ORDER)
    return [
        Operation("get", "/smart_collection", "list_smart_collections", "List smart collections",
                  {200: listed(ref("SmartCollection"))}, tag),
        Operation("post", "/smart_collection", "create_smart_collection",
                  "Create a smart collection", {201: ref("SmartCollection")}, tag, bodies.SMART),
        *_one(one, "smart collection", "SmartCollection", bodies.SMART_CHANGE, tag),
        Operation("delete", one, "delete_smart_collection", "Remove a smart collection",
                  {200: ref("Id")}, tag),
        Operation("get", items, "list_smart_collection", "List what meets its query", _LISTED, tag,
                  query=order),
        Operation("post", items, "post_smart_collection", "The same as GET", _LISTED, tag,
                  query=order),
    ]  # fmt: skip


OPERATIONS: tuple[Operation, ...] = (
    Operation("get", "/apikey", "list_applications", "Your applications with their keys",
              {200: ref("Applications")}, "Applications", query=_OWNER, security=TOKEN),
    Operation("get", "/media", "list_medias", "List media, newest first", _LISTED,
              query=(*_PAGE, *_ORDER)),
    Operation("post", "/media", "add_media", "Add a picture; with a public key, search by it",
              {201: ref("Added"), 200: listed(ref("Hit"))}, body=bodies.ADD,
              errors=(409, *_UPLOAD)),
    *_one(_MEDIA, "media", "Media", bodies.CHANGE, "Media"),
    Operation("delete", _MEDIA, "delete_media", "Deactivate a media, or remove it for good",
              {200: ref("Id")}, body=bodies.FORCE, query=_FORCE, errors=(409,)),
    Operation("post", _MEDIA + "/restore", "restore_media", "Make a deactivated media active",
              {200: ref("Media")}),
    *_of_collections(),
    *_of_smart_collections(),
    Operation("post", "/search/media", "search_media", _SEARCH_TEXT, {200: _HITS}, "Search",
              bodies.SEARCH, _ENVELOPE, KEY, _UPLOAD),
    Operation("get", "/storage/{key}/{media}/files/{kind}", "get_file",
              "The picture, or its thumbnail: the links of answers lead here", {200: None},
              "Files", security=[{}, *TOKEN_AND_KEY], errors=(410,)),
)  # fmt: skip
