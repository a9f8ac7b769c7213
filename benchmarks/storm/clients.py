"""Clients that share media: they add, change, delete, restore and purge what others do, too."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import requests

from tests.images import jpeg

from .history import History

TIMEOUT_S = 40.0
SIDE = (240, 180)  # some 40 ms to describe, and found among thousands
COLLECTIONS = 3


class Storm:
    """What all clients know."""

    def __init__(self, api: str, key: str, application: str) -> None:
        self.api, self.key, self.application = api, key, application
        self.history = History()
        self.statuses: Counter[int] = Counter()  # 0: no answer
        self.media: dict[str, int] = {}  # the seed by id, of acknowledged ones
        self.unanswered: set[int] = set()  # seeds of pictures that may or may not be stored
        self.collections: list[str] = []
        self.private_keys = 0
        self._seed = 0
        self._lock = threading.Lock()

    def ask(self, method: str, path: str, **arguments: Any) -> requests.Response | None:
        """None where no answer came, or one that says nothing of what was done."""
        try:
            answer = requests.request(
                method,
                self.api + path,
                headers={"X-API-KEY": self.key},
                timeout=TIMEOUT_S,
                **arguments,
            )
        except requests.RequestException:
            self.statuses[0] += 1
            return None
        self.statuses[answer.status_code] += 1
        return answer

    def next_seed(self) -> int:
        with self._lock:
            self._seed += 1
            return self._seed

    def some_media(self, chance: random.Random) -> str | None:
        """One of the latest, so that clients meet."""
        latest = list(self.media)[-12:]
        return chance.choice(latest) if latest else None


def write(storm: Storm, values: dict[tuple[str, str], Any], *asked: Any, **arguments: Any) -> Any:
    """Ask, and note what became of each value; the answer where it was done."""
    begun = [(key, storm.history.begin(key, value)) for key, value in values.items()]
    answer = storm.ask(*asked, **arguments)
    done = None if answer is None or answer.status_code >= 500 else answer.ok
    for key, one in begun:
        storm.history.end(key, one, done)
    return answer if done else None


def add(storm: Storm, chance: random.Random) -> None:
    seed = storm.next_seed()
    storm.unanswered.add(seed)
    fields = {
        "application": storm.application,
        "name": f"name{seed:06}",
        "keywords": f"keyword{seed:06}",
        "metadata": f'{{"place": "place{seed:06}"}}',
    }
    answer = storm.ask("POST", "media/", data=fields, files={"image": jpeg(seed, *SIDE)})
    if answer is not None and answer.status_code == 201:
        identifier = answer.json()["id"]
        history = storm.history
        for field in ("name", "keywords", "metadata"):
            value = _value(field, seed)
            history.end((identifier, field), history.begin((identifier, field), value), True)
        history.end((identifier, "state"), history.begin((identifier, "state"), "active"), True)
        storm.media[identifier] = seed
        storm.unanswered.discard(seed)
    elif answer is not None and answer.status_code < 500:
        storm.unanswered.discard(seed)


def change(storm: Storm, chance: random.Random) -> None:
    if media := storm.some_media(chance):
        fields = chance.sample(("name", "keywords", "metadata"), chance.choice((1, 1, 2)))
        number = storm.next_seed()
        body = {field: _value(field, number) for field in fields}
        values = {(media, field): value for field, value in body.items()}
        write(storm, values, "PUT", f"media/{media}/", json=body)


def delete(storm: Storm, chance: random.Random) -> None:
    if media := storm.some_media(chance):
        write(storm, {(media, "state"): "deleted"}, "DELETE", f"media/{media}/")


def restore(storm: Storm, chance: random.Random) -> None:
    if media := storm.some_media(chance):
        write(storm, {(media, "state"): "active"}, "POST", f"media/{media}/restore/")


def purge(storm: Storm, chance: random.Random) -> None:
    if media := storm.some_media(chance):
        write(storm, {(media, "state"): "purged"}, "DELETE", f"media/{media}/?force=true")


def delete_many(storm: Storm, chance: random.Random) -> None:
    ids = sorted({media for _ in range(3) if (media := storm.some_media(chance))})
    if not ids:
        return
    history = storm.history
    begun = {one: history.begin((one, "state"), "deleted") for one in ids}
    answer = storm.ask("DELETE", "media/", json={"ids": ids})
    said = _said(answer)
    for one, begin in begun.items():
        done = None if one not in said else said[one] == 200
        history.end((one, "state"), begin, done)


def gather(storm: Storm, chance: random.Random) -> None:
    _membership(storm, chance, "POST", True)


def scatter(storm: Storm, chance: random.Random) -> None:
    _membership(storm, chance, "DELETE", False)


def _membership(storm: Storm, chance: random.Random, method: str, value: bool) -> None:
    media, collection = storm.some_media(chance), chance.choice(storm.collections)
    if not media:
        return
    key = (media, f"in {collection}")
    begin = storm.history.begin(key, value)
    answer = storm.ask(method, f"collections/{collection}/media/", json={"media": [media]})
    status = _said(answer).get(media)
    storm.history.end(key, begin, None if status is None else status == 200)


def _said(answer: requests.Response | None) -> dict[str, int]:
    """The status of each id; nothing where nothing is known."""
    if answer is None or answer.status_code >= 500:
        return {}
    return {one["id"]: one["status"] for one in answer.json()["results"]}


def rename_collection(storm: Storm, chance: random.Random) -> None:
    collection, name = chance.choice(storm.collections), f"collection {storm.next_seed()}"
    values = {(collection, "name"): name}
    write(storm, values, "PUT", f"collections/{collection}/", json={"name": name})


def rotate_key(storm: Storm, chance: random.Random) -> None:
    """A new private key; only an answer tells which, so it is noted afterwards."""
    begin = storm.history.begin(("application", "key"), None)
    body = {"kind": "private", "grace_s": 3600}
    answer = storm.ask("POST", f"applications/{storm.application}/keys/", json=body)
    if answer is not None and answer.status_code == 201:
        begin.value = answer.json()["key"]
        storm.private_keys += 1
    done = None if answer is None or answer.status_code >= 500 else answer.ok
    storm.history.end(("application", "key"), begin, done)


def look(storm: Storm, chance: random.Random) -> None:
    """Views and searches: the first of a picture makes a file."""
    media = storm.some_media(chance)
    if media:
        storm.ask("GET", f"media/{media}/files/media/")
        data = {"application": storm.application}
        storm.ask("POST", "search/", data=data, files={"image": jpeg(storm.media[media], *SIDE)})


OPERATIONS: dict[Callable[[Storm, random.Random], None], int] = {
    add: 30, change: 30, delete: 7, restore: 7, purge: 3, delete_many: 3, gather: 7, scatter: 4,
    rename_collection: 2, rotate_key: 1, look: 8,
}  # fmt: skip


class Clients:
    """Threads that do operations by chance until they are told to end."""

    def __init__(self, storm: Storm, count: int, seed: int) -> None:
        self._storm = storm
        self._end = threading.Event()
        self._faults: list[BaseException] = []
        self._threads = [threading.Thread(target=self._run, args=(seed + n,)) for n in range(count)]

    def __enter__(self) -> "Clients":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._end.set()
        with ExitStack() as stack:
            for thread in self._threads:
                stack.callback(thread.join)
        if self._faults:
            raise self._faults[0]

    def _run(self, seed: int) -> None:
        chance = random.Random(seed)
        operations, weights = list(OPERATIONS), list(OPERATIONS.values())
        try:
            while not self._end.is_set():
                (operation,) = chance.choices(operations, weights)
                operation(self._storm, chance)
        except BaseException as exc:  # a fault of the storm itself
            self._faults.append(exc)


def _value(field: str, number: int) -> Any:
    if field == "keywords":
        return [f"keyword{number:06}"]
    return {"place": f"place{number:06}"} if field == "metadata" else f"name{number:06}"
