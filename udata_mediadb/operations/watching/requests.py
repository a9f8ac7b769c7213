"""Every request is counted and measured, and has an id that logs and traces name.

The id is the one that a proxy gave (`X-Request-ID`), where that is a plain word.
"""

import logging
import os
import re
import time
from collections.abc import Collection
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from flask import Flask, Response, current_app, g, request

from ...errors import Misconfigured
from ...media.files import require_writable
from ...web.stages import begin_stages, stages_of_request
from .json_logs import log_request
from .measures import DIRECTORY, Measures, counts_for_all, measures

logger = logging.getLogger(__name__)
slow = logging.getLogger(f"{__package__}.slow")
HEADER = "X-Request-ID"
_A_PLAIN_WORD = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNKNOWN = "unknown"  # what leads to no route: paths of strangers are no labels
SEARCHES = ("shortlist", "verify")  # stages of which each search by image has one
INGESTS = ("store",)


def watch_requests(app: Flask, prefix: str, blueprints: Collection[str]) -> None:
    """Watch what is asked below `prefix`, and of these blueprints."""

    def begin() -> None:
        if request.path.startswith(f"{prefix}/") or request.blueprint in blueprints:
            # a path that is none of ours may be one of a route of the portal that takes any
            rule = request.url_rule.rule if request.url_rule is not None else ""
            is_ours = rule.startswith(f"{prefix}/") or request.blueprint in blueprints
            g.mediadb_route = rule if is_ours else _UNKNOWN
            g.mediadb_request_began_s = time.perf_counter()
            g.mediadb_request_id = _id_of_request()
            begin_stages()

    def end(response: Response) -> Response:
        if "mediadb_request_began_s" in g:
            response.headers[HEADER] = g.mediadb_request_id
            try:
                _note(measures(), response, time.perf_counter() - g.mediadb_request_began_s)
            except OSError as exc:  # a full disk below the counts; the answer is good
                logger.warning("A request was not counted: %s", exc.strerror)
        return response

    _prepare_directory()
    app.before_request(begin)
    app.after_request(end)


def _prepare_directory() -> None:
    """Where workers count together; Misconfigured where they could not."""
    directory = os.environ.get(DIRECTORY)
    if directory is None:
        return
    if not directory:
        raise Misconfigured(f"{DIRECTORY} is empty: name a directory, or leave it out.")
    try:
        Path(directory).mkdir(parents=True, exist_ok=True)
        require_writable(Path(directory))
    except OSError as exc:
        raise Misconfigured(
            f"{DIRECTORY} is to name a directory for the portal to write to: {exc.strerror}."
        ) from exc
    if not counts_for_all():
        logger.warning(
            "%s was set after prometheus_client was imported: each worker counts alone.", DIRECTORY
        )


def _id_of_request() -> str:
    given = request.headers.get(HEADER, "")
    return given if _A_PLAIN_WORD.fullmatch(given) else uuid4().hex


def _note(counted: Measures, response: Response, seconds: float) -> None:
    route = g.mediadb_route
    method = request.method if route != _UNKNOWN else _UNKNOWN
    counted.note_request(route, method, response.status_code, seconds)
    if "mediadb_failure" in g:
        counted.note_failure(g.mediadb_failure)
    stages = stages_of_request()
    if is_search := any(name.partition(":")[0] in SEARCHES for name in stages):
        counted.note_stages("search", stages)
    elif any(name in INGESTS for name in stages):
        counted.note_stages("ingest", stages)
    log_request(
        {
            "method": request.method,
            "path": quote(request.path),  # as it was asked: a line break in it would forge a line
            "route": route,
            "code": response.status_code,
            "ms": round(1000 * seconds, 1),
            "stages_ms": {name: round(1000 * one, 1) for name, one in stages.items()},
        }
    )
    limit = current_app.config["MEDIADB_SLOW_SEARCH_S"]
    if is_search and limit is not None and seconds >= limit:
        shown = ", ".join(f"{name} {1000 * one:.0f}" for name, one in stages.items())
        slow.warning(
            "Slow search, %.0f ms, request %s: %s", 1000 * seconds, g.mediadb_request_id, shown
        )
