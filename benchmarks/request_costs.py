"""What one request does: MongoDB commands, hops between files, functions called.

    python -m benchmarks.request_costs

A plain portal in this process, over a real MongoDB, with the demo's pictures and all three
signatures. Each request is made once for nothing, then counted. A hop is a call from a function of
the package to one in another of its files, whatever libraries lie in between; recognition and
imaging count as one file. Only the thread of the request is looked at.
"""

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from pymongo import monitoring

import udata_mediadb
from tests.request_world import Commands, World, new_world
from udata_mediadb.demo.mongod import EmbeddedMongod

from .report import table

PACKAGE = Path(udata_mediadb.__file__).parent
SCIENCE = ("recognition", "imaging")


@dataclass
class Calls:
    """Calls of the package's functions, as `sys.setprofile` sees them in this thread."""

    count: int = 0
    functions: set[tuple[str, str]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    hops: list[tuple[str, str]] = field(default_factory=list)
    _stack: list[tuple[FrameType, str]] = field(default_factory=list)
    _known: dict[CodeType, str | None] = field(default_factory=dict)

    @contextlib.contextmanager
    def counted(self) -> Iterator["Calls"]:
        sys.setprofile(self._seen)
        try:
            yield self
        finally:
            sys.setprofile(None)

    def _seen(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "return" and self._stack and self._stack[-1][0] is frame:
            self._stack.pop()
        if event != "call" or (file := self._file(frame.f_code)) is None:
            return
        if self._stack and self._stack[-1][1] != file:
            self.hops.append((self._stack[-1][1], file))
        self._stack.append((frame, file))
        self.count += 1
        self.functions.add((file, frame.f_code.co_qualname))
        self.files.add(file)

    def _file(self, code: CodeType) -> str | None:
        """The file of the package in which the code is, None for others."""
        if code not in self._known:
            path = Path(code.co_filename)
            inside = path.relative_to(PACKAGE) if path.is_relative_to(PACKAGE) else None
            known = str(inside) if inside else None
            if inside and inside.parts[0] in SCIENCE:
                known = "science"
            self._known[code] = known
        return self._known[code]


@dataclass(frozen=True)
class Cost:
    """What one request did. `commands`: as `find mediadb_media`; `calls`: of our functions."""

    commands: list[str]
    calls: Calls

    def row(self, name: str) -> list[object]:
        count, distinct = self.calls.count, len(self.calls.functions)
        hops, files = len(self.calls.hops), len(self.calls.files)
        return [name, f"{count} ({distinct})", files, hops, len(self.commands)]


def measure(commands: Commands, request: Callable[[], Any]) -> Cost:
    """Two requests, since to count calls is to be slow: one for each."""
    with commands.counted() as sent:
        request()
    with Calls().counted() as calls:
        request()
    return Cost(list(sent), calls)


def measured(world: World, commands: Commands) -> dict[str, Cost]:
    """The five, each after one for nothing; and a search that has an upload to take in."""
    costs = {}
    for name, request in world.requests().items():
        request()
        costs[name] = measure(commands, request)
    world.post_media()
    with commands.counted() as sent:
        world.search()
    world.post_media()
    with Calls().counted() as calls:
        world.search()
    return {**costs, "POST search, after an upload": Cost(list(sent), calls)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=1, help="of the demo's, stored before")
    parser.add_argument("--show", help="the commands and hops of the request of this name")
    options = parser.parse_args()
    commands = Commands()
    monitoring.register(commands)
    with (
        tempfile.TemporaryDirectory() as work,
        EmbeddedMongod(Path(work) / "db") as mongod,
        new_world(f"{mongod.uri}costs", Path(work) / "files", options.pictures) as world,
    ):
        costs = measured(world, commands)
    if options.show:
        print("\n".join(costs[options.show].commands))
        print("\n".join(f"{one} -> {other}" for one, other in costs[options.show].calls.hops))
    head = ["request", "calls (distinct)", "files", "hops", "MongoDB commands"]
    print(table(head, [cost.row(name) for name, cost in costs.items()]))


if __name__ == "__main__":
    main()
