"""Requests to the routes of `search`."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from udata_mediadb.mongo.clock import now
from udata_mediadb.search.duplicates.models import DuplicateGroup
from udata_mediadb.search.exam.models import Exam
from udata_mediadb.search.exam.results import result_of
from udata_mediadb.search.models import KeptQuery
from udata_mediadb.search.watches.models import Watch

from ..permission_world import PICTURE, Cell
from .making import Call, Maker, call, image, listed, new_name


def _expected(cell: Cell) -> dict[str, Any]:
    return {**image(cell), "media": cell.media.id}


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


def _pair(cell: Cell) -> dict[str, Any]:
    return {"media": [cell.media.id, cell.media.id]}


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


CALLS: dict[str, Maker] = {
    "GET search/": call("GET search/", query_string=lambda cell: {**listed(cell), "keywords": "a"}),
    "POST search/": call("POST search/", data=image),
    "POST queries/": call("POST queries/", data=image),
    "GET queries/<query>/": _of_own_query("GET queries/<query>/"),
    "DELETE queries/<query>/": _of_own_query("DELETE queries/<query>/"),
    "GET queries/<query>/copy/": _of_own_query("GET queries/<query>/copy/"),
    "GET explain/": _of_own_query("GET explain/", expects=True),
    "POST explain/": call("POST explain/", data=_expected),
    "GET compare/": call("GET compare/", query_string=_pair),
    "POST compare/": call("POST compare/", json=_pair),
    "GET compare/overlay": call("GET compare/overlay", query_string=_pair),
    "POST compare/overlay": call("POST compare/overlay", json=_pair),
    "GET colors/": call("GET colors/", query_string=listed),
    "POST colors/": call("POST colors/", data=image),
    "GET exams/": call("GET exams/", query_string=listed),
    "POST exams/": call("POST exams/", json=lambda c: {**listed(c), "edits": ["jpeg"]}),
    "GET exams/<exam>/": _of_exam("GET exams/<exam>/"),
    "GET exams/<exam>/report/": _of_exam("GET exams/<exam>/report/"),
    "GET duplicates/": call("GET duplicates/", query_string=listed),
    "POST duplicates/scan/": call("POST duplicates/scan/", json=listed),
    "GET duplicates/<group>/": _of_group("GET duplicates/<group>/"),
    "POST duplicates/<group>/": _of_group(
        "POST duplicates/<group>/", json=lambda cell: {"action": "dismiss"}
    ),
    "GET watches/": call("GET watches/", query_string=listed),
    "POST watches/": call("POST watches/", json=lambda cell: {**listed(cell), "event": "use"}),
    "GET watches/<watch>/": _of_watch("GET watches/<watch>/"),
    "PATCH watches/<watch>/": _of_watch("PATCH watches/<watch>/", json=new_name),
    "DELETE watches/<watch>/": _of_watch("DELETE watches/<watch>/"),
    "GET watches/<watch>/deliveries/": _of_watch("GET watches/<watch>/deliveries/"),
    "GET watches/<watch>/feed/": _of_watch("GET watches/<watch>/feed/"),
}
