"""Clients of a portal that is brought to a new version, and what they find of it afterwards."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.images import jpeg

KEPT = ("name", "keywords", "metadata", "filename", "sha256", "size", "created_at", "format")


@dataclass
class Api:
    """One portal, for one who may all."""

    url: str
    key: str
    application: str

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"X-API-KEY": self.key, "Connection": "close"}  # the next one: another worker
        return requests.request(method, self.url + path, headers=headers, timeout=60, **more)

    def listed(self, **asked: str) -> Iterator[dict[str, Any]]:
        page = 1
        while True:
            params = {"application": self.application, "page_size": 100, "page": page, **asked}
            answer = self.ask("GET", "media/", params=params).json()
            yield from answer["data"]
            if not answer["next_page"]:
                return
            page += 1

    def add(self, seed: int) -> str:
        said = {
            "application": self.application,
            "name": f"picture {seed}",
            "keywords": f"k{seed % 7}",
        }
        said["metadata"] = json.dumps({"number": seed})
        files = {"image": (f"{seed}.jpg", jpeg(seed, 640, 480), "image/jpeg")}
        answer = self.ask("POST", "media/", data=said, files=files)
        answer.raise_for_status()
        return str(answer.json()["id"])


@dataclass
class Seen:
    """What clients saw meanwhile. `took`: seconds of the searches of each phase."""

    phase: str = "before"
    took: dict[str, list[float]] = field(default_factory=dict)
    other: list[str] = field(default_factory=list)
    added: dict[str, int] = field(default_factory=dict)


@contextmanager
def clients(api: Api, queries: Mapping[str, bytes]) -> Iterator[Seen]:
    """One who searches and one who adds, until the block ends."""
    seen, over = Seen(), threading.Event()

    def search() -> None:
        while not over.is_set():
            for media, image in queries.items():
                started = time.monotonic()
                try:
                    said = {"application": api.application, "signatures": "match"}
                    answer = api.ask("POST", "search/", data=said, files={"image": image})
                    hits = (
                        [one["media"]["id"] for one in answer.json()["data"]] if answer.ok else []
                    )
                    is_right, why = (
                        media in hits,
                        f"{answer.status_code}: {answer.text.strip()[:150]}",
                    )
                except requests.RequestException as exc:
                    is_right, why = False, type(exc).__name__
                seen.took.setdefault(seen.phase, []).append(time.monotonic() - started)
                if not is_right:
                    seen.other.append(f"{seen.phase}: {media}: {why}")

    def add() -> None:
        seed = 50_000
        while not over.wait(1.0):
            try:
                seen.added[api.add(seed)] = seed
            except requests.RequestException as exc:
                seen.other.append(f"upload: {exc}"[:150])
            seed += 1

    threads = [threading.Thread(target=one) for one in (search, add)]
    for one in threads:
        one.start()
    try:
        yield seen
    finally:
        over.set()
        for one in threads:
            one.join()


def missing(api: Api, before: Mapping[str, Any], gone: set[str], seen: Seen) -> list[str]:
    """What is not as it was, a line for each."""
    now = {one["id"]: one for one in api.listed()}
    lost = [f"gone: {media}" for media in {*before, *seen.added} - set(now)]
    for media, one in before.items():
        if media not in now:
            continue
        lost += [f"{media}: {k} was {one[k]!r}, is {now[media].get(k)!r}"
                 for k in KEPT if k in one and now[media].get(k) != one[k]]  # fmt: skip
        data = api.ask("GET", f"media/{media}/files/original/").content
        if hashlib.sha256(data).hexdigest() != now[media]["sha256"]:
            lost.append(f"{media}: another original")
    deleted = {one["id"] for one in api.listed(deleted="true")}
    lost += [f"no longer among the deleted: {media}" for media in gone - deleted]
    for media, seed in seen.added.items():
        answer = api.ask("POST", "search/", data={"application": api.application},
                         files={"image": jpeg(seed, 640, 480)}).json()  # fmt: skip
        if media not in [hit["media"]["id"] for hit in answer["data"]]:
            lost.append(f"not found: {media}, added meanwhile")
    return lost
