"""Requests to the routes of `operations`."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from udata_mediadb.jobs.queue import enqueue
from udata_mediadb.operations.imports import uploads

from ...paused_jobs import paused_job
from ..permission_world import Cell
from .making import Call, Maker, call, listed


def _archive(cell: Cell) -> dict[str, Any]:
    return {"file": (BytesIO(b"file,name\n"), "a.csv"), "application": cell.application.id}


def _changes(cell: Cell) -> dict[str, Any]:
    return {**listed(cell), "query": {"keywords": ["nothing"]}, "add_keywords": ["a"]}


def _of_import(line: str) -> Maker:
    """About an import that nobody does: it is paused."""

    def made(cell: Cell) -> Call:
        job = paused_job("import", cell.application.id)
        return call(line, line.partition(" ")[2].replace("<import>", job))(cell)

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


CALLS: dict[str, Maker] = {
    "POST media/changes/": call("POST media/changes/", json=_changes),
    "POST imports/": call("POST imports/", data=_archive),
    "GET imports/<import>/": _of_import("GET imports/<import>/"),
    "GET imports/<import>/items/": _of_import("GET imports/<import>/items/"),
    "POST uploads/": call(
        "POST uploads/", query_string=listed, headers=lambda cell: {"Upload-Length": "10"}
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
    "GET jobs/": call("GET jobs/", query_string=listed),
    "GET jobs/<job>/": _of_job("GET jobs/<job>/"),
    "PATCH jobs/<job>/": _of_job("PATCH jobs/<job>/", json=lambda cell: {"action": "pause"}),
    "GET jobs/<job>/failures/": _of_job("GET jobs/<job>/failures/"),
    "GET status/": call("GET status/"),
    "GET health/live/": call("GET health/live/"),
    "GET health/ready/": call("GET health/ready/"),
    "GET metrics/": call("GET metrics/"),  # from this machine; others: tests/watching
}
