"""Routes for who restarts workers and who sends requests to them: live, and ready."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app
from flask_restx import Model, fields

from ...errors import Unavailable
from ...media import files
from ...media.files import current_storage, index_root
from ...web.declaring import takes
from ...web.failures import failure_of
from ...web.namespace import ns
from ...web.page_fields import shaped
from .resource import WatchedResource
from .state import require_database

live_fields = Model("MediaDBLive", {"live": fields.Boolean(required=True)})
ready_fields = Model(
    "MediaDBReady",
    {
        "ready": fields.Boolean(required=True),
        "checks": shaped(
            {"type": "object", "additionalProperties": {"type": "string"}},
            description="ok, for each of database, files and index",
            example={"database": "ok", "files": "ok", "index": "ok"},
        ),
    },
)
for _model in (live_fields, ready_fields):
    ns.add_model(_model.name, _model)


@ns.route("/health/live/", endpoint="mediadb_health_live")
class LiveAPI(WatchedResource):
    """Whether this worker answers at all."""

    asks_nobody = True

    @takes()
    @ns.doc("get_mediadb_health_live")
    @ns.marshal_with(live_fields)
    def get(self) -> dict[str, Any]:
        """Whether it answers: nothing else is asked, so that no restart follows what is away."""
        return {"live": True}


@ns.route("/health/ready/", endpoint="mediadb_health_ready")
class ReadyAPI(WatchedResource):
    """Whether requests should be sent here."""

    asks_nobody = True

    @takes(errors=(503,))
    @ns.doc("get_mediadb_health_ready")
    @ns.marshal_with(ready_fields)
    def get(self) -> dict[str, Any]:
        """Whether the database, the files and the indexes can be used; 503 names what cannot."""
        faults = {name: said for name, check in _CHECKS.items() if (said := _said(check))}
        if faults:
            raise _NotReady(faults)
        return {"ready": True, "checks": dict.fromkeys(_CHECKS, "ok")}


class _NotReady(Unavailable):
    """What is away, by name."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(f"Not ready: {', '.join(faults)}.")
        self._faults = faults

    def body(self) -> dict[str, object]:
        return {**super().body(), "errors": dict(self._faults)}


def _said(check: Callable[[], None]) -> str | None:
    """What is wrong, in words that name no host and no path; None where nothing is."""
    try:
        check()
    except Exception as exc:
        failure = failure_of(exc)
        if failure is None:
            raise
        return failure.message
    return None


def _files() -> None:
    files.require_usable(current_storage())


def _index() -> None:
    files.require_writable(index_root(current_app))


_CHECKS: dict[str, Callable[[], None]] = {
    "database": require_database,
    "files": _files,
    "index": _index,
}
