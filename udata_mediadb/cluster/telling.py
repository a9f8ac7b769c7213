"""What `mediadb-cluster` says: how far shards are, and what is not as it should be."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from tqdm import tqdm

from .waiting import State, States, how_far, machines


def warn(told: States, complete: bool) -> None:
    """Of what is right now and will not be later."""
    if not complete:
        say(
            f"WARNING {machines()}. When the missing ones are back, their copies start by "
            "themselves; `start` again gives them doors. Gone for good: `start --anew`"
        )
    for node, trouble in sorted({(one["node"], trouble_of(one)) for one in told.values() if one}):
        if trouble:
            say(f"WARNING {node} {trouble}")
    by_shard: dict[int, list[str]] = {}
    for (shard, _), one in told.items():
        by_shard.setdefault(shard, []).extend([one["node"]] if one else [])
    together = [shard for shard, nodes in by_shard.items() if len(set(nodes)) < len(nodes)]
    if together:
        say(
            f"WARNING copies of shard {', '.join(map(str, together))} share a machine, and are "
            "lost together. When there are more machines: `start --anew`"
        )


def advised(told: States) -> Iterator[str]:
    """Whether all is well, and what to do where it is not; for who is called at night."""
    silent = sum(one is None for one in told.values())
    growing = sum(one is not None and not one["whole"] for one in told.values())
    without = {shard for shard, _ in told} - {shard for (shard, _), one in told.items() if one}
    if without:
        several = ", ".join(map(str, sorted(without)))
        yield f"Searches are 503: nothing is left of shard {several}. Uploads and lists go on."
    elif silent:
        yield "Searches go on with the copies that answer; another loss may end them."
    if silent:
        yield (
            f"{silent} of {len(told)} copies do not answer. Start Ray on the machine that is lost: "
            "`systemctl start mediadb-ray`; its copies come by themselves, and `mediadb-cluster "
            "start` gives it a door. If it is gone for good: `mediadb-cluster start --anew`"
        )
    if growing:
        yield f"{growing} of {len(told)} copies still read their indexes; nothing is to be done."
    if not silent and not growing:
        yield "All is well: each copy answers."


def warn_of_silent(machines: Sequence[str], port: int) -> None:
    """Of machines where portals find no door."""
    if machines:
        say(
            f"WARNING no door answers on port {port} of {', '.join(machines)}. All doors of a Ray "
            "have the port that the first `start` named; it changes when all are stopped"
        )


def tell_of_others(others: Mapping[str | None, int]) -> None:
    """Of shards in the same Ray that are no matter of this database."""
    for name, processes in others.items():
        say(
            f"also in this Ray: {processes} processes of {name or 'an earlier version'}; they are "
            "another portal's. Where that is no more: `mediadb-cluster stop --database NAME`"
        )


def say(line: str) -> None:
    """Above the bar, where there is one."""
    tqdm.write(line, file=sys.stderr)
    sys.stderr.flush()


def show(bar: "tqdm[NoReturn]", told: States) -> None:
    """In the bar, how many indexes of all copies are ready."""
    there = [one for one in told.values() if one is not None]
    bar.total = sum(max(0, one["wanted"]) for one in there) or None
    bar.n = sum(one["ready"] for one in there)
    bar.refresh()


def in_words(copy: State) -> str:
    """Where a copy is, how far, and what troubles it."""
    if copy is None:
        return "no answer"
    trouble = trouble_of(copy)
    return f"{copy['node']} {how_far(copy)}" + (f" ({trouble})" if trouble else "")


def trouble_of(copy: dict[str, Any]) -> str:
    """What to do where a copy cannot keep its segments; empty where it can."""
    if not copy.get("trouble"):  # a copy of an earlier version does not say
        return ""
    keys = "FS_S3_ENDPOINT and the keys in the environment of its Ray"
    return f"keeps no segments: {copy['trouble']}; look at {keys}"
