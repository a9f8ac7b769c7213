"""What a cluster of two machines costs and survives: shards on Ray in two network namespaces.

python -m benchmarks.cluster --pictures 200 --changes 100        as root
python -m benchmarks.cluster --only moving --beside 5600         changes while shards merge and move

Both "machines", the portal and MongoDB share the cores of this one: times are upper bounds.
One that lost its cable goes on and tries to reach the others; `still` stops it meanwhile, since
on machines of their own that would not take our cores.
"""

import argparse
import json
import os
import signal
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.cluster.machines import DOORS, Machines, missing, option, running_machines
from tests.cluster.searching import Searches, compared, going_on
from tests.images import jpeg
from tests.indexing import world
from tests.portal import Client, Portal, running_portal
from tests.waiting import eventually

DATABASE = "bench"
SIZE = (320, 240)
CLIENTS = 2
SEARCHES = 150  # before a loss, and again after it
SLOWEST = 160  # characters of the line of those
AT_ONCE = 100  # media with made-up descriptions that are stored in one go
PARTS = ("latency", "freshness", "moving", "cable", "still", "kill", "head")
CABLE, STILL, KILL = "cable pulled", "cable pulled, and it takes none of our cores", "kill -9"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=60, help="at most, for the changes")
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--beside", type=int, default=0, help="media stored beside, for `moving`")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    asked = parser.parse_args()
    if why := missing():
        sys.exit(f"no cluster here: {why}")
    with running_machines() as machines:
        settings = json.dumps({"MEDIADB_CLUSTER": DOORS})
        uri = f"{machines.mongodb}/{DATABASE}"
        files = Path(machines.folder, "files")
        with running_portal(uri, files, TEST_SETTINGS=settings) as portal:
            user = portal.user("bench@example.org")
            client, application = portal.client(user), portal.application(user)
            for seed in range(asked.pictures):
                client.add(application, jpeg(seed, *SIZE))
            started = time.monotonic()
            machines.cluster(
                "start", *option(machines, DATABASE), "--shards", str(asked.shards),
                "--copies", "2", "--index-root", machines.indexes,
            )  # fmt: skip
            print(f"{asked.pictures} pictures, {asked.shards} shards whole, doors open: "
                  f"{time.monotonic() - started:.0f} s")  # fmt: skip
            parts = {
                "latency": lambda: latency(application),
                "freshness": lambda: freshness(client, application, asked.changes, asked.minutes),
                "moving": lambda: moving(machines, portal, client, application, asked.beside),
                "cable": lambda: lost(machines, application, CABLE),
                "still": lambda: lost(machines, application, STILL),
                "kill": lambda: lost(machines, application, KILL),
                "head": lambda: head(machines, client, application),
            }
            for name in asked.only:
                parts[name]()


def latency(application: str) -> None:
    """A shortlist of the cluster against the same of an index of this process."""
    asking, remote, own = compared(application), Searches(), []
    for number in range(SEARCHES):
        asking.once(number, remote)
        description, _ = asking.asked[number % len(asking.asked)]
        before = time.monotonic()
        asking.catalogs.own(application, "match").shortlist(description, 100)
        own.append(time.monotonic() - before)
    print(f"lists equal to those of one index: {len(remote.took) - remote.wrong} of {SEARCHES}")
    print(f"shortlist, cluster / one process: {spread(remote.took)} / {spread(own)} ms p10/p50/p95")


def freshness(client: Client, application: str, wanted: int, minutes: float) -> None:
    """Uploads and deletions on the portal, each asked for in the next request, by two clients."""
    end = time.monotonic() + minutes * 60
    numbers = iter(range(wanted))  # taken in one step: each is made once

    def changes() -> tuple[int, int, int]:
        missed = found = count = 0
        for number in numbers:
            if time.monotonic() > end:
                break
            seed, count = 10_000 + number, count + 1
            media = str(client.add(application, jpeg(seed, *SIZE))["id"])
            missed += media not in searched(client, application, seed)
            client.delete(f"media/{media}/")
            found += media in searched(client, application, seed)
        return missed, found, count

    with ThreadPoolExecutor(CLIENTS) as pool:
        told = [one.result() for one in [pool.submit(changes) for _ in range(CLIENTS)]]
    missed, found, count = (sum(column) for column in zip(*told, strict=True))
    print(f"added, then not found: {missed} of {count}; deleted, then found: {found} of {count}")


def moving(
    machines: Machines, portal: Portal, client: Client, application: str, beside: int
) -> None:
    """The same while others are stored, so that shards write and merge segments, and while two
    shards become three.
    """
    over = threading.Event()

    def go_on() -> None:
        with portal.app.app_context():
            for start in range(0, beside, AT_ONCE):
                world.add_many(application, range(start, start + AT_ONCE))
                eventually(lambda: not index_of(client)["behind"])
        machines.cluster("start", *option(machines, DATABASE), "--shards", "3", "--wait", "280")
        over.set()

    thread = threading.Thread(target=go_on)
    thread.start()
    missed = found = changes = 0
    segments: list[int] = []
    while not over.is_set():
        seed, changes = 20_000 + changes, changes + 1
        media = str(client.add(application, jpeg(seed, *SIZE))["id"])
        missed += media not in searched(client, application, seed)
        client.delete(f"media/{media}/")
        found += media in searched(client, application, seed)
        segments += [now for now in [index_of(client)["segments"]] if [now] != segments[-1:]]
    thread.join()
    print(f"while {beside} media are stored beside and two shards become three: added, then not "
          f"found: {missed} of {changes}; deleted, then found: {found}; segments of all shards, "
          f"one after the other: {segments}")  # fmt: skip


def index_of(client: Client) -> dict[str, int]:
    (told,) = client.get("status/").json()["applications"]
    return told["indexes"]["match"]


def searched(client: Client, application: str, seed: int) -> list[str]:
    # what is asked is the index: a closer look at what is gone would take most of the time
    form = {"application": application, "thorough": "never"}
    answer = client.post("search/", data=form, files={"image": jpeg(seed, *SIZE)})
    answer.raise_for_status()
    return [hit["media"]["id"] for hit in answer.json()["data"]]


def lost(machines: Machines, application: str, how: str) -> None:
    """Machine b is lost while searches go on, and comes back."""
    with going_on(compared(application)) as searches:
        eventually(lambda: len(searches.took) >= SEARCHES)
        before = len(searches.took)
        at = time.monotonic()
        if how == KILL:
            machines.kill("b")
        else:
            machines.cable("b", plugged=False)
        if how == STILL:  # nobody can see that from outside
            for pid in machines.pids("b"):
                os.kill(pid, signal.SIGSTOP)
        eventually(lambda: len(searches.took) >= before + SEARCHES)
        after = len(searches.took)
        back = time.monotonic()
        machines.cable("b", plugged=True)
        machines.restart("b")
        eventually(lambda: is_whole(machines))
        whole_s = time.monotonic() - back
    print(f"{how}: {len(searches.took)} searches, {searches.wrong} wrong, errors {searches.errors}")
    print(f"  before {spread(searches.took[:before])} ms p10/p50/p95")
    print(f"  in the {back - at:.0f} s after {spread(searches.took[before:after])} ms")
    print(f"  longest {max(searches.took[before:]):.2f} s")
    slow = sorted(zip(searches.took, searches.ended, strict=True), reverse=True)
    print("  slowest, ms at s after the loss:", " ".join(
        f"{took * 1000:.0f}@{ended - at:.1f}" for took, ended in slow if at < ended < back
    )[:SLOWEST])  # fmt: skip
    print(f"  two copies again {whole_s:.0f} s after it came back")


def head(machines: Machines, client: Client, application: str) -> None:
    """The machine with Ray's head is lost and comes back; its state is in Redis."""
    machines.kill("a")
    media = str(client.add(application, jpeg(50_000, *SIZE))["id"])
    listed = client.get("media/", params={"application": application}).status_code
    form = {"application": application, "media": media}
    without = [client.post("search/", data=form).status_code for _ in range(5)]
    before = time.monotonic()
    machines.restart("a")
    started_s = time.monotonic() - before
    eventually(lambda: client.post("search/", data=form).status_code == 200)
    print(f"head lost: an upload is 201, a list {listed}, searches {without}; "
          f"searches again {time.monotonic() - before:.0f} s after `ray start` "
          f"(which took {started_s:.0f} s)")  # fmt: skip


def is_whole(machines: Machines) -> bool:
    told = machines.cluster("status", *option(machines, DATABASE), check=False)
    return told.startswith("0") and "no answer" not in told


def spread(took: list[float]) -> str:
    cuts = statistics.quantiles(took, n=20)
    return "/".join(f"{cuts[i] * 1000:.0f}" for i in (1, 9, 18))


if __name__ == "__main__":
    main()
