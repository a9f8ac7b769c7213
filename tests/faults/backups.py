"""A portal with some media, its backup, and an empty one to restore it in."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from flask import Flask
from pymongo import MongoClient

from ..connections import disconnect
from ..hosts import current_host
from ..images import jpeg
from ..portal_here import PortalHere


@dataclass
class Facts:
    """What a client knows of a portal."""

    media: dict[str, dict[str, object]] = field(default_factory=dict)
    deleted: str = ""
    collection: str = ""

    def note(self, here: PortalHere, identifier: str) -> None:
        self.media[identifier] = here.get(f"media/{identifier}/").json


def fill(here: PortalHere) -> Facts:
    facts = Facts()
    made = [
        here.add(jpeg(n, 320, 240), name=f"picture {n}", keywords="a,b")["id"] for n in range(5)
    ]
    body = {"application": here.application, "name": "Bridges"}
    facts.collection = here.post("collections/", json=body).json["id"]
    here.post(f"collections/{facts.collection}/media/", json={"media": made[:2]})
    facts.deleted = made.pop()
    assert here.delete(f"media/{facts.deleted}/").status_code == 204
    for identifier in made:
        facts.note(here, identifier)
    return facts


@contextmanager
def restored(
    mongodb: str, root: Path, here: PortalHere, **settings: object
) -> Iterator[PortalHere]:
    """An empty portal with the same secret, for the same user."""
    name = f"mediadb_test_{secrets.token_hex(6)}"
    disconnect()
    app: Flask = current_host().new_app(f"{mongodb.rstrip('/')}/{name}", root, **settings)
    try:
        yield PortalHere(app, here.user, here.key, here.application)
    finally:
        disconnect()
        with MongoClient(mongodb) as client:
            client.drop_database(name)


def check(there: PortalHere, facts: Facts) -> None:
    """All facts are the same, the files too, and a picture is found by itself."""
    for identifier, known in facts.media.items():
        told = there.get(f"media/{identifier}/").json
        assert {**told, "updated_at": None} == {**known, "updated_at": None}
        original = there.get(f"media/{identifier}/files/original/").data
        assert sha256(original).hexdigest() == known["sha256"]
        found = there.post("search/", data={"image": (BytesIO(original), "a.jpg")}).json["data"]
        assert identifier in [hit["media"]["id"] for hit in found]
    assert there.get("media/").json["total"] == len(facts.media)
    if facts.collection:
        assert there.get(f"collections/{facts.collection}/media/").json["total"] == 2
        assert there.post(f"media/{facts.deleted}/restore/").status_code == 200
    exit_code, said = there.command("check", "--deep")
    assert exit_code == 0, said


def run(there: PortalHere, *arguments: str) -> str:
    exit_code, said = there.command(*arguments)
    assert exit_code == 0, said
    return said


def objects_in(place: Path) -> set[str]:
    return {path.name for path in (place / "objects").rglob("*") if path.is_file()}
