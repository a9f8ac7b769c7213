"""Do four workers agree, and does a kill -9 lose anything? For `portal_scale`."""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests
from tqdm import tqdm

from tests.images import jpeg

from .portal_processes import Connection
from .portal_world import WORKERS, World, small_application
from .report import table

SMALL_PX = (160, 120)
AT_ONCE = 4
SAMPLE = 100
KILLS = 5


def measure_agreement(world: World, options: argparse.Namespace) -> str:
    """Stored by one worker, asked for in another; deleted likewise."""
    small = small_application(world)
    with world.server() as server:
        server.until_answered(small, jpeg(0, *SMALL_PX))
        routes = [server.connections() for _ in range(AT_ONCE)]

        began, stored = time.monotonic(), dict[int, str]()
        clients = Clients(small, routes, stored, options.most_s)
        rows = [
            ["stored", *clients.run("stored", range(options.writes), store_and_ask)],
            ["deleted", *clients.run("deleted", sorted(stored), delete_and_ask)],
        ]
        taken = time.monotonic() - began
        status = routes[0][0].session.get(server.api + "status/").json()
    index = next(a["indexes"]["match"] for a in status["applications"] if a["id"] == small)
    return (
        f"## Reading one's own writes\n\n{AT_ONCE} clients at once, each with a connection to each "
        f"of the {WORKERS} workers. Each write through one worker is followed by a search for that "
        f"picture through another. {taken:.0f} s; the index came to generation "
        f"{index['generation']}.\n\n" + table(["through one worker", "times", "misses"], rows)
    )


Ask = Callable[[str, int, dict[int, str], Connection, Connection], bool]


@dataclass
class Clients:
    """Several at once; `routes`: of each client, a connection to each worker."""

    application: str
    routes: Sequence[Sequence[Connection]]
    stored: dict[int, str]
    most_s: float

    def run(self, what: str, seeds: Sequence[int], ask: Ask) -> tuple[int, int]:
        """How often it was asked, until the time is up, and how often in vain."""
        end = time.monotonic() + self.most_s
        with tqdm(total=len(seeds), desc=what, mininterval=10) as bar:

            def one(client: int) -> list[bool]:
                mine = sorted(self.routes[client], key=lambda route: route.worker)
                done: list[bool] = []
                for turn, seed in enumerate(seeds[client :: len(self.routes)]):
                    if time.monotonic() > end:
                        break
                    pair = [mine[(turn + n * (1 + turn % 3)) % len(mine)] for n in (0, 1)]
                    done.append(ask(self.application, seed, self.stored, *pair))
                    bar.update()
                return done

            with ThreadPoolExecutor(len(self.routes)) as pool:
                done = [one for many in pool.map(one, range(len(self.routes))) for one in many]
        return len(done), len(done) - sum(done)


def store_and_ask(
    application: str, seed: int, stored: dict[int, str], writer: Connection, reader: Connection
) -> bool:
    """Whether the other worker finds it."""
    image = jpeg(seed, *SMALL_PX)
    answer = writer.post("media/", application, image)
    answer.raise_for_status()
    stored[seed] = str(answer.json()["id"])
    return stored[seed] in reader.found(application, image)


def delete_and_ask(
    application: str, seed: int, stored: dict[int, str], writer: Connection, reader: Connection
) -> bool:
    """Whether the other worker finds it no more."""
    writer.delete(f"media/{stored[seed]}/").raise_for_status()
    return stored[seed] not in reader.found(application, jpeg(seed, *SMALL_PX))


def measure_kills(world: World, options: argparse.Namespace) -> str:
    """SIGKILL to all while four clients store; then a sample of the acknowledged is asked for."""
    small, acknowledged = small_application(world), dict[int, str]()
    with world.server() as server:
        for round_ in range(KILLS):
            server.until_answered(small, jpeg(0, *SMALL_PX))
            routes = [(connection, n) for n, connection in enumerate(server.connections())]
            seeds = 10_000_000 + round_ * 100_000

            def store(route: tuple[Connection, int], seeds: int = seeds) -> None:
                for seed in range(seeds + route[1] * 1000, seeds + route[1] * 1000 + 1000):
                    try:
                        answer = route[0].post("media/", small, jpeg(seed, *SMALL_PX))
                    except requests.RequestException:
                        return  # killed
                    if answer.status_code == 201:
                        acknowledged[seed] = str(answer.json()["id"])

            with ThreadPoolExecutor(WORKERS) as pool:
                done = [pool.submit(store, route) for route in routes]
                time.sleep(random.uniform(10, 20))
                server.kill()
                for one in done:
                    one.result()
            server.start()
        server.until_answered(small, jpeg(0, *SMALL_PX))
        routes_ = server.connections()
        chosen = random.Random(1).sample(sorted(acknowledged), min(SAMPLE, len(acknowledged)))
        lost = sum(
            acknowledged[seed] not in routes_[i % WORKERS].found(small, jpeg(seed, *SMALL_PX))
            for i, seed in enumerate(chosen)
        )
        status = routes_[0].session.get(server.api + "status/").json()
    indexes = next(a["indexes"]["match"] for a in status["applications"] if a["id"] == small)
    rows = [[KILLS, len(acknowledged), len(chosen), lost, indexes["generation"]]]
    head = ["times killed", "acknowledged", "asked for", "not found", "generation of the index"]
    return (
        f"## kill -9 while storing\n\nSIGKILL to gunicorn and all workers while {WORKERS} clients "
        "store; afterwards a sample of everything acknowledged is asked for, worker by worker.\n\n"
        + table(head, rows)
    )
