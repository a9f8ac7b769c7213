"""A real Celery worker of udata, with a real Redis between it and the portal."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import redis

from ..hosts import SECRET
from ..ports import free_port
from ..waiting import PATIENCE_S

# After so long a worker takes from Redis what another took and never acknowledged: longer than any
# machine is at a task, which would else be done twice. See `give_up_unacknowledged`.
VISIBILITY_S = 3600
UNACKNOWLEDGED = "unacked_index"  # kombu's: when each was taken
SETTINGS = """
SECRET_KEY = API_TOKEN_SECRET = {secret!r}
MONGODB_HOST = {mongodb!r}
CACHE_TYPE = "flask_caching.backends.SimpleCache"
FS_ROOT = {root!r}
CELERY_BROKER_URL = CELERY_RESULT_BACKEND = {redis!r}
CELERY_BROKER_TRANSPORT_OPTIONS = {options!r}
"""
has_redis = shutil.which("redis-server") is not None


@contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """The URL of a Redis of its own, which keeps nothing."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with (folder / "redis.log").open("w") as log:
        process = subprocess.Popen([*command, "--dir", str(folder)], stdout=log)
    try:
        client = redis.Redis(port=port)
        until(lambda: _answers(client), process)
        client.close()
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@dataclass
class Worker:
    """`udata worker start`, with one process for jobs; `log`: what it says."""

    settings: Path
    log: Path
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        environment = {**os.environ, "UDATA_SETTINGS": str(self.settings)}
        environment["C_FORCE_ROOT"] = "1"  # the tests may be root's, and Celery refuses that
        celery = (sys.executable, "-m", "celery", "-A", "udata.worker", "worker", "-l", "info")
        options = ("--concurrency", "1", "--hostname", f"{self.log.stem}@%h")
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*celery, *options], env=environment, stdout=log, stderr=log
            )
        until(lambda: "ready." in self.said(), self.process)

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def kill_child(self) -> None:
        """Kill the process that runs a job, as the kernel does where memory ends."""
        children = psutil.Process(self.process.pid).children()
        for child in children:
            child.send_signal(signal.SIGKILL)
        psutil.wait_procs(children)

    def suspend_child(self) -> None:
        """Let the job be where it is."""
        for child in psutil.Process(self.process.pid).children():
            child.suspend()

    def kill(self) -> None:
        """Kill it with its child, as a machine that goes away."""
        children = psutil.Process(self.process.pid).children()
        self.process.kill()
        for child in children:
            child.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.kill()


def give_up_unacknowledged(broker: str) -> None:
    """As if the time were over after which others take it."""
    with redis.Redis.from_url(broker) as client:
        taken = client.zrange(UNACKNOWLEDGED, 0, -1)
        assert taken
        client.zadd(UNACKNOWLEDGED, dict.fromkeys(taken, 1))


def write_settings(path: Path, mongodb: str, root: str, broker: str) -> None:
    """The file that UDATA_SETTINGS names."""
    options = {"visibility_timeout": VISIBILITY_S}
    options |= {"unacked_restore_interval": 1, "unacked_restore_throttle": 1}  # looks each second
    given = {"secret": SECRET, "mongodb": mongodb, "root": root, "redis": broker}
    path.write_text(SETTINGS.format(**given, options=options))


def until(done: Callable[[], bool], process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait for it; AssertionError where it does not come, or the process ends."""
    end = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < end, "it did not come"
        assert process is None or process.poll() is None, "the process ended"
        time.sleep(0.05)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
