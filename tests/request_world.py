"""A portal with a few pictures, and what each of five requests asks of MongoDB."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pymongo import monitoring

import udata_mediadb

from .portal_here import PortalHere, new_application, portal_here

SAMPLES = Path(udata_mediadb.__file__).parent / "demo" / "samples"
SIGNATURES = ["match", "similarity", "colors"]


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
class World:
    """A portal in this process with a filled application.

    `queried`: a picture to search by. `media`: one of those that are stored.
    """

    portal: PortalHere
    application: str
    queried: bytes
    media: str

    def ask(self, method: str, path: str, **arguments: Any) -> Any:
        answer = self.portal.request(method, path, **arguments)
        assert answer.status_code < 300, answer.text
        return answer.json

    def post_media(self) -> Any:
        return self.ask("POST", "media/", data=self._body())

    def search(self) -> Any:
        return self.ask("POST", "search/", data=self._body())

    def list_media(self) -> Any:
        return self.ask("GET", f"media/?application={self.application}")

    def get_media(self) -> Any:
        return self.ask("GET", f"media/{self.media}/")

    def put_media(self) -> Any:
        return self.ask("PUT", f"media/{self.media}/", json={"name": "another"})

    def requests(self) -> dict[str, Callable[[], Any]]:
        """Five requests by their names, in the order in which they are made."""
        return {
            "POST media": self.post_media,
            "POST search": self.search,
            "GET list": self.list_media,
            "GET one": self.get_media,
            "PUT one": self.put_media,
        }

    def _body(self) -> dict[str, Any]:
        return {"application": self.application, "image": (BytesIO(self.queried), "a.jpg")}


@contextlib.contextmanager
def new_world(mongodb: str, root: Path, pictures: int) -> Iterator[World]:
    """A portal with these many of the demo's pictures; connects to `mongodb` only now."""
    with portal_here(mongodb, root) as portal:
        application = new_application(portal.app, portal.user, signatures=SIGNATURES)
        world = World(portal, application, (SAMPLES / "query.jpg").read_bytes(), "")
        for path in sorted(SAMPLES.glob("*.jpg"))[:pictures]:
            body = {"application": application, "image": (BytesIO(path.read_bytes()), path.name)}
            world.media = world.ask("POST", "media/", data=body)["id"]
        yield world
