"""The requests of the table of permissions in reference/authentication.md: one for each line."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from udata_mediadb.application.key_pair import rotate_key
from udata_mediadb.crypto.keyring import Keyring
from udata_mediadb.jobs.queue import enqueue, pause
from udata_mediadb.media.models import DELETED
from udata_mediadb.media.replacing import OF_PICTURE
from udata_mediadb.mongo.clock import now
from udata_mediadb.operations.imports import uploads
from udata_mediadb.search.duplicates.models import DuplicateGroup
from udata_mediadb.search.exam.models import Exam
from udata_mediadb.search.exam.results import result_of
from udata_mediadb.search.models import KeptQuery
from udata_mediadb.search.watches.models import Watch

from ..portal import SECRET
from .local import API
from .permission_world import PICTURE, Cell


@dataclass
class Call:
    """One request. `path` is absolute."""

    method: str
    path: str
    arguments: dict[str, Any]


Maker = Callable[[Cell], Call]


def call(line: str, path: str | None = None, **arguments: Callable[[Cell], Any]) -> Maker:
    """The request of a line such as `GET media/<media>/`; `path` where its own has a choice."""
    method, _, shown = line.partition(" ")

    def made(cell: Cell) -> Call:
        filled = path or shown
        for name, value in cell.ids().items():
            filled = filled.replace(f"<{name}>", value)
        filled = filled if filled.startswith("/") else API + filled
        return Call(method, filled, {key: value(cell) for key, value in arguments.items()})

    return made


def _image(cell: Cell) -> dict[str, Any]:
    return {"image": (BytesIO(PICTURE), "a.jpg"), "application": cell.application.id}


def _new_file(cell: Cell) -> dict[str, Any]:
    return {"image": (BytesIO(PICTURE), "b.jpg")}


def _ltu_image(cell: Cell) -> dict[str, Any]:
    return {"media": (BytesIO(PICTURE), "a.jpg")}


def _listed(cell: Cell) -> dict[str, Any]:
    return {"application": cell.application.id}


def _keywords(cell: Cell) -> dict[str, Any]:
    return {"application": cell.application.id, "keywords": ["a"], "to": "b"}


def _address(cell: Cell) -> dict[str, Any]:
    return {"url": f"http://localhost{API}media/{cell.media.id}/"}


def _name(cell: Cell) -> dict[str, Any]:
    return {"name": "New", "application": cell.application.id}


def _new_name(cell: Cell) -> dict[str, Any]:
    return {"name": "New"}


def _query(cell: Cell) -> dict[str, Any]:
    return {**_name(cell), "query": {"keywords": ["a"]}}


def _expected(cell: Cell) -> dict[str, Any]:
    return {**_image(cell), "media": cell.media.id}


def _of_own_query(line: str, *, expects: bool = False) -> Maker:
    """About a query that the owner of the application keeps.

    `expects`: the query and the media that is expected are arguments.
    """

    def made(cell: Cell) -> Call:
        kept = KeptQuery(
            id=secrets.token_urlsafe(24),
            application=cell.application.id,
            holder=f"user {cell.media.owner}",
            sha256="0" * 64,
            width=1,
            height=1,
            format="JPEG",
            copy=PICTURE,
            expires_at=now() + timedelta(hours=1),
        ).save()
        if expects:
            return call(line, query_string=lambda c: {"query": kept.id, "media": c.media.id})(cell)
        return call(line, line.partition(" ")[2].replace("<query>", kept.id))(cell)

    return made


def _archive(cell: Cell) -> dict[str, Any]:
    return {"file": (BytesIO(b"file,name\n"), "a.csv"), "application": cell.application.id}


def _of_import(line: str) -> Maker:
    """About an import that nobody does: it is paused."""

    def made(cell: Cell) -> Call:
        job = enqueue("import", application=cell.application.id)
        pause(job.id)
        return call(line, line.partition(" ")[2].replace("<import>", job.id))(cell)

    return made


def _of_upload(line: str, **arguments: Callable[[Cell], Any]) -> Maker:
    """About an upload that was begun for the application."""

    def made(cell: Cell) -> Call:
        upload = uploads.begin(cell.application.id, 10, None)
        path = line.partition(" ")[2].replace("<upload>", upload.id)
        return call(line, path, **arguments)(cell)

    return made


def _of_job(line: str, **arguments: Callable[[Cell], Any]) -> Maker:
    """About a job of the application, of a kind that nobody does."""

    def made(cell: Cell) -> Call:
        job = enqueue("for-permissions", application=cell.application.id)
        path = line.partition(" ")[2].replace("<job>", job.id)
        return call(line, path, **arguments)(cell)

    return made


def _of_group(line: str, **arguments: Callable[[Cell], Any]) -> Maker:
    def made(cell: Cell) -> Call:
        named = {"application": cell.application.id, "kind": "same", "media": [cell.media.id]}
        group = DuplicateGroup(id=secrets.token_hex(16), **named).save()
        path = line.partition(" ")[2].replace("<group>", group.id)
        return call(line, path, **arguments)(cell)

    return made


def _of_watch(line: str, **arguments: Callable[[Cell], Any]) -> Maker:
    def made(cell: Cell) -> Call:
        watch = Watch(
            id=secrets.token_hex(16),
            application=cell.application.id,
            name="A watch",
            event="use",
            feed_token=secrets.token_hex(16),
            media_uri="http://localhost/MEDIA",
        ).save()
        path = line.partition(" ")[2].replace("<watch>", watch.id)
        return call(line, path, **arguments)(cell)

    return made


def _media(cell: Cell) -> dict[str, Any]:
    return {"medias": [cell.media.id]}


def _pair(cell: Cell) -> dict[str, Any]:
    return {"media": [cell.media.id, cell.media.id]}


def _ids(cell: Cell) -> dict[str, Any]:
    return {"ids": [cell.media.id]}


def _edit(cell: Cell) -> dict[str, Any]:
    return {**_ids(cell), "add_keywords": ["b"]}


def _of_deleted(maker: Maker) -> Maker:
    def made(cell: Cell) -> Call:
        cell.changed = True
        cell.media.modify(state=DELETED, deleted_at=now())
        return maker(cell)

    return made


def _of_replaced(maker: Maker) -> Maker:
    """The picture that the media had before has the media's own id."""

    def made(cell: Cell) -> Call:
        cell.changed = True
        media = cell.media
        earlier = {name: media[name] for name in OF_PICTURE}
        media.modify(earlier=[{**earlier, "picture": media.id, "replaced_at": now()}])
        return maker(cell)

    return made


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


def _of_exam(line: str) -> Maker:
    """About an exam that has ended without a search."""

    def made(cell: Cell) -> Call:
        exam = Exam(
            id=secrets.token_hex(16), application=cell.application.id, seed=1, signature="match"
        )
        exam.result, exam.ended_at = result_of(exam, None), now()
        exam.save()
        return call(line, line.partition(" ")[2].replace("<exam>", exam.id))(cell)

    return made


_KEYS = "applications/<application>/keys/"
_FILE = "/ltu/storage/<public key>/<media>/files/<media or thumbnail>"

# The lines of the table; a new route gets a line here and in the table.
CALLS: dict[str, Maker] = {
    "GET applications/": call("GET applications/"),
    "POST applications/": call("POST applications/", json=lambda cell: {"name": "New"}),
    "GET applications/<application>/": call("GET applications/<application>/"),
    "PUT applications/<application>/": call(
        "PUT applications/<application>/", json=lambda cell: {"name": "New"}
    ),
    "PATCH applications/<application>/": call("PATCH applications/<application>/", json=_new_name),
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
    "GET media/": call("GET media/", query_string=_listed),
    "GET keywords/": call("GET keywords/", query_string=_listed),
    "PATCH keywords/": call("PATCH keywords/", json=_keywords),
    "GET statistics/": call("GET statistics/", query_string=_listed),
    "GET media.csv": call("GET media.csv", query_string=_listed),
    "GET media.jsonl": call("GET media.jsonl", query_string=_listed),
    "GET media.jsonld": call("GET media.jsonld", query_string=_listed),
    "GET media/recent.atom": call("GET media/recent.atom", query_string=_listed),
    "GET recent.atom": call("GET recent.atom", query_string=_listed),
    "GET applications/<application>/recent.atom": call(
        "GET applications/<application>/recent.atom"
    ),
    "GET media/<media>/jsonld/": call("GET media/<media>/jsonld/"),
    "GET oembed/": call("GET oembed/", query_string=_address),
    "GET collections/<collection>/recent.atom": call("GET collections/<collection>/recent.atom"),
    "GET collections/<collection>/jsonld/": call("GET collections/<collection>/jsonld/"),
    "GET smart_collections/<smart>/recent.atom": call("GET smart_collections/<smart>/recent.atom"),
    "GET smart_collections/<smart>/jsonld/": call("GET smart_collections/<smart>/jsonld/"),
    "POST media/": call("POST media/", data=_image),
    "PATCH media/": call("PATCH media/", json=_edit),
    "POST media/restore/": _of_deleted(call("POST media/restore/", json=_ids)),
    "DELETE media/": call("DELETE media/", json=_ids),
    "GET media/<media>/": call("GET media/<media>/"),
    "PATCH media/<media>/": call("PATCH media/<media>/", json=_new_name),
    "PUT media/<media>/": call("PUT media/<media>/", json=lambda cell: {"name": "b"}),
    "DELETE media/<media>/": call("DELETE media/<media>/"),
    "POST media/<media>/restore/": _of_deleted(call("POST media/<media>/restore/")),
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
    "GET collections/": call("GET collections/", query_string=_listed),
    "POST collections/": call("POST collections/", json=_name),
    "GET collections/<collection>/": call("GET collections/<collection>/"),
    "PATCH collections/<collection>/": call("PATCH collections/<collection>/", json=_new_name),
    "PUT collections/<collection>/": call("PUT collections/<collection>/", json=_new_name),
    "DELETE collections/<collection>/": call("DELETE collections/<collection>/"),
    "GET collections/<collection>/media/": call("GET collections/<collection>/media/"),
    "POST collections/<collection>/media/": call("POST collections/<collection>/media/", json=_ids),
    "DELETE collections/<collection>/media/": call(
        "DELETE collections/<collection>/media/", json=_ids
    ),
    "GET smart_collections/": call("GET smart_collections/", query_string=_listed),
    "POST smart_collections/": call("POST smart_collections/", json=_query),
    "GET smart_collections/<smart>/": call("GET smart_collections/<smart>/"),
    "PATCH smart_collections/<smart>/": call("PATCH smart_collections/<smart>/", json=_new_name),
    "PUT smart_collections/<smart>/": call("PUT smart_collections/<smart>/", json=_new_name),
    "DELETE smart_collections/<smart>/": call("DELETE smart_collections/<smart>/"),
    "GET smart_collections/<smart>/media/": call("GET smart_collections/<smart>/media/"),
    "GET search/": call(
        "GET search/", query_string=lambda cell: {**_listed(cell), "keywords": "a"}
    ),
    "POST search/": call("POST search/", data=_image),
    "POST queries/": call("POST queries/", data=_image),
    "GET queries/<query>/": _of_own_query("GET queries/<query>/"),
    "DELETE queries/<query>/": _of_own_query("DELETE queries/<query>/"),
    "GET queries/<query>/copy/": _of_own_query("GET queries/<query>/copy/"),
    "GET explain/": _of_own_query("GET explain/", expects=True),
    "POST explain/": call("POST explain/", data=_expected),
    "GET compare/": call("GET compare/", query_string=_pair),
    "POST compare/": call("POST compare/", json=_pair),
    "GET compare/overlay": call("GET compare/overlay", query_string=_pair),
    "POST compare/overlay": call("POST compare/overlay", json=_pair),
    "GET colors/": call("GET colors/", query_string=_listed),
    "POST colors/": call("POST colors/", data=_image),
    "GET exams/": call("GET exams/", query_string=_listed),
    "POST exams/": call("POST exams/", json=lambda c: {**_listed(c), "edits": ["jpeg"]}),
    "GET exams/<exam>/": _of_exam("GET exams/<exam>/"),
    "GET exams/<exam>/report/": _of_exam("GET exams/<exam>/report/"),
    "GET duplicates/": call("GET duplicates/", query_string=_listed),
    "POST duplicates/scan/": call("POST duplicates/scan/", json=_listed),
    "GET duplicates/<group>/": _of_group("GET duplicates/<group>/"),
    "POST duplicates/<group>/": _of_group(
        "POST duplicates/<group>/", json=lambda cell: {"action": "dismiss"}
    ),
    "GET watches/": call("GET watches/", query_string=_listed),
    "POST watches/": call("POST watches/", json=lambda cell: {**_listed(cell), "event": "use"}),
    "GET watches/<watch>/": _of_watch("GET watches/<watch>/"),
    "PATCH watches/<watch>/": _of_watch("PATCH watches/<watch>/", json=_new_name),
    "DELETE watches/<watch>/": _of_watch("DELETE watches/<watch>/"),
    "GET watches/<watch>/deliveries/": _of_watch("GET watches/<watch>/deliveries/"),
    "GET watches/<watch>/feed/": _of_watch("GET watches/<watch>/feed/"),
    "POST imports/": call("POST imports/", data=_archive),
    "GET imports/<import>/": _of_import("GET imports/<import>/"),
    "GET imports/<import>/items/": _of_import("GET imports/<import>/items/"),
    "POST uploads/": call(
        "POST uploads/", query_string=_listed, headers=lambda cell: {"Upload-Length": "10"}
    ),
    "GET uploads/<upload>/": _of_upload("GET uploads/<upload>/"),
    "PATCH uploads/<upload>/": _of_upload(
        "PATCH uploads/<upload>/",
        data=lambda cell: b"part",
        headers=lambda cell: {
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        },
    ),
    "DELETE uploads/<upload>/": _of_upload("DELETE uploads/<upload>/"),
    "GET jobs/": call("GET jobs/", query_string=_listed),
    "GET jobs/<job>/": _of_job("GET jobs/<job>/"),
    "PATCH jobs/<job>/": _of_job("PATCH jobs/<job>/", json=lambda cell: {"action": "pause"}),
    "GET jobs/<job>/failures/": _of_job("GET jobs/<job>/failures/"),
    "GET status/": call("GET status/"),
    "GET health/live/": call("GET health/live/"),
    "GET health/ready/": call("GET health/ready/"),
    "GET metrics/": call("GET metrics/"),  # from this machine; others: tests/watching
    "GET /ltu/apikey": call("GET /ltu/apikey"),
    "GET /ltu/media": call("GET /ltu/media"),
    "POST /ltu/media": call("POST /ltu/media", data=_ltu_image),
    "GET /ltu/media/<media>": call("GET /ltu/media/<media>"),
    "PATCH /ltu/media/<media>": call("PATCH /ltu/media/<media>", json=lambda cell: {"name": "b"}),
    "DELETE /ltu/media/<media>": call("DELETE /ltu/media/<media>"),
    "POST /ltu/media/<media>/restore": _of_deleted(call("POST /ltu/media/<media>/restore")),
    "GET /ltu/collection": call("GET /ltu/collection"),
    "POST /ltu/collection": call("POST /ltu/collection", json=_name),
    "GET /ltu/collection/<collection>": call("GET /ltu/collection/<collection>"),
    "PATCH /ltu/collection/<collection>": call("PATCH /ltu/collection/<collection>", json=_name),
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
    "POST /ltu/smart_collection": call("POST /ltu/smart_collection", json=_query),
    "GET /ltu/smart_collection/<smart>": call("GET /ltu/smart_collection/<smart>"),
    "PATCH /ltu/smart_collection/<smart>": call("PATCH /ltu/smart_collection/<smart>", json=_name),
    "DELETE /ltu/smart_collection/<smart>": call("DELETE /ltu/smart_collection/<smart>"),
    "GET /ltu/smart_collection/<smart>/medias": call("GET /ltu/smart_collection/<smart>/medias"),
    "POST /ltu/smart_collection/<smart>/medias": call("POST /ltu/smart_collection/<smart>/medias"),
    "POST /ltu/search/media": call("POST /ltu/search/media", data=_ltu_image),
    f"GET {_FILE}": call("GET", "/ltu/storage/<public key>/<media>/files/thumbnail"),
}

# Lines that change nothing, whatever their answer is.
READING = {
    "POST search/",
    "POST explain/",
    "POST compare/",
    "POST compare/overlay",
    "POST colors/",
    "POST /ltu/search/media",
    *(line for line in CALLS if line.startswith("GET ")),
}
