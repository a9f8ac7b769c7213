"""What one request does: MongoDB commands, hops between files, functions called.

    python -m benchmarks.request_costs

A plain portal in this process, over a real MongoDB, with the demo's thirty pictures and all three
signatures. Each request is made once for nothing, then counted. A hop is a call from a function of
the package to one in another of its files, whatever libraries lie in between; recognition and
imaging count as one file. Only the thread of the request is looked at.
"""

import argparse
import contextlib
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from pymongo import monitoring

import udata_mediadb
from tests.hosts import current_host
from tests.portal import Portal
from udata_mediadb.demo.mongod import EmbeddedMongod

from .report import table

PACKAGE = Path(udata_mediadb.__file__).parent
SAMPLES = PACKAGE / "demo" / "samples"
SCIENCE = ("recognition", "imaging")
API = "/api/1/mediadb/"


class Commands(monitoring.CommandListener):
    """The names of the commands that this thread sends; to be registered before connecting."""

    def __init__(self) -> None:
        self._thread: int | None = None
        self.names: list[str] = []

    @contextlib.contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Those sent while it is open, as `find media`."""
        self.names, self._thread = [], threading.get_ident()
        try:
            yield self.names
        finally:
            self._thread = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if threading.get_ident() == self._thread:
            target = event.command.get(event.command_name)
            self.names.append(f"{event.command_name} {target}")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Counted when it started."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Counted when it started."""


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


@dataclass
class World:
    """A portal in this process with a filled application."""

    app: Flask
    client: FlaskClient
    key: dict[str, str]
    application: str
    media: str

    def ask(self, method: str, path: str, **arguments: Any) -> Any:
        with self.client.open(API + path, method=method, headers=self.key, **arguments) as response:
            assert response.status_code < 300, response.text
            return response.json

    def post_media(self) -> Any:
        return self.ask("POST", "media/", data=self._picture("heliconia.jpg"))

    def search(self) -> Any:
        return self.ask("POST", "search/", data=self._picture("query.jpg"))

    def list_media(self) -> Any:
        return self.ask("GET", f"media/?application={self.application}")

    def get_media(self) -> Any:
        return self.ask("GET", f"media/{self.media}/")

    def put_media(self) -> Any:
        return self.ask("PUT", f"media/{self.media}/", json={"name": "another"})

    def requests(self) -> dict[str, Callable[[], Any]]:
        """The five that the plan of the code names, with what each asks."""
        return {
            "POST media": self.post_media,
            "POST search by image": self.search,
            "GET a list": self.list_media,
            "GET one media": self.get_media,
            "PUT one media": self.put_media,
        }

    def _picture(self, name: str) -> dict[str, Any]:
        return {
            "application": self.application,
            "image": ((SAMPLES / name).open("rb"), name),
        }


def new_world(mongodb: str, root: Path, pictures: int) -> World:
    """A portal with these many of the demo's pictures; connects to `mongodb` only now."""
    app = current_host().new_app(mongodb, root)
    portal = Portal("", mongodb, app, None, {})  # type: ignore[arg-type]  its accounts only
    user = portal.user("costs@example.org")
    key = {"X-API-KEY": portal.client(user).key or ""}
    signatures = ["match", "similarity", "colors"]
    application = portal.application(user, "Costs", signatures=signatures)
    world = World(app, app.test_client(), key, application, "")
    for path in sorted(SAMPLES.glob("*.jpg"))[:pictures]:
        media = world.ask("POST", "media/", data=world._picture(path.name))
        world.media = media["id"]
    return world


def commands_of(world: World, commands: Commands) -> dict[str, list[str]]:
    """The commands of each request, once it was made for nothing."""
    found = {}
    for name, request in world.requests().items():
        request()
        with commands.counted() as sent:
            request()
        found[name] = list(sent)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=30, help="of the demo's, stored before")
    parser.add_argument("--show", help="the commands and hops of the request of this name")
    options = parser.parse_args()
    commands = Commands()
    monitoring.register(commands)
    with tempfile.TemporaryDirectory() as work, EmbeddedMongod(Path(work) / "db") as mongod:
        world = new_world(f"{mongod.uri.rstrip('/')}/costs", Path(work) / "files", options.pictures)
        sent = commands_of(world, commands)
        rows = []
        for name, request in world.requests().items():
            request()
            with Calls().counted() as calls:
                request()
            functions, files = len(calls.functions), len(calls.files)
            hops = len(calls.hops)
            rows.append([name, f"{calls.count} ({functions})", files, hops, len(sent[name])])
            if name == options.show:
                print("\n".join(sent[name]))
                print("\n".join(f"{one} -> {other}" for one, other in calls.hops))
        print(table(["request", "calls (distinct)", "files", "hops", "MongoDB commands"], rows))


if __name__ == "__main__":
    main()
