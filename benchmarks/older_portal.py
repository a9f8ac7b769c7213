"""A portal of an older commit, brought to this version while it serves.

    python -m benchmarks.older_portal --commit 4d5301c [--pictures 200]

The older code fills the directory of its demo and stops; then it serves it from gunicorn workers on
a socket. Clients search, and add pictures, all the time, while workers of this version begin on the
same socket, the old ones end, and `migrate` runs: in this order, since workers before November 2026
answer 500 for what `migrate` has written. Said is how many searches were answered and right, what
`status/` told of the progress, whether everything that was acknowledged is there as it was, and
what `check --deep` finds. Exit code 1 where something is lost or a search was not answered.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.images import encoded, photo
from udata_mediadb.demo.mongod import EmbeddedMongod

from .upgrading_clients import Api, Seen, clients, missing

REPOSITORY = Path(__file__).parents[1]
BEGINS_S = 60.0  # by then a worker is at it, also on a machine that others use
PATIENCE_S = 240
DEMO = "import sys; from udata_mediadb.demo.cli import main; sys.exit(main())"
PORTAL = "udata_mediadb.demo.portal:create_app()"
QUERIES = 12
PAUSE_S = 5.0
TOLD = 2000  # characters of what `check` names


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="a new directory for all of it, logs too")
    asked = parser.parse_args()
    with ExitStack() as stack:
        work = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        work.mkdir(exist_ok=True)
        older, root = work / "older", work / "demo-data"
        unpacked(asked.commit, older)
        known, before, gone, queries = filled(older, root, asked.pictures)
        mongod = stack.enter_context(EmbeddedMongod(root / "mongodb"))
        point_to(root, mongod.uri)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=2048))
        api = Api(f"http://127.0.0.1:{listener.getsockname()[1]}/api/1/mediadb/", *known)
        with workers(older, root, listener) as old:
            wait_for(api)
            print("the older one says:", api.ask("GET", "status/").json().get("version"))
            with clients(api, queries) as seen:
                time.sleep(PAUSE_S)
                seen.phase = "new workers begin"
                new = stack.enter_context(workers(REPOSITORY, root, listener))
                time.sleep(PAUSE_S)
                seen.phase = "old workers end"
                end(old)
                for command in ("migrate --list", "migrate"):
                    seen.phase = command
                    print(f"$ flask mediadb {command}\n{flask(root, command)}", flush=True)
                seen.phase = "described anew"
                told = progress(api)
                seen.phase = "afterwards"
                time.sleep(PAUSE_S)
        report(api, before, gone, seen, told)
        print(f"$ flask mediadb check --deep\n{flask(root, 'check --deep')[:TOLD]}")
        lost = missing(api, before, gone, seen)
        assert new.poll() is None, "the new server ended"
    print("\n".join(lost))
    return int(bool(lost or seen.other))


def unpacked(commit: str, folder: Path) -> None:
    folder.mkdir()
    archive = subprocess.run(
        ["git", "archive", commit], cwd=REPOSITORY, capture_output=True, check=True
    ).stdout
    subprocess.run(["tar", "x", "-C", str(folder)], input=archive, check=True)


def environment(code: Path, root: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(code), "MEDIADB_DEMO_ROOT": str(root)}


def filled(
    older: Path, root: Path, pictures: int
) -> tuple[tuple[str, str], dict[str, dict[str, Any]], set[str], dict[str, bytes]]:
    """What the older demo made: key and application, its media, what was deleted, and queries."""
    log = (root.parent / "older.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-c", DEMO, "demo", "--root", str(root), "--port", "0"],
        env=environment(older, root), cwd=older, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        facts = announced(root, process)
        known = facts["x_api_key"], facts["application"]
        api = Api(facts["api_url"] + "mediadb/", *known)
        added = {seed: api.add(seed) for seed in range(pictures)}
        gone = {added.pop(seed) for seed in range(0, pictures, 10)}
        for media in gone:
            api.ask("DELETE", f"media/{media}/").raise_for_status()
        before = {one["id"]: one for one in api.listed()}
        queries = {media: part_of(seed) for seed, media in list(added.items())[:QUERIES]}
        return known, before, gone, queries
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def announced(root: Path, process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        assert process.poll() is None, (root.parent / "older.log").read_text()[-2000:]
        try:
            return dict(json.loads((root / "demo.json").read_text()))
        except (FileNotFoundError, ValueError):
            time.sleep(0.2)
    raise AssertionError("the older demo did not start")


def part_of(seed: int) -> bytes:
    return encoded(photo(seed)[60:420, 100:560].copy())


def point_to(root: Path, uri: str) -> None:
    """The settings of the demo's directory name the MongoDB of its last start."""
    path = root / "settings.json"
    settings = json.loads(path.read_text())
    database = settings["mongodb_uri"].partition("?")[0].rpartition("/")[2]
    settings["mongodb_uri"] = f"{uri.rstrip('/')}/{database}"
    path.write_text(json.dumps(settings))


@contextmanager
def workers(code: Path, root: Path, listener: socket.socket) -> Iterator["subprocess.Popen[bytes]"]:
    number = listener.fileno()
    log = (root.parent / f"gunicorn-{code.name}.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", f"fd://{number}", "--workers", "2",
         "--worker-class", "gthread", "--threads", "8", "--timeout", "120", PORTAL],
        env=environment(code, root), cwd=code, pass_fds=[number], stdout=log, stderr=log,
    )  # fmt: skip
    try:
        yield process
    finally:
        end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    """It ends its requests first."""
    if process.poll() is None:
        process.terminate()
        process.wait(60)


def wait_for(api: Api) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            if api.ask("GET", "media/", params={"application": api.application}).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.3)
    raise AssertionError("nobody serves")


def flask(root: Path, command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "udata_mediadb.demo.portal", "mediadb",
         *command.split()],
        env=environment(REPOSITORY, root), cwd=REPOSITORY, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return done.stdout + (done.stderr if done.returncode else "")


def progress(api: Api) -> list[str]:
    """What `status/` told, each state once, until all is described anew or long was."""
    told: list[str] = []
    began = time.monotonic()
    while time.monotonic() < began + PATIENCE_S:
        (one,) = api.ask("GET", "status/").json()["applications"]
        now = json.dumps(one["describing"])
        told += [now] if [now] != told[-1:] else []
        if not one["describing"] and (len(told) > 1 or time.monotonic() > began + BEGINS_S):
            return told
        time.sleep(0.3)
    return told


def report(
    api: Api, before: Mapping[str, Any], gone: set[str], seen: Seen, told: list[str]
) -> None:
    print("the new one says:", api.ask("GET", "status/").json()["version"])
    print(f"{len(before)} media, {len(gone)} deleted; {len(seen.added)} added meanwhile")
    for phase, took in seen.took.items():
        print(f"searches, {phase}: {len(took)}, median {statistics.median(took):.2f} s, longest "
              f"{max(took):.2f} s")  # fmt: skip
    print(f"answered otherwise than right: {len(seen.other)}")
    for one, count in Counter(seen.other).most_common():
        print(f"   {count} times {one}")
    some = told if len(told) <= 8 else [*told[:4], "…", *told[-4:]]
    print(f"progress, {len(told)} states:", *some, sep="\n  ")


if __name__ == "__main__":
    raise SystemExit(main())
