"""The portal of the current app."""

from flask import current_app

from .base import Host


def current_host() -> Host:
    """The portal's side of the seam."""
    host: Host = current_app.extensions["mediadb"].host
    return host


def endpoint_prefix() -> str:
    """What the names of our endpoints begin with: "api." on a portal's blueprint named api."""
    prefix: str = current_app.extensions["mediadb"].endpoint_prefix
    return prefix
