"""What `mediadb-cluster` says: how far shards are, and what is not as it should be."""

import sys
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
