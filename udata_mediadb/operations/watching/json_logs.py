"""Our log as lines of JSON on standard error, where the portal wishes so (MEDIADB_LOG_FORMAT).

Each names the request in which it was written. Else logging is the portal's own business.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, has_request_context

LOGGER = "udata_mediadb"
REQUESTS = logging.getLogger(f"{__package__}.requests_answered")


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message, request_id, and what a record brings."""

    def format(self, record: logging.LogRecord) -> str:
        """`record.mediadb`: a dict of more fields, where there is one."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": g.get("mediadb_request_id") if has_request_context() else None,
            **getattr(record, "mediadb", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class _Lines(logging.StreamHandler[Any]):
    """The handler of this package, of which there is one in a process."""


def log_as_wished(app: Flask) -> None:
    """Write JSON lines, one for each request among them, where the setting says "json"."""
    if app.config["MEDIADB_LOG_FORMAT"] != "json":
        return
    logger = logging.getLogger(LOGGER)
    if not any(isinstance(handler, _Lines) for handler in logger.handlers):
        handler = _Lines()
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False  # the portal's own handlers would write it once more


def log_request(fields: dict[str, Any]) -> None:
    """One line for a request that was answered; written where INFO of ours is."""
    if REQUESTS.isEnabledFor(logging.INFO):
        REQUESTS.info("%(method)s %(path)s %(code)s", fields, extra={"mediadb": fields})
