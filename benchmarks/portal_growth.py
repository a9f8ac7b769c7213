"""What a search takes more in a large application than in a small one, and within a filter.

Whole requests in this process. Each query is asked in every way before the next one, so that what
else the machine does weighs on all ways alike.
"""

import argparse
import io
import json
import os
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Response
from flask.testing import FlaskClient

from udata_mediadb.web.stages import stages_of_request

from .portal_index import write_index
from .portal_world import World, filled
from .report import table

SMALL = 1600
WARM = 6  # queries before those that are measured
EVERY = 3  # of the queries, every so many: each is asked in six ways
YEARS = 220  # of the made-up media, from 1800 on; the real ones, which are found, have none
_REAL: Mapping[str, Any] = {"not": {"range": {"year": {"gte": 0}}}}


def _since(share: float) -> Mapping[str, Any]:
    """Met by this share of the made-up media, and by all real ones."""
    return {"or": [{"range": {"year": {"gte": 1800 + round(YEARS * (1 - share))}}}, _REAL]}


FILTERS: dict[str, Mapping[str, Any]] = {
    "all": {"fields": {"width": {"gte": 1}}},
    "a half": _since(0.5),
    "a tenth": _since(0.1),
    "a hundredth": _since(0.01),
}


@dataclass
class Asked:
    """Ways to ask, and what each took. `stages`: by the clock; all in ms."""

    application: str
    conditions: Mapping[str, Any] = field(default_factory=dict)
    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=dict)
    found: int = 0


def measure_growth(world: World, options: argparse.Namespace) -> str:
    """Stages of searches in the application and in a small one, and the price of filters."""
    ways = {f"{SMALL:,} stored": Asked(small(world)), f"{options.size:,} stored": Asked("")}
    ways |= {f"passed by {name}": Asked("", one) for name, one in FILTERS.items()}
    for one in ways.values():
        one.application = one.application or world.application
    took: dict[str, float] = {}

    def keep(response: Response) -> Response:
        took.clear()
        took.update(stages_of_request())
        return response

    world.app.after_request(keep)
    client = world.app.test_client()
    for number, query in enumerate([*world.queries[:WARM], *world.queries[::EVERY]]):
        for way in ways.values():
            _ask(client, world.key, way, query, took, counts=number >= WARM)
    return _section(ways)


def small(world: World) -> str:
    """An application of the same pictures and a few made-up ones, with segments."""
    note = Path(f"{world.root}-small")
    application = filled(world.portal, world.account, note, world.paths, SMALL, world.model_paths)
    catalogs = world.app.extensions["mediadb"].catalogs
    catalog = catalogs.get(application, "match").catalog
    if not catalog.store.newest():
        write_index(world.app, catalog, world.models)
    return application


def _ask(
    client: FlaskClient,
    key: str,
    way: Asked,
    query: bytes,
    took: Mapping[str, float],
    *,
    counts: bool,
) -> None:
    # what the same caller sent a moment ago would not be described again
    image = query[:2] + b"\xff\xfe\x00\x12" + os.urandom(16) + query[2:]
    data: dict[str, Any] = {"application": way.application, "image": (io.BytesIO(image), "q.jpg")}
    if way.conditions:
        data["query"] = json.dumps(way.conditions)
    clock, processor = time.perf_counter(), time.process_time()
    answer = client.post("/api/1/mediadb/search/", data=data, headers={"X-API-KEY": key})
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}: {answer.text[:300]}")
    if not counts:
        return
    way.clock.append(clock * 1000)
    way.processor.append(processor * 1000)
    way.found += bool(answer.json["total"])
    for name, seconds in took.items():
        way.stages.setdefault(name, []).append(seconds * 1000)


def _section(ways: Mapping[str, Asked]) -> str:
    small_one, large, *_ = ways.values()
    names = list(dict.fromkeys(name for way in ways.values() for name in way.stages))
    head = ["a search", "found", "ms", "processor ms", *names]
    rows = [
        [name, way.found, *(_middle(times) for times in (way.clock, way.processor)),
         *(_middle(way.stages.get(stage, [0.0])) for stage in names)]
        for name, way in ways.items()
    ]  # fmt: skip
    more = [
        [name, *(_apart(one, than) for one, than in
                 ((way.clock, base.clock), (way.processor, base.processor)))]
        for name, way, base in (
            (f"{SMALL:,} -> the whole", large, small_one),
            *((name, ways[name], large) for name in list(ways)[2:]),
        )
    ]  # fmt: skip
    return (
        "## What grows\n\nWhole requests in one process, each query in every way before the next "
        "one; medians, the stages by the clock. "
        f"Load {os.getloadavg()[0]:.1f} at the end.\n\n{table(head, rows)}\n\n"
        "Median of the differences, query by query:\n\n"
        + table(["from -> to, or filter", "ms more", "processor ms more"], more)
    )


def _middle(times: Sequence[float]) -> str:
    return f"{statistics.median(times):.1f}"


def _apart(times: Sequence[float], than: Sequence[float]) -> str:
    return f"{statistics.median(a - b for a, b in zip(times, than, strict=True)):.1f}"
