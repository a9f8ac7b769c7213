"""A media library with search by image for udata and any Flask data portal.

udata loads this module while it boots, so it imports next to nothing itself: a library that is
missing must not keep a portal from starting. The client (`udata_mediadb.client`) lies below it, and
is used where there is no Flask.
"""

import logging
import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from .hosts.base import Host

__all__ = ["init_app"]

log = logging.getLogger(__name__)

# OpenCV's threads spin while they wait for each other, which is lost to whoever needs the core:
# 3 to 6 ms of the processor for each picture (decision 0017). OpenCV reads this when it is loaded,
# which our modules do after this one; who has chosen otherwise keeps that.
for _wait in ("OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER", "OPENCV_THREAD_POOL_ACTIVE_WAIT_MAIN"):
    os.environ.setdefault(_wait, "0")


def init_app(app: "Flask", host: "Host | None" = None) -> None:
    """Mount the media library on `app`, at `/api/1/mediadb/`, unless `MEDIADB_ENABLED` is false.

    `host`: the portal's side of the seam (hosts.base); without one, udata itself where `app` is
    udata's, else a plain portal with users and keys of our own. May be called for several apps in
    one process, once for each.

    udata calls this as the last step of its boot, and must come up whatever happens here: an
    error is logged, and all our routes answer 503 with its class. Elsewhere it is raised.
    """
    import_module(_SETTINGS).set_defaults(app.config)
    if not app.config["MEDIADB_ENABLED"]:
        return
    if host is not None or not _is_udata(app):
        import_module(_MOUNTING).mount(app, host)
        return
    if "mediadb" in app.extensions:  # a portal that also calls this itself
        return
    try:
        import_module(_MOUNTING).mount(app, import_module(_UDATA_HOST).UdataHost())
    except Exception as exc:
        log.exception("The media library could not be mounted")
        import_module(_UNMOUNTED).answer_unmounted(app, type(exc).__name__)


# Imported when they are called for, by name: see above, and only one of them needs udata.
_MOUNTING = "udata_mediadb.mounting.app"
_SETTINGS = "udata_mediadb.mounting.settings"
_UNMOUNTED = "udata_mediadb.mounting.unmounted"
_UDATA_HOST = "udata_mediadb.hosts.udata.host"


def _is_udata(app: "Flask") -> bool:
    return type(app).__module__.partition(".")[0] == "udata"
