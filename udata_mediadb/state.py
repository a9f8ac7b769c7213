"""What one Flask app has of this package: `app.extensions["mediadb"]`."""

from dataclasses import dataclass, field

import flask_storage
from flask import current_app

from .auth.limits import RateLimiter
from .auth.provider import Providers
from .hosts.base import Host
from .indexing.catalogs import Catalogs
from .indexing.method import Method
from .media.counts import Counts
from .media.describer import Describer


@dataclass(frozen=True)
class MediaDB:
    """The host, the files and the indexes of one app."""

    host: Host
    storage: flask_storage.Storage
    catalogs: Catalogs
    describer: Describer
    endpoint_prefix: str  # "api." where the host mounts us on a blueprint named api
    counts: Counts = field(default_factory=Counts)
    providers: Providers = field(default_factory=Providers)
    rates: RateLimiter = field(default_factory=RateLimiter)

    @property
    def methods(self) -> dict[str, Method]:
        return self.catalogs.methods


def current_mediadb() -> MediaDB:
    """The state of the current app."""
    state: MediaDB = current_app.extensions["mediadb"]
    return state
