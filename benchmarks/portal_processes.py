"""A portal of several gunicorn workers, and clients that know which worker answers them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import requests
from flask import Flask, Response

from tests import portal
from tests.ports import free_port

WORKER = "X-Bench-Worker"
START_S = 120.0
TIMEOUT_S = 120.0
KEEP_ALIVE_S = 600  # a client stays with the worker that took its connection


def create_app() -> Flask:
    """What gunicorn serves: every answer says which worker gave it."""
    app = portal.create_app()

    @app.after_request
    def name_worker(response: Response) -> Response:
        response.headers[WORKER] = str(os.getpid())
        return response

    return app


@dataclass
class Connection:
    """One connection that stays with one worker."""

    api: str
    session: requests.Session
    worker: int

    def post(self, path: str, application: str, image: bytes) -> requests.Response:
        return self.session.post(
            self.api + path,
            data={"application": application},
            files={"image": image},
            timeout=TIMEOUT_S,
        )

    def delete(self, path: str) -> requests.Response:
        return self.session.delete(self.api + path, timeout=TIMEOUT_S)

    def found(self, application: str, image: bytes) -> list[str]:
        """The media that a search finds, best first."""
        answer = self.post("search/", application, image)
        answer.raise_for_status()
        return [hit["media"]["id"] for hit in answer.json()["data"]]


class Server:
    """A context manager; may be killed and started again on the same port."""

    def __init__(self, mongodb: str, root: Path, key: str, workers: int = 4, niceness: int = 0):
        """`key`: of the user who asks; `niceness`: of the server, as `nice -n` adds it."""
        self.api = ""
        self._key = key
        self._niceness = niceness
        self._port = free_port()
        self._workers = workers
        self._environment = {
            **os.environ,
            "TEST_MONGODB": mongodb,
            "TEST_FS_ROOT": str(root),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Begin; at once back."""
        command = [
            *("nice", "-n", str(self._niceness), sys.executable, "-m", "gunicorn"),
            "benchmarks.portal_processes:create_app()",
            *("--bind", f"127.0.0.1:{self._port}", "--workers", str(self._workers)),
            *("--worker-class", "gthread", "--threads", "4", "--log-level", "error"),
            *("--timeout", str(int(START_S)), "--keep-alive", str(KEEP_ALIVE_S)),
        ]
        self.api = f"http://127.0.0.1:{self._port}/api/1/mediadb/"
        self._process = subprocess.Popen(
            command, env=self._environment, cwd=Path(__file__).parents[1]
        )

    def kill(self) -> None:
        """SIGKILL to all of them at once."""
        assert self._process is not None
        pids = [self._process.pid, *self.workers()]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self._process.wait()
        psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], 10)

    def workers(self) -> list[int]:
        """Process ids of the workers."""
        assert self._process is not None
        return [child.pid for child in psutil.Process(self._process.pid).children()]

    def until_answered(self, application: str, image: bytes) -> tuple[float, Connection]:
        """Seconds until a search was answered with 200, and the connection it came by."""
        start = time.monotonic()
        while time.monotonic() - start < START_S:
            session = self._session()
            try:
                answer = Connection(self.api, session, 0).post("search/", application, image)
            except requests.RequestException:
                time.sleep(0.02)
                continue
            if answer.status_code == 200:
                taken = time.monotonic() - start
                return taken, Connection(self.api, session, int(answer.headers[WORKER]))
            time.sleep(0.05)
        raise TimeoutError("no search was answered")

    def connections(self) -> list[Connection]:
        """One to each worker; those that have one are stopped, for they would take the next too."""
        found: dict[int, Connection] = {}
        end = time.monotonic() + START_S
        while len(found) < self._workers and time.monotonic() < end:
            for worker in found:
                os.kill(worker, signal.SIGSTOP)
            session = self._session()
            try:
                answer = session.get(self.api + "media/?page_size=1", timeout=TIMEOUT_S)
            except requests.RequestException:
                time.sleep(0.1)
            else:
                worker = int(answer.headers[WORKER])
                found[worker] = Connection(self.api, session, worker)
            finally:
                for worker in found:
                    os.kill(worker, signal.SIGCONT)
        if len(found) < self._workers:
            raise TimeoutError(f"only {len(found)} workers answered")
        return list(found.values())

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.headers["X-API-KEY"] = self._key
        return session


def processor_s(pids: Sequence[int]) -> float:
    """Processor time of these processes."""
    times = [psutil.Process(pid).cpu_times() for pid in pids]
    return sum(t.user + t.system for t in times)


def thread_ms(pid: int) -> float:
    """Processor time of the threads that a process has now, in ms; finer than `processor_s`."""
    spent = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # a thread that ended
            spent += int((task / "schedstat").read_text().split()[0])
    return spent / 1e6


def set_niceness(pid: int, niceness: int, cores: Sequence[int] | None = None) -> None:
    """Of all threads of a process; `cores`: where it may run."""
    for thread in psutil.Process(pid).threads():
        os.setpriority(os.PRIO_PROCESS, thread.id, niceness)
        if cores is not None:
            os.sched_setaffinity(thread.id, cores)


def memory_of(pid: int) -> dict[str, Any]:
    """MB of a process: `pss`, `private`, `shared`."""
    full = psutil.Process(pid).memory_full_info()
    maps = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kb = {line.split(":")[0]: int(line.split()[1]) for line in maps}
    private = kb["Private_Clean"] + kb["Private_Dirty"]
    shared = kb["Shared_Clean"] + kb["Shared_Dirty"]
    return {"pss": full.pss / 2**20, "private": private / 1024, "shared": shared / 1024}
