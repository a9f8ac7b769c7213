"""The demo's web server: a bound socket, gunicorn behind it, and whether it answers."""

import contextlib
import errno
import importlib.util
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import urllib3

from .certificate import Certificate
from .errors import DemoError
from .kinds import Kind
from .mongod import HOST
from .processes import LeashedProcess
from .root import Root

# Measured: 2 s on a quiet machine; a loaded one that imports OpenCV in two workers gets this.
START_TIMEOUT_S = 120.0
STOP_GRACE_S = 2.5  # gunicorn's graceful_timeout and a little
_BACKLOG = 512
_POLL_S = 0.1
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of its own is made in it
DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client's own variable


def bind(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1; port 0 takes a free one. DemoError when it is taken.

    Bound by us and handed to gunicorn, so that a taken port is known before anything is started
    and nobody can take it in between.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # else TIME_WAIT blocks us
        listener.bind((HOST, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            hint = "choose another with --port, or --port 0 for a free one"
            raise DemoError(f"port {port} is already in use on {HOST}; {hint}") from error
        raise DemoError(f"cannot listen on {HOST}:{port}: {error.strerror}") from error
    return listener


def start_server(
    kind: Kind,
    root: Root,
    listener: socket.socket,
    workers: int,
    lock: int,
    certificate: Certificate | None = None,
    *,
    counts: Path,
) -> LeashedProcess:
    """gunicorn with the portal, with TLS where there is a certificate.

    `listener` may be closed afterwards. `counts`: a directory in which its workers count together.
    """
    require_gunicorn()
    return LeashedProcess(
        [
            *(sys.executable, "-m", "gunicorn"),
            *("--config", "python:udata_mediadb.demo.gunicorn_conf"),
            *("--bind", f"fd://{listener.fileno()}"),
            *("--workers", str(workers)),
            *(_tls_options(certificate) if certificate else ()),
            kind.app,
        ],
        log_path=root.server_log,
        grace_s=STOP_GRACE_S,
        environment={**kind.environment(root), "PYTHONUNBUFFERED": "1", DIRECTORY: str(counts)},
        pass_fds=(listener.fileno(), lock),
    )


@contextlib.contextmanager
def counting_together(root: Root) -> Iterator[Path]:
    """A directory for the metrics of the workers, empty at first and gone afterwards.

    In memory where there is such a place: a full disk would end who writes to a mapped file.
    """
    parent = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else root.path
    with tempfile.TemporaryDirectory(prefix="udata-mediadb-", dir=parent) as counts:
        yield Path(counts)


def _tls_options(certificate: Certificate) -> list[str]:
    files = ["--certfile", str(certificate.path), "--keyfile", str(certificate.key_path)]
    return [*files, "--worker-class", "udata_mediadb.demo.tls_worker.RedirectingWorker"]


def wait_until_it_serves(server: LeashedProcess, url: str, authority: str | None = None) -> None:
    """Return when `url` answers 200; DemoError when the server ends or says nothing."""
    deadline_s = time.monotonic() + START_TIMEOUT_S
    with urllib3.PoolManager(retries=False, ca_certs=authority) as http:
        while time.monotonic() < deadline_s:
            require_alive(server, "the web server")
            try:
                status = http.request("GET", url, timeout=2.0).status
            except urllib3.exceptions.HTTPError:
                status = None
            if status == 200:
                return
            time.sleep(_POLL_S)
    raise DemoError(f"{url} does not answer; its log says:\n{server.log_tail()}")


def require_alive(process: LeashedProcess, name: str) -> None:
    """DemoError when it has ended by itself."""
    if process.exit_code is not None:
        raise DemoError(
            f"{name} ended by itself with code {process.exit_code}; "
            f"the last lines of {process.log_path}:\n{process.log_tail()}"
        )


def require_gunicorn() -> None:
    """DemoError when it is not installed, or cannot run here."""
    if os.name != "posix" or importlib.util.find_spec("gunicorn") is None:
        raise DemoError("gunicorn is missing: pip install 'udata-mediadb[demo,embedded]'")
