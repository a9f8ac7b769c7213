"""Requests to the routes of `application`."""

from udata_mediadb.application.key_pair import rotate_key
from udata_mediadb.crypto.keyring import Keyring

from ...portal import SECRET
from ..permission_world import Cell
from .making import Call, Maker, call, new_name

_KEYS = "applications/<application>/keys/"


def _of_empty(maker: Maker) -> Maker:
    def made(cell: Cell) -> Call:
        cell.changed = True
        for document in (cell.media, cell.collection, cell.smart):
            document.delete()
        return maker(cell)

    return made


def _of_retired_key(cell: Cell) -> Call:
    """Revokes the key that the caller may hold, which is in its grace."""
    cell.changed = True
    rotate_key(cell.application, "private", Keyring(SECRET), grace_s=600)
    retired = cell.application.retired_keys[-1]
    return call("DELETE", f"applications/<application>/keys/{retired.id}/")(cell)


CALLS: dict[str, Maker] = {
    "GET applications/": call("GET applications/"),
    "POST applications/": call("POST applications/", json=lambda cell: {"name": "New"}),
    "GET applications/<application>/": call("GET applications/<application>/"),
    "PUT applications/<application>/": call(
        "PUT applications/<application>/", json=lambda cell: {"name": "New"}
    ),
    "PATCH applications/<application>/": call("PATCH applications/<application>/", json=new_name),
    "DELETE applications/<application>/": _of_empty(call("DELETE applications/<application>/")),
    "POST applications/<application>/transfer/": call(
        "POST applications/<application>/transfer/",
        json=lambda cell: {"organization": cell.application.organization},
    ),
    "DELETE applications/<application>/links/": call("DELETE applications/<application>/links/"),
    f"GET {_KEYS}": call(f"GET {_KEYS}"),
    f"POST {_KEYS}": call(f"POST {_KEYS}", json=lambda cell: {"kind": "private"}),
    f"GET {_KEYS}<key>/": call("GET", f"{_KEYS}private/"),
    f"DELETE {_KEYS}<key>/": _of_retired_key,
    f"PATCH {_KEYS}<key>/": call("PATCH", f"{_KEYS}private/", json=lambda cell: {"name": "x"}),
    "GET me/": call("GET me/"),
}
