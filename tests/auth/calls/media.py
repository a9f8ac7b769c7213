"""Requests to the routes of `media`."""

from io import BytesIO
from typing import Any

from udata_mediadb.media.replacing import OF_PICTURE
from udata_mediadb.mongo.clock import now

from ..local import API
from ..permission_world import PICTURE, Cell
from .making import Call, Maker, call, ids, image, listed, new_name, of_deleted


def _new_file(cell: Cell) -> dict[str, Any]:
    return {"image": (BytesIO(PICTURE), "b.jpg")}


def _keywords(cell: Cell) -> dict[str, Any]:
    return {"application": cell.application.id, "keywords": ["a"], "to": "b"}


def _address(cell: Cell) -> dict[str, Any]:
    return {"url": f"http://localhost{API}media/{cell.media.id}/"}


def _edit(cell: Cell) -> dict[str, Any]:
    return {**ids(cell), "add_keywords": ["b"]}


def _of_replaced(maker: Maker) -> Maker:
    """The picture that the media had before has the media's own id."""

    def made(cell: Cell) -> Call:
        cell.changed = True
        media = cell.media
        earlier = {name: media[name] for name in OF_PICTURE}
        media.modify(earlier=[{**earlier, "picture": media.id, "replaced_at": now()}])
        return maker(cell)

    return made


CALLS: dict[str, Maker] = {
    "GET media/": call("GET media/", query_string=listed),
    "GET keywords/": call("GET keywords/", query_string=listed),
    "PATCH keywords/": call("PATCH keywords/", json=_keywords),
    "GET statistics/": call("GET statistics/", query_string=listed),
    "GET media.csv": call("GET media.csv", query_string=listed),
    "GET media.jsonl": call("GET media.jsonl", query_string=listed),
    "GET media.jsonld": call("GET media.jsonld", query_string=listed),
    "GET media/recent.atom": call("GET media/recent.atom", query_string=listed),
    "GET recent.atom": call("GET recent.atom", query_string=listed),
    "GET applications/<application>/recent.atom": call(
        "GET applications/<application>/recent.atom"
    ),
    "GET media/<media>/jsonld/": call("GET media/<media>/jsonld/"),
    "GET oembed/": call("GET oembed/", query_string=_address),
    "POST media/": call("POST media/", data=image),
    "PATCH media/": call("PATCH media/", json=_edit),
    "POST media/restore/": of_deleted(call("POST media/restore/", json=ids)),
    "DELETE media/": call("DELETE media/", json=ids),
    "GET media/<media>/": call("GET media/<media>/"),
    "PATCH media/<media>/": call("PATCH media/<media>/", json=new_name),
    "PUT media/<media>/": call("PUT media/<media>/", json=lambda cell: {"name": "b"}),
    "DELETE media/<media>/": call("DELETE media/<media>/"),
    "POST media/<media>/restore/": of_deleted(call("POST media/<media>/restore/")),
    "PUT media/<media>/file/": call("PUT media/<media>/file/", data=_new_file),
    "GET media/<media>/versions/": call("GET media/<media>/versions/"),
    "GET media/<media>/versions/<version>/": _of_replaced(
        call("GET", "media/<media>/versions/<media>/")
    ),
    "DELETE media/<media>/versions/<version>/": _of_replaced(
        call("DELETE", "media/<media>/versions/<media>/")
    ),
    "GET media/<media>/files/<original>/": call("GET", "media/<media>/files/original/"),
    "GET media/<media>/files/<media or thumbnail>/": call("GET", "media/<media>/files/thumbnail/"),
    "GET media/<media>/embedded/": call("GET media/<media>/embedded/"),
    "GET media/<media>/colors/": call("GET media/<media>/colors/"),
    "GET media/<media>/similar/": call("GET media/<media>/similar/"),
}
