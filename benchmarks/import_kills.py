"""`mediadb import` killed with SIGKILL fifty times, at any moment, begun again with the same line.

    python -m benchmarks.import_kills [--kills 50] [--pictures 400]

A real server, real pictures of 0.8 megapixels; half of them have the bytes of another one, and
`--on-duplicate add` keeps both, so that only keys and journal keep a picture from being added
twice. Each run is killed after a time of its own, from before its first request to some seconds
later. Of a folder, and of a ZIP. Exit code 1 where a picture is lost or there twice.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests.images import jpeg
from tests.portal import Client, running_portal
from udata_mediadb.demo.mongod import EmbeddedMongod

from .report import table, write

SIZE = (1024, 768)
LONGEST_S = 4.0  # of a run that is killed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--pictures", type=int, default=400)
    options = parser.parse_args()
    rows = []
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongod = stack.enter_context(EmbeddedMongod(work / "db"))
        uri = f"{mongod.uri.rstrip('/')}/kills"
        portal = stack.enter_context(running_portal(uri, work / "files"))
        fill(work / "archive", options.pictures)
        for title, source in (("a folder", work / "archive"), ("a ZIP", packed(work / "archive"))):
            user = portal.user(f"kills{len(rows)}@example.org")
            client, application = portal.client(user), portal.application(user)
            started = time.monotonic()
            killed, runs = kill_often(source, portal.url, client.key or "", options.kills)
            took = time.monotonic() - started
            there = names(client, application)
            lost = options.pictures - len(there)
            twice = sum(count > 1 for count in there.values())
            rows.append((title, options.pictures, killed, runs, lost, twice, f"{took:.0f}"))
        checked = portal.flask("check", "--deep").stdout.strip().splitlines()[-1]
    head = ["source", "pictures", "kills", "runs", "lost", "twice", "seconds"]
    load = f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    told = f"{load}\n\n{table(head, rows)}\n\nAfterwards, `check --deep`: {checked}."
    write("import_kills", "Imports that are killed", told)
    return int(any(row[4] or row[5] for row in rows))


def fill(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:04}.jpg").write_bytes(jpeg(number // 2, *SIZE))


def packed(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for one in sorted(folder.iterdir()):
            archive.write(one, one.name)
    return path


def kill_often(source: Path, url: str, key: str, kills: int) -> tuple[int, int]:
    """How many runs were killed, and how many there were; the last one is let be."""
    chance, killed, runs = random.Random(11), 0, 0
    command = [sys.executable, "-m", "udata_mediadb.client.command", "import", str(source),
               "--on-duplicate", "add", "--quiet"]  # fmt: skip
    environment = {**os.environ, "MEDIADB_URL": url, "MEDIADB_KEY": key}
    while True:
        process = subprocess.Popen(command, env=environment)
        runs += 1
        try:
            ended = process.wait(chance.random() * LONGEST_S if killed < kills else None)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
        else:
            assert ended == 0
            return killed, runs


def names(client: Client, application: str) -> Counter[str]:
    found: Counter[str] = Counter()
    page = 1
    while True:
        params: dict[str, str | int] = {"application": application, "page_size": 100, "page": page}
        answer = client.get("media/", params={**params, "sort": "created_at"}).json()
        found.update(str(one["filename"]) for one in answer["data"])
        if not answer["next_page"]:
            return found
        page += 1


if __name__ == "__main__":
    raise SystemExit(main())
