"""Searches that go on and on, while something else happens."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from udata_mediadb.errors import MediaDBError
from udata_mediadb.indexing.catalogs import Catalogs
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.indexing.shards.client import ClusterClient
from udata_mediadb.recognition.registry import new_registry

from .machines import DOORS

MOST = 20_000  # searches of one test


@dataclass
class Searches:
    """What became of them: `wrong` lists differ from those of one index of this process."""

    took: list[float] = field(default_factory=list)
    wrong: int = 0
    errors: list[str] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)

    def note(self, started: float) -> None:
        now = time.monotonic()
        self.took.append(now - started)
        self.ended.append(now)


@dataclass
class Compared:
    """Questions with the lists that one index gives, and a client of the cluster."""

    application: str
    signature: str
    catalogs: Catalogs
    asked: list[tuple[Any, list[tuple[str, float]]]]

    def once(self, number: int, into: Searches) -> None:
        description, wanted = self.asked[number % len(self.asked)]
        started = time.monotonic()
        try:
            found = self.catalogs.get(self.application, self.signature).shortlist(description, 100)
        except MediaDBError as exc:
            into.errors.append(f"{type(exc).__name__}: {exc}")
            return
        into.wrong += found != wanted
        into.note(started)


MOST_QUERIES = 60


def compared(application: str, signature: str = "match") -> Compared:
    """Stored pictures as queries; call it again after a change of what is stored."""
    registry = new_registry()
    catalogs = Catalogs(registry, cluster=ClusterClient(DOORS))
    own = catalogs.own(application, signature)
    stored = StoredSignature.objects(application=application, signature=registry[signature].key)
    records = stored.order_by("id").limit(MOST_QUERIES)
    descriptions = [registry[signature].signature.loads(bytes(one.data)) for one in records]
    return Compared(
        application, signature, catalogs, [(one, own.shortlist(one, 100)) for one in descriptions]
    )


@contextmanager
def going_on(asking: Compared, threads: int = 1) -> Iterator[Searches]:
    """Searches one after the other until the block ends."""
    into, over = Searches(), threading.Event()

    def ask() -> None:
        for number in range(MOST):
            if over.is_set():
                return
            asking.once(number, into)

    running: Sequence[threading.Thread] = [threading.Thread(target=ask) for _ in range(threads)]
    for one in running:
        one.start()
    try:
        yield into
    finally:
        over.set()
        for one in running:
            one.join()
