"""Starting shards, and others in their place: new ones stand beside the old until all are whole.

So more shards, another version of the program and lost copies are one thing: the layout has another
number, doors see it within a second, and the old shards end when no search is with them any more.
"""

import logging
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import ray
from ray.exceptions import RayError
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

from ..errors import Misconfigured
from ..indexing.models import CLUSTER, ClusterLayout
from ..indexing.shards.forms import SHARD_FORM
from ..mongo.lease import lease
from .copies import DEADLINE_S
from .door import REFRESH_S
from .doors import Address, end_doors, run_doors
from .settings import NAMESPACE, ClusterSettings, actor_name, namespace, read_layout
from .shard_actor import ShardActor
from .waiting import (
    Patience,
    Place,
    Progress,
    State,
    Waited,
    asked_states,
    found_actor,
    living_nodes,
    wait_until_whole,
    within,
)

logger = logging.getLogger(__name__)

PREFIX = "shard-"
CPU = 0.01  # what Ray counts for a copy: it only has to find room
THREADS = 8  # of each copy: searches wait for its lock, but statuses do not
CONNECT_S = 60.0  # Ray has taken 20 s at load 30
ENDED_S = 10.0  # Ray forgets a name when its process is gone


@dataclass(frozen=True)
class Started:
    """`missing`: copies that do not answer; the others of their shards do."""

    layout: ClusterLayout
    missing: Sequence[Place]


def connect_ray(address: str, database: str | None) -> None:
    """Join the Ray of this machine, in the namespace of a database.

    Misconfigured where it lets in anybody, or is not there.
    """
    if os.environ.get("RAY_AUTH_MODE") != "token":
        raise Misconfigured("Ray has to ask for a token: set RAY_AUTH_MODE=token on all machines.")
    try:
        what = f"Ray at {address} did not answer (is its head running, and within reach?)"
        within(CONNECT_S, what, lambda: _join(address, namespace(database)))
    except (ConnectionError, RuntimeError, RayError) as exc:
        raise Misconfigured(f"There is no Ray at {address}: {exc}") from exc


def _join(address: str, name: str) -> None:
    ray.init(address=address, namespace=name, log_to_driver=False, logging_level=logging.ERROR)


def start(
    settings: ClusterSettings,
    shards: int,
    copies: int,
    door: Address,
    *,
    anew: bool,
    progress: Progress,
    patience: Patience,
) -> Started:
    """All shards whole, and a door on each machine; Waited where they are not in time."""
    with lease("cluster/start") as mine:
        if not mine:
            raise Waited("Another `start` is at work, or was killed less than a minute ago.")
        layout = read_layout(settings.database)
        keeps = layout is not None and not anew and _is_kept(layout, settings, shards, copies)
        number = (layout.number if layout else 0) + (not keeps)
        places = [(shard, copy) for shard in range(shards) for copy in range(copies)]
        if not keeps:
            _end_unlike(number, places, settings, shards)
        for place in places:
            if found_actor(number, *place) is None:
                _create(settings, number, place, (shards, copies))
        missing = wait_until_whole(number, places, patience, progress)
        published = _published(layout, settings, (number, shards, copies))
        progress.line("all shards are whole; doors open")
        published.update(path=run_doors(settings, door, published.path))
        if not keeps:
            time.sleep(REFRESH_S * 2 + DEADLINE_S)
        end_shards(keep=number)
        if layout is not None and layout.database is None:
            end_all(None)
        published.update(before={})
        return Started(published, missing)


def _published(
    layout: ClusterLayout | None, settings: ClusterSettings, made: tuple[int, int, int]
) -> ClusterLayout:
    """Doors of this version follow within a second; those of another one keep the shards before."""
    number, shards, copies = made
    before: dict[str, Any] = {}
    if layout is not None and layout.number != number and layout.shards:
        before = {name: getattr(layout, name) for name in ("number", "shards", "copies", "form")}
    elif layout is not None:
        before = layout.before
    return ClusterLayout(
        id=CLUSTER,
        number=number,
        shards=shards,
        copies=copies,
        secret=layout.secret if layout is not None else secrets.token_urlsafe(32),
        form=SHARD_FORM,
        segments=settings.segments,
        index_root=settings.index_root,
        before=before,
        database=settings.database,
        path=layout.path if layout is not None else "/",
    ).save()


def _is_kept(layout: ClusterLayout, settings: ClusterSettings, shards: int, copies: int) -> bool:
    """Whether these shards are those, of this version, as far as they live."""
    asked = (shards, copies, SHARD_FORM, settings.database)
    if (layout.shards, layout.copies, layout.form, layout.database) != asked:
        return False
    return all(one is None or _is_like(one, settings, shards) for one in states(layout).values())


def _is_like(state: dict[str, Any], settings: ClusterSettings, shards: int) -> bool:
    made = {"of": shards, "segments": settings.segments, "root": settings.index_root}
    return bool(state["version"] == version("udata-mediadb") and state.get("made") == made)


def _end_unlike(
    number: int, places: Sequence[Place], settings: ClusterSettings, shards: int
) -> None:
    """What a start before left that did not come to its end: as it should be, or it goes."""
    left = [name for name in _names() if name.startswith(f"{PREFIX}{number}-")]
    told = [one for one in asked_states(number, places).values() if one is not None]
    # one that does not answer may wait for a machine that is gone
    alike = len(told) == len(left) and all(_is_like(one, settings, shards) for one in told)
    if set(left) - {actor_name(number, *place) for place in places} or not alike:
        _end(left)
        over = time.monotonic() + ENDED_S
        while set(left) & set(_names()) and time.monotonic() < over:
            time.sleep(REFRESH_S)


def _create(settings: ClusterSettings, number: int, place: Place, layout: tuple[int, int]) -> None:
    """A copy of a shard, on another machine than the other copies where there are so many."""
    shard, copy = place
    ray.remote(ShardActor).options(
        name=actor_name(number, shard, copy),
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


def states(layout: ClusterLayout) -> dict[Place, State]:
    """What each copy says of itself; None where it does not answer."""
    places = [(s, c) for s in range(layout.shards) for c in range(layout.copies)]
    return asked_states(layout.number, places)


def end_shards(keep: int | None = None) -> None:
    """End all shards of other layouts of this database."""
    _end([one for one in _names() if keep is None or not one.startswith(f"{PREFIX}{keep}-")])


def stop(layout: ClusterLayout | None) -> None:
    """End all shards and doors of this database; MongoDB and the bucket stay as they are."""
    if layout is not None:
        end_all(layout.database)
        layout.update(shards=0, copies=0, before={})


def end_all(database: str | None) -> None:
    """End all shards and doors of a database, whatever its layout says."""
    end_doors(database)
    _end(_names_by_database().get(database, []), namespace(database))


def others(database: str | None) -> dict[str | None, int]:
    """Databases that have shards in this Ray besides, and how many processes of them."""
    found = _names_by_database()
    return {name: len(names) for name, names in found.items() if name != database}


def _end(names: Sequence[str], where: str | None = None) -> None:
    """In the namespace of this process, or in another one."""
    for name in names:
        with suppress(ValueError):  # it ended by itself
            ray.kill(ray.get_actor(name, namespace=where), no_restart=True)
        with suppress(ValueError):
            group = ray.util.get_placement_group(name.rpartition("-")[0])
            ray.util.remove_placement_group(group)


def _names() -> Iterator[str]:
    """Of the shards in the namespace of this process."""
    yield from (name for name in ray.util.list_named_actors() if name.startswith(PREFIX))


def _names_by_database() -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = {}
    for one in ray.util.list_named_actors(all_namespaces=True):
        base, _, database = one["namespace"].partition("-")
        if base == NAMESPACE and one["name"].startswith(PREFIX):
            found.setdefault(database or None, []).append(one["name"])
    return found
