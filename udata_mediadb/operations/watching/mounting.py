"""All that watches the requests of an app."""

from collections.abc import Collection

from flask import Flask

from .json_logs import log_as_wished
from .requests import watch_requests
from .tracing import trace_requests


def watch(app: Flask, prefix: str, blueprints: Collection[str]) -> None:
    """Count, log and trace what is asked below `prefix`, and of these blueprints."""
    log_as_wished(app)
    watch_requests(app, prefix, blueprints)
    trace_requests(app)
