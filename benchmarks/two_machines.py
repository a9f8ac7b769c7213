"""Two machines over one database: what one changed, the other finds, or does not find any more.

Two portals of two gunicorn workers, each with an index directory of its own, a MongoDB replica set,
files and segments in a bucket of SeaweedFS. A picture is added or deleted on one of them; the next
search on the other must know. Then the same number of changes with one machine alone, for the
processor time. `python -m benchmarks.two_machines --changes 2000`; `--minutes` ends it earlier,
and says after how many.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import mongoengine
import psutil
import requests

from tests.hosts import current_host
from tests.images import jpeg
from tests.portal import wait_for
from tests.portal_here import new_application
from tests.ports import free_port
from tests.s3 import running_s3

from .storm.setting import Member, initiated, new_gunicorn, stopped

TIMEOUT_S = 120.0
DELETED_EACH = 3  # every third change deletes what the one before added
FIRST_REQUESTS = 8  # of each kind on each machine, whose two workers take them as they come
CLIENTS = 2  # at a time, each with pictures of its own


@dataclass
class Machine:
    """A portal with files and segments in the bucket, and its own index directory."""

    url: str
    process: subprocess.Popen[bytes]
    folder: Path

    def cpu_s(self) -> float:
        """Processor time of all its processes until now."""
        parent = psutil.Process(self.process.pid)
        times = [one.cpu_times() for one in (parent, *parent.children(recursive=True))]
        return sum(one.user + one.system for one in times)

    def generations(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("**/manifest-*.json"))


@dataclass
class Counts:
    added: int = 0
    deleted: int = 0
    missed: list[int] = field(default_factory=list)
    ghosts: list[int] = field(default_factory=list)


@contextmanager
def machines(count: int, folder: Path) -> Iterator[tuple[list[Machine], str, str]]:
    """So many portals over one replica set and one bucket, an application, a key."""
    with ExitStack() as stack:
        members = [Member.started(folder / f"mongod{n}", "storm") for n in range(3)]
        for member in members:
            stack.callback(member.kill)
        mongodb = initiated(members)
        s3 = stack.enter_context(running_s3(folder / "s3"))
        settings = {**s3.settings, "MEDIADB_SEGMENT_STORE": "s3://pictures/.segments"}
        started = []
        for number in range(count):
            root = folder / f"machine{number}"
            environment = {
                **os.environ,
                "TEST_MONGODB": mongodb,
                "TEST_FS_ROOT": str(root / "files"),
                "TEST_SETTINGS": json.dumps(settings),
            }
            port = free_port()
            process = new_gunicorn(port, environment)
            stack.callback(stopped, process)
            wait_for(f"http://127.0.0.1:{port}", process)
            started.append(Machine(f"http://127.0.0.1:{port}/api/1/mediadb/", process, root))
        app = current_host().new_app(mongodb, folder / "here" / "files", **settings)
        with app.app_context():
            user = current_host().create_user("two", "two@example.org")
            key = current_host().create_key(user)
            application = new_application(app, user)
        mongoengine.disconnect_all()
        yield started, application, key


def run(
    count: int, changes: int, folder: Path, most_s: float
) -> tuple[Counts, float, list[list[str]]]:
    """Change on one, search on the next; what was seen, processor seconds, states of indexes.

    Ends after `most_s` seconds.
    """
    with machines(count, folder) as (portals, application, key):
        headers = {"X-API-KEY": key}
        for portal in portals:  # what each worker loads for its first requests is no change
            for number in range(changes, changes + FIRST_REQUESTS):
                _add(portal, application, number, headers)
                _found(portal, application, number, headers)
        begun = sum(portal.cpu_s() for portal in portals)
        end = time.monotonic() + most_s
        client = partial(_changed, portals, application, headers, end)
        shares = [range(first, changes, CLIENTS) for first in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            seen = list(pool.map(client, shares))
        used = sum(portal.cpu_s() for portal in portals) - begun
        return _together(seen), used, [portal.generations() for portal in portals]


def _changed(
    portals: list[Machine],
    application: str,
    headers: dict[str, str],
    end: float,
    numbers: Sequence[int],
) -> Counts:
    """What one client saw, whose pictures have these numbers."""
    counts, last, latest = Counts(), "", 0
    for step, number in enumerate(numbers):
        if time.monotonic() > end:
            break
        here, there = portals[step % len(portals)], portals[(step + 1) % len(portals)]
        if step % DELETED_EACH == DELETED_EACH - 1:
            _ask("DELETE", here, f"media/{last}/", headers)
            counts.deleted += 1
            if last in _found(there, application, latest, headers):
                counts.ghosts.append(latest)
            continue
        last, latest = _add(here, application, number, headers), number
        counts.added += 1
        if last not in _found(there, application, number, headers):
            counts.missed.append(number)
    return counts


def _together(seen: Sequence[Counts]) -> Counts:
    return Counts(
        sum(one.added for one in seen),
        sum(one.deleted for one in seen),
        [number for one in seen for number in one.missed],
        [number for one in seen for number in one.ghosts],
    )


def _add(portal: Machine, application: str, seed: int, headers: dict[str, str]) -> str:
    files = {"image": jpeg(seed, 640, 480)}
    answer = _ask("POST", portal, "media/", headers, data={"application": application}, files=files)
    return str(answer.json()["id"])


def _found(portal: Machine, application: str, seed: int, headers: dict[str, str]) -> list[str]:
    files = {"image": jpeg(seed, 640, 480)}
    # what is asked is the index: a closer look at what is gone would take most of the time
    asked = {"application": application, "signatures": "match", "thorough": "never"}
    answer = _ask("POST", portal, "search/", headers, data=asked, files=files)
    return [hit["media"]["id"] for hit in answer.json()["data"]]


def _ask(
    method: str, portal: Machine, path: str, headers: dict[str, str], **arguments: object
) -> requests.Response:
    answer = requests.request(
        method,
        portal.url + path,
        headers=headers,
        timeout=TIMEOUT_S,
        **arguments,  # type: ignore[arg-type]
    )
    assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
    return answer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--machines", type=int, nargs="+", default=[2, 1])
    parser.add_argument("--minutes", type=float, default=24 * 60, help="at most, for each number")
    asked = parser.parse_args()
    changes, each, clean = asked.changes, dict[int, float](), True
    for count in asked.machines:
        with tempfile.TemporaryDirectory() as folder:
            counts, used, states = run(count, changes, Path(folder), 60 * asked.minutes)
        changes = counts.added + counts.deleted  # the next number of machines makes as many
        each[count] = used / changes
        clean &= not counts.missed and not counts.ghosts
        print(
            f"{count} machine(s), {changes} changes: "
            f"{counts.added} added, missed {len(counts.missed)}; "
            f"{counts.deleted} deleted, found after that {len(counts.ghosts)}; "
            f"{used:.1f} s of processor time, {1000 * each[count]:.0f} ms a change; "
            f"states of the index: {states}",
            flush=True,
        )
    if {1, 2} <= set(each):
        print(f"processor time of a change, two together: {each[2] / each[1]:.2f} of one")
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
