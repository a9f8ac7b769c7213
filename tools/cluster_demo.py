"""A portal, and two network namespaces as two machines: a search while one of them is killed.

make cluster-demo            as root, on Linux; nothing listens outside of the namespaces
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster.machines import DOORS, Machines, missing, option, running_machines
from tests.images import jpeg
from tests.portal import Client, running_portal

PICTURES = 12
BEFORE_S, AFTER_S = 5.0, 15.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--after", type=float, default=AFTER_S, help="seconds after the loss")
    asked = parser.parse_args()
    if why := missing():
        sys.exit(f"There can be no demo here: {why}.")
    print("Two machines start: MongoDB, Redis, Ray with a head on a and a node on b …", flush=True)
    with running_machines() as machines, _portal(machines) as (client, application):
        for seed in range(asked.pictures):
            client.add(application, jpeg(seed, 320, 240), name=f"picture {seed}")
        print(f"{asked.pictures} pictures are stored. Two shards start, with two copies each …")
        print(
            machines.cluster(
                "start",
                *option(machines, "demo"),
                "--shards",
                "2",
                "--copies",
                "2",
                "--index-root",
                machines.indexes,
            ).strip()
        )
        print(machines.cluster("status", *option(machines, "demo")), flush=True)
        _search(client, application, asked.pictures, BEFORE_S)
        print("— machine b is killed: all of its processes, with SIGKILL —", flush=True)
        machines.kill("b")
        _search(client, application, asked.pictures, asked.after)
        print(machines.cluster("status", *option(machines, "demo"), check=False).partition("\n")[2])
        print("— machine b is started again —", flush=True)
        machines.start_ray("b")
        _search(client, application, asked.pictures, asked.after)
        print(machines.cluster("status", *option(machines, "demo"), check=False).partition("\n")[2])


@contextmanager
def _portal(machines: Machines) -> Iterator[tuple[Client, str]]:
    settings = json.dumps({"MEDIADB_CLUSTER": DOORS})
    uri = f"{machines.mongodb}/demo"
    with running_portal(uri, Path(machines.folder, "files"), TEST_SETTINGS=settings) as portal:
        user = portal.user("demo@example.org")
        yield portal.client(user), portal.application(user)


def _search(client: Client, application: str, pictures: int, seconds: float) -> None:
    """A line for each search; the picture is one of those that are stored, in turn."""
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        seed, number = number % pictures, number + 1
        started = time.monotonic()
        answer = client.post(
            "search/", data={"application": application}, files={"image": jpeg(seed, 320, 240)}
        )
        took = time.monotonic() - started
        told = answer.json()
        first = told["data"][0]["media"]["name"] if told.get("data") else told.get("message")
        print(f"{answer.status_code}  {took * 1000:5.0f} ms  picture {seed} -> {first}", flush=True)
        time.sleep(max(0.0, 0.4 - took))


if __name__ == "__main__":
    main()
