"""The portal in the test's own process: for what needs no server, and where a test damages it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import flask_storage
from flask import Flask
from werkzeug.test import TestResponse

from udata_mediadb.application.actions import create_application
from udata_mediadb.crypto.keyring import Keyring
from udata_mediadb.indexing.versions import versions_of
from udata_mediadb.media.ingest import Ingest

from .connections import disconnect
from .hosts import SECRET, Account, current_host


@dataclass
class PortalHere:
    """An app, and a user of it with an application."""

    app: Flask
    user: Account
    key: str
    application: str

    @property
    def ingest(self) -> Ingest:
        found: Ingest = self.app.extensions["mediadb"].ingest
        return found

    @property
    def storage(self) -> flask_storage.Storage:
        return self.ingest.storage

    def request(self, method: str, path: str, **arguments: Any) -> TestResponse:
        headers = {"X-API-KEY": self.key, **arguments.pop("headers", {})}
        url = path if path.startswith("http") else f"/api/1/mediadb/{path}"
        client = self.app.test_client()
        return client.open(url, method=method, headers=headers, **arguments)

    def get(self, path: str, **arguments: Any) -> TestResponse:
        return self.request("GET", path, **arguments)

    def post(self, path: str, **arguments: Any) -> TestResponse:
        return self.request("POST", path, **arguments)

    def put(self, path: str, **arguments: Any) -> TestResponse:
        return self.request("PUT", path, **arguments)

    def delete(self, path: str, **arguments: Any) -> TestResponse:
        return self.request("DELETE", path, **arguments)

    def upload(self, image: bytes, **properties: Any) -> TestResponse:
        data = {"application": self.application, "image": (BytesIO(image), "a.jpg"), **properties}
        return self.post("media/", data=data)

    def add(self, image: bytes, **properties: Any) -> dict[str, Any]:
        """Store an image, which must succeed."""
        answer = self.upload(image, **properties)
        assert answer.status_code == 201, answer.text
        return answer.json

    def command(self, *arguments: str, stdin: str | None = None) -> tuple[int, str]:
        """Run `flask mediadb …`; its exit code, and all that it said."""
        runner = self.app.test_cli_runner()
        result = runner.invoke(args=["mediadb", *arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output


@contextmanager
def portal_here(mongodb: str, root: Path, **settings: Any) -> Iterator[PortalHere]:
    """A portal on this database, with its files below `root`."""
    disconnect()
    app = current_host().new_app(mongodb, root, **settings)
    try:
        with app.app_context():
            user = current_host().create_user("ada", "ada@example.org")
            key = current_host().create_key(user)
        yield PortalHere(app, user, key, new_application(app, user))
    finally:
        disconnect()


def new_application(app: Flask, user: Account, **properties: Any) -> str:
    with app.app_context():
        mediadb = app.extensions["mediadb"]
        created = create_application(
            {"name": "Pictures", **properties},
            mediadb.host.principal(user.id),
            versions=versions_of(mediadb.catalogs.registry),
            keyring=Keyring(SECRET),
        )
        identifier: str = created.id
        return identifier
