"""Beginning what a web worker does beside requests when it starts, and not at its first request.

A portal whose only worker was killed gets a new one, which nobody may ask anything for hours. No
hook of WSGI says that a process serves; gunicorn's and uWSGI's own can be seen. A worker of another
server begins at its first request, and so does everything in a command or a Celery worker: never.

uWSGI forks without Python's hooks unless it is told otherwise, and has one of its own.
"""

import os
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Flask

from ..errors import Misconfigured

_GUNICORN, _UWSGI = "gunicorn.workers.base", "uwsgi"
_DECORATORS = "uwsgidecorators"  # of uWSGI; sets its hook when it is imported
_TRIES, _TRY_EVERY_S = 20, 0.5  # until a fork has become a worker: some milliseconds


def require_threads() -> None:
    """Misconfigured in a uWSGI that lets no thread run beside requests.

    Jobs would stand still between two requests, and what holds a lease or a lock with them.
    """
    uwsgi = sys.modules.get(_UWSGI)
    if uwsgi is not None and not uwsgi.has_threads:
        raise Misconfigured(
            "This uWSGI runs no threads, which jobs and indexes need: start it with "
            "--enable-threads (enable-threads = true)."
        )


def begin_where_served(app: Flask, begin: Callable[[], None]) -> None:
    """Call `begin` in a thread of each worker, in the context of the app, soon after it started.

    Of an app that was loaded before the workers were forked (`--preload`), in each of them.
    """
    known = weakref.ref(app)
    if is_worker():
        _begin_soon(known, begin)

    def of_child() -> None:
        if known() is not None and (_GUNICORN in sys.modules or _UWSGI in sys.modules):
            _begin_soon(known, begin)

    if (uwsgi := sys.modules.get(_UWSGI)) is not None:
        _call_in_forks_of(uwsgi, of_child)
    elif hasattr(os, "register_at_fork"):  # not on Windows
        os.register_at_fork(after_in_child=of_child)


def _call_in_forks_of(uwsgi: Any, call: Callable[[], None]) -> None:
    """Beside what others have uWSGI call in its workers, now or later."""
    if find_spec(_DECORATORS) is not None and uwsgi.masterpid():  # it refuses to work without
        import_module(_DECORATORS).postfork_chain.append(call)
        return
    former = getattr(uwsgi, "post_fork_hook", None)

    def both() -> None:
        if former is not None:
            former()
        call()

    uwsgi.post_fork_hook = both


def is_worker() -> bool:
    """Whether this process is a worker of gunicorn or uWSGI: not the master, nor a fork of one."""
    uwsgi = sys.modules.get(_UWSGI)
    if uwsgi is not None:
        return bool(uwsgi.worker_id())
    if _GUNICORN not in sys.modules:
        return False
    # a worker listens to SIGTERM itself, from before it loads the app
    listening = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    of_workers = sys.modules[_GUNICORN].Worker
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
