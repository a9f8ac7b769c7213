"""Starting shards, and others in their place: new ones stand beside the old until all are whole.

So more shards, another version of the program and lost copies are one thing: the layout has another
number, doors see it within a second, and the old shards end when no search is with them any more.
"""

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import Any

import ray
from ray import serve
from ray.exceptions import RayError
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

from ..errors import Misconfigured
from ..indexing.models import CLUSTER, ClusterLayout
from .copies import DEADLINE_S
from .door import REFRESH_S, Door
from .settings import DOOR, NAMESPACE, ClusterSettings, actor_name, read_layout
from .shard_actor import ShardActor

logger = logging.getLogger(__name__)

ANSWER_S = 2.0
LOOK_S = 0.5
PREFIX = "shard-"
# Lost machines and processes Ray knows by itself; a busy door is no lost one.
DOOR_HANGS_S = 20
CPU = 0.01  # what Ray counts for a copy: it only has to find room
THREADS = 8  # of each copy: searches wait for its lock, but statuses do not

Place = tuple[int, int]  # shard and copy
States = Mapping[Place, dict[str, Any] | None]


def connect_ray(address: str) -> None:
    """Join the Ray of this machine; Misconfigured where it lets in anybody, or is not there."""
    if os.environ.get("RAY_AUTH_MODE") != "token":
        raise Misconfigured("Ray has to ask for a token: set RAY_AUTH_MODE=token on all machines.")
    try:
        ray.init(
            address=address,
            namespace=NAMESPACE,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, RuntimeError, RayError) as exc:
        raise Misconfigured(f"There is no Ray at {address}: {exc}") from exc


def start(
    settings: ClusterSettings,
    shards: int,
    copies: int,
    door: tuple[str, int],
    *,
    anew: bool,
    progress: Callable[[States], None],
    patience_s: float,
) -> ClusterLayout:
    """All shards whole, and a door on each machine; TimeoutError where they are not in time."""
    layout = read_layout()
    kept = layout if layout is not None and not anew and _is_kept(layout, shards, copies) else None
    number = kept.number if kept else (layout.number if layout else 0) + 1
    places = [(shard, copy) for shard in range(shards) for copy in range(copies)]
    for shard, copy in places:
        if kept is None or found_actor(number, shard, copy) is None:
            _create(settings, number, (shard, copy), (shards, copies))
    wait_until_whole(number, places, progress, patience_s)
    secret = layout.secret if layout is not None else secrets.token_urlsafe(32)
    published = ClusterLayout(
        id=CLUSTER, number=number, shards=shards, copies=copies, secret=secret
    ).save()
    run_doors(settings, len(living_nodes()), *door)
    if kept is None:
        time.sleep(REFRESH_S * 2 + DEADLINE_S)
    end_shards(keep=number)
    return published


def _is_kept(layout: ClusterLayout, shards: int, copies: int) -> bool:
    """Whether these shards are those, of this version, as far as they live."""
    if (layout.shards, layout.copies) != (shards, copies):
        return False
    own = version("udata-mediadb")
    return all(one is None or one["version"] == own for one in states(layout).values())


def _create(settings: ClusterSettings, number: int, place: Place, layout: tuple[int, int]) -> None:
    """A copy of a shard, on another machine than the other copies where there are so many."""
    shard, copy = place
    ray.remote(ShardActor).options(
        name=actor_name(number, shard, copy),
        namespace=NAMESPACE,
        lifetime="detached",
        max_restarts=-1,
        max_task_retries=0,
        num_cpus=CPU,
        max_concurrency=THREADS,
        scheduling_strategy=PlacementGroupSchedulingStrategy(
            _places_of(number, shard, layout[1]), placement_group_bundle_index=copy
        ),
    ).remote(settings, shard, layout[0])


def _places_of(number: int, shard: int, copies: int) -> Any:
    """Where the copies of a shard go: a lost one waits for a machine that has none."""
    name = f"{PREFIX}{number}-{shard}"
    try:
        return ray.util.get_placement_group(name)
    except ValueError:
        enough = copies <= len(living_nodes())
        return ray.util.placement_group(
            [{"CPU": CPU}] * copies,
            strategy="STRICT_SPREAD" if enough else "SPREAD",
            name=name,
            lifetime="detached",
        )


def run_doors(settings: ClusterSettings, nodes: int, host: str, port: int) -> None:
    """A door on each machine, of this version of the program."""
    logging.getLogger("ray.serve").setLevel(logging.WARNING)
    serve.start(proxy_location="EveryNode", http_options={"host": host, "port": port})
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
    serve.run(deployment.bind(settings), name=DOOR, route_prefix="/")


def living_nodes() -> list[dict[str, Any]]:
    """The machines, always in the same order."""
    alive = [node for node in ray.nodes() if node["Alive"]]
    return sorted(alive, key=lambda node: str(node["NodeManagerAddress"]))


def found_actor(number: int, shard: int, copy: int) -> Any:
    """The copy of a shard, None where Ray knows none."""
    try:
        return ray.get_actor(actor_name(number, shard, copy), namespace=NAMESPACE)
    except ValueError:
        return None


def states(layout: ClusterLayout) -> dict[Place, dict[str, Any] | None]:
    """What each copy says of itself; None where it does not answer."""
    places = [(s, c) for s in range(layout.shards) for c in range(layout.copies)]
    return asked_states(layout.number, places)


def asked_states(number: int, places: Sequence[Place]) -> dict[Place, dict[str, Any] | None]:
    """See `states`."""
    actors = {place: found_actor(number, *place) for place in places}
    calls = {place: one.state.remote() for place, one in actors.items() if one is not None}
    ready: list[Any] = []
    if calls:
        ready, _ = ray.wait(list(calls.values()), num_returns=len(calls), timeout=ANSWER_S)
    return {place: _told(calls[place]) if calls.get(place) in ready else None for place in places}


def _told(call: Any) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = ray.get(call, timeout=ANSWER_S)
    except RayError:
        return None
    return told


def wait_until_whole(
    number: int, places: Sequence[Place], progress: Callable[[States], None], patience_s: float
) -> None:
    """Until each copy has all indexes and all of the log; TimeoutError."""
    end = time.monotonic() + patience_s
    while True:
        told = asked_states(number, places)
        progress(told)
        if all(one is not None and one["whole"] for one in told.values()):
            return
        if time.monotonic() > end:
            raise TimeoutError("not all shards are whole; start again to go on waiting")
        time.sleep(LOOK_S)


def end_shards(keep: int | None = None) -> None:
    """End all shards of other layouts."""
    for name in _names():
        if keep is None or not name.startswith(f"{PREFIX}{keep}-"):
            with suppress(ValueError):  # it ended by itself
                ray.kill(ray.get_actor(name, namespace=NAMESPACE), no_restart=True)
            with suppress(ValueError):
                group = ray.util.get_placement_group(name.rpartition("-")[0])
                ray.util.remove_placement_group(group)


def stop() -> None:
    """End all shards and doors; MongoDB and the bucket stay as they are."""
    serve.shutdown()
    end_shards()
    ClusterLayout.objects(id=CLUSTER).update(shards=0, copies=0)


def _names() -> Iterator[str]:
    for one in ray.util.list_named_actors(all_namespaces=True):
        if one["namespace"] == NAMESPACE and one["name"].startswith(PREFIX):
            yield str(one["name"])
