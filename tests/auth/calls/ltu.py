"""Requests to the routes of the LTU dialect."""

from io import BytesIO
from typing import Any

from ..permission_world import PICTURE, Cell
from .making import Maker, call, name, of_deleted, query

_FILE = "/ltu/storage/<public key>/<media>/files/<media or thumbnail>"


def _ltu_image(cell: Cell) -> dict[str, Any]:
    return {"media": (BytesIO(PICTURE), "a.jpg")}


def _media(cell: Cell) -> dict[str, Any]:
    return {"medias": [cell.media.id]}


CALLS: dict[str, Maker] = {
    "GET /ltu/apikey": call("GET /ltu/apikey"),
    "GET /ltu/media": call("GET /ltu/media"),
    "POST /ltu/media": call("POST /ltu/media", data=_ltu_image),
    "GET /ltu/media/<media>": call("GET /ltu/media/<media>"),
    "PATCH /ltu/media/<media>": call("PATCH /ltu/media/<media>", json=lambda cell: {"name": "b"}),
    "DELETE /ltu/media/<media>": call("DELETE /ltu/media/<media>"),
    "POST /ltu/media/<media>/restore": of_deleted(call("POST /ltu/media/<media>/restore")),
    "GET /ltu/collection": call("GET /ltu/collection"),
    "POST /ltu/collection": call("POST /ltu/collection", json=name),
    "GET /ltu/collection/<collection>": call("GET /ltu/collection/<collection>"),
    "PATCH /ltu/collection/<collection>": call("PATCH /ltu/collection/<collection>", json=name),
    "DELETE /ltu/collection/<collection>": call("DELETE /ltu/collection/<collection>"),
    "GET /ltu/collection/<collection>/medias": call("GET /ltu/collection/<collection>/medias"),
    "POST /ltu/collection/<collection>/medias": call(
        "POST /ltu/collection/<collection>/medias", json=_media
    ),
    "PATCH /ltu/collection/<collection>/medias": call(
        "PATCH /ltu/collection/<collection>/medias", json=_media
    ),
    "DELETE /ltu/collection/<collection>/medias": call(
        "DELETE /ltu/collection/<collection>/medias", json=_media
    ),
    "GET /ltu/smart_collection": call("GET /ltu/smart_collection"),
    "POST /ltu/smart_collection": call("POST /ltu/smart_collection", json=query),
    "GET /ltu/smart_collection/<smart>": call("GET /ltu/smart_collection/<smart>"),
    "PATCH /ltu/smart_collection/<smart>": call("PATCH /ltu/smart_collection/<smart>", json=name),
    "DELETE /ltu/smart_collection/<smart>": call("DELETE /ltu/smart_collection/<smart>"),
    "GET /ltu/smart_collection/<smart>/medias": call("GET /ltu/smart_collection/<smart>/medias"),
    "POST /ltu/smart_collection/<smart>/medias": call("POST /ltu/smart_collection/<smart>/medias"),
    "POST /ltu/search/media": call("POST /ltu/search/media", data=_ltu_image),
    f"GET {_FILE}": call("GET", "/ltu/storage/<public key>/<media>/files/thumbnail"),
}
