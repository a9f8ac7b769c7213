"""Doors in Ray Serve: an application for each database; all of them share one port of a machine."""

import logging
import time
from collections.abc import Sequence
from contextlib import suppress

import urllib3
from ray import serve
from ray.serve.exceptions import RayServeException
from urllib3.exceptions import HTTPError

from ..indexing.shards.client import CONNECT_S, HEALTH
from .copies import DEADLINE_S
from .door import Door
from .settings import ClusterSettings, door_name
from .waiting import LOOK_S, living_nodes, within

# Lost machines and processes Ray knows by itself; a busy door is no lost one.
DOOR_HANGS_S = 20
DOORS_S, DOOR_S = 120.0, 30.0  # to open doors, and more for each; one takes 10 s at load 20
LISTENS_S, ANSWER_S = 20.0, 2.0  # until a machine with an open door has a proxy before it

Address = tuple[str, int]


def run_doors(settings: ClusterSettings, address: Address, path: str) -> str:
    """A door on each machine, of this version of the program; where it is on each of them.

    That is `path`, unless another database has it. Waited where they do not open in time.
    """
    nodes = len(living_nodes())

    def run() -> str:
        host, port = address
        serve.start(proxy_location="EveryNode", http_options={"host": host, "port": port})
        with suppress(RayServeException):  # another one's
            return _run(settings, nodes, path)
        return _run(settings, nodes, f"/{settings.database}")

    # it would warn of options that the Serve of another database has otherwise: see `silent`
    logging.getLogger("ray.serve").setLevel(logging.ERROR)
    return within(DOORS_S + nodes * DOOR_S, f"Not all of {nodes} doors opened", run)


def _run(settings: ClusterSettings, nodes: int, path: str) -> str:
    deployment = serve.deployment(
        Door,
        name="door",
        num_replicas=nodes,
        max_replicas_per_node=1,
        max_ongoing_requests=64,
        health_check_period_s=2,
        health_check_timeout_s=DOOR_HANGS_S,
        graceful_shutdown_timeout_s=DEADLINE_S,
        ray_actor_options={"num_cpus": 0},
    )
    serve.run(deployment.bind(settings), name=door_name(settings.database), route_prefix=path)
    return path


def end_doors(database: str | None) -> None:
    """Those of a database, and Ray Serve with the last of all; Waited where they do not end."""
    name = door_name(database)

    def end() -> None:
        running = set(serve.status().applications)
        if running <= {name}:
            serve.shutdown()
        elif name in running:
            serve.delete(name)

    within(DOORS_S, "The doors did not end", end)


def silent(address: Address) -> Sequence[str]:
    """Machines at which no door answers on this port: another start may have named another one."""
    pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(CONNECT_S, ANSWER_S))
    left = {str(node["NodeManagerAddress"]) for node in living_nodes()}
    end = time.monotonic() + LISTENS_S
    while left and time.monotonic() < end:
        for machine in sorted(left):
            with suppress(HTTPError):
                pool.request("GET", f"http://{machine}:{address[1]}{HEALTH}")
                left.discard(machine)
        if left:
            time.sleep(LOOK_S)
    return sorted(left)
