"""Waiting for shards and doors: for a time that is told, and never in silence."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import ray
from ray.exceptions import RayError

from .settings import actor_name

ANSWER_S = 2.0
LOOK_S = 0.5
TELL_S = 15.0  # how often it is said what is waited for
# Ray has a machine in a minute on a busy one, and systemd starts it again after five seconds.
MISSING_S = 120.0

Place = tuple[int, int]  # shard and copy
State = dict[str, Any] | None  # what a copy says of itself; None where it does not answer
States = Mapping[Place, State]
T = TypeVar("T")


class Waited(Exception):
    """What was waited for did not come about; the message says what, and what to do."""


@dataclass(frozen=True)
class Patience:
    """Seconds: until all is whole, and until a copy that does not answer is taken for missing."""

    whole_s: float
    missing_s: float = MISSING_S


@dataclass(frozen=True)
class Progress:
    """Who is told: `states` of all copies each time, `line` now and then."""

    states: Callable[[States], None]
    line: Callable[[str], None]


def wait_until_whole(
    number: int, places: Sequence[Place], patience: Patience, progress: Progress
) -> list[Place]:
    """Until each copy has all indexes and all of the log; those that are missing.

    Each shard has a whole copy then. Waited where one has none, or is not whole in time.
    """
    start = told_at = time.monotonic()
    seen = dict.fromkeys(places, start)
    while True:
        told, now = asked_states(number, places), time.monotonic()
        seen |= {place: now for place, one in told.items() if one is not None}
        progress.states(told)
        lacking = [place for place in places if not is_whole(told[place])]
        missing = [one for one in lacking if now - seen[one] > patience.missing_s]
        if set(lacking) == set(missing) and _each_has_one(places, missing):
            return missing
        _require_hope(places, missing, patience)
        if now - start > patience.whole_s:
            raise Waited(
                f"Not whole after {patience.whole_s:.0f} s: {said(lacking, told)}. "
                "Start again to go on waiting; --wait says for how long."
            )
        if now - told_at > TELL_S:
            told_at = now
            progress.line(f"waiting for {said(lacking, told)}; {machines()}")
        time.sleep(LOOK_S)


def is_whole(state: State) -> bool:
    """Whether the copy has all indexes."""
    return bool(state and state["whole"])


def said(places: Sequence[Place], told: States) -> str:
    """Which copies these are, and how far."""
    return ", ".join(
        f"shard {shard} copy {copy} ({how_far(told.get((shard, copy)))})" for shard, copy in places
    )


def how_far(state: State) -> str:
    """In words."""
    if state is None:
        return "no answer"
    if state["whole"]:
        return "whole"
    return f"{state['ready']} of {max(0, state['wanted'])} indexes"


def machines() -> str:
    """Those that Ray knows, in words."""
    nodes = [str(node["NodeManagerAddress"]) for node in living_nodes()]
    several = "" if len(nodes) == 1 else "s"
    lost = {str(node["NodeManagerAddress"]) for node in ray.nodes()} - set(nodes)
    also = f" (lost: {', '.join(sorted(lost))})" if lost else ""
    return f"Ray knows {len(nodes)} machine{several}: {', '.join(nodes)}{also}"


def living_nodes() -> list[dict[str, Any]]:
    """The machines, always in the same order."""
    alive = [node for node in ray.nodes() if node["Alive"]]
    return sorted(alive, key=lambda node: str(node["NodeManagerAddress"]))


def found_actor(number: int, shard: int, copy: int) -> Any:
    """The copy of a shard in the namespace of this process, None where Ray knows none."""
    try:
        return ray.get_actor(actor_name(number, shard, copy))
    except ValueError:
        return None


def asked_states(number: int, places: Sequence[Place]) -> dict[Place, State]:
    """What each copy says of itself."""
    actors = {place: found_actor(number, *place) for place in places}
    calls = {place: one.state.remote() for place, one in actors.items() if one is not None}
    ready: list[Any] = []
    if calls:
        ready, _ = ray.wait(list(calls.values()), num_returns=len(calls), timeout=ANSWER_S)
    return {place: _told(calls[place]) if calls.get(place) in ready else None for place in places}


def within(seconds: float, what: str, call: Callable[[], T]) -> T:
    """What the call gives; Waited where it does not end in time. It goes on in its thread then."""
    ended: list[T] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            ended.append(call())
        except Exception as exc:
            failed.append(exc)

    thread = threading.Thread(target=run, name="mediadb: waiting", daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not ended:
        raise Waited(f"{what} within {seconds:.0f} s. `ray status` says which machines there are.")
    return ended[0]


def _told(call: Any) -> State:
    try:
        told: dict[str, Any] = ray.get(call, timeout=ANSWER_S)
    except RayError:
        return None
    return told


def _each_has_one(places: Sequence[Place], missing: Sequence[Place]) -> bool:
    return {shard for shard, _ in places} == {p[0] for p in places if p not in missing}


def _require_hope(places: Sequence[Place], missing: Sequence[Place], patience: Patience) -> None:
    if _each_has_one(places, missing):
        return
    there = {place[0] for place in places if place not in missing}
    without = sorted({shard for shard, _ in places} - there)
    raise Waited(
        f"Shard {', '.join(map(str, without))} has no copy that answers after "
        f"{patience.missing_s:.0f} s. {machines()}. Start Ray on the others and start again. "
        "Where a machine is gone for good: --anew places all copies on those that are there."
    )
