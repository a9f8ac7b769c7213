"""Beginning what a web worker does beside requests when it starts, and not at its first request.

A portal whose only worker was killed gets a new one, which nobody may ask anything for hours. No
hook of WSGI says that a process serves; gunicorn's and uWSGI's own can be seen. A worker of another
server begins at its first request, and so does everything in a command or a Celery worker: never.
"""

import os
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable

from flask import Flask

_SERVERS = ("gunicorn.workers.base", "uwsgi")
_TRIES, _TRY_EVERY_S = 20, 0.5  # until a fork has become a worker: some milliseconds


def begin_where_served(app: Flask, begin: Callable[[], None]) -> None:
    """Call `begin` in a thread of each worker, in the context of the app, soon after it started.

    Of an app that was loaded before the workers were forked (`--preload`), in each of them.
    """
    known = weakref.ref(app)
    if is_worker():
        _begin_soon(known, begin)

    def of_child() -> None:
        if known() is not None and any(name in sys.modules for name in _SERVERS):
            _begin_soon(known, begin)

    if hasattr(os, "register_at_fork"):  # not on Windows
        os.register_at_fork(after_in_child=of_child)


def is_worker() -> bool:
    """Whether this process is a worker of gunicorn or uWSGI: not the master, nor a fork of one."""
    uwsgi = sys.modules.get("uwsgi")
    if uwsgi is not None:
        return bool(uwsgi.worker_id())
    if "gunicorn.workers.base" not in sys.modules:
        return False
    # a worker listens to SIGTERM itself, from before it loads the app
    listening = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    of_workers = sys.modules["gunicorn.workers.base"].Worker
    return isinstance(listening, of_workers) and listening.pid == os.getpid()


def _begin_soon(known: "weakref.ref[Flask]", begin: Callable[[], None]) -> None:
    def run() -> None:
        for _ in range(_TRIES):
            time.sleep(_TRY_EVERY_S)  # the portal may still be setting itself up
            if is_worker() and (app := known()) is not None:
                with app.app_context():
                    begin()
                return

    threading.Thread(target=run, name="Beginning to serve", daemon=True).start()
