"""The portal in a real server process, and accounts in it, for the API tests."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

import requests
from click.testing import CliRunner
from flask import Flask
from mongoengine.connection import _connection_settings

from udata_mediadb.application.actions import create_application
from udata_mediadb.application.models import Application
from udata_mediadb.crypto.keyring import Keyring
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.indexing.versions import versions_of

from .connections import disconnect
from .hosts import SECRET, Account, current_host
from .waiting import PATIENCE_S, eventually

__all__ = ["SECRET", "Client", "Portal", "running_portal"]
REPOSITORY = Path(__file__).parents[1]
APP = "tests.portal:create_app()"


def create_app(environment: Mapping[str, str] = os.environ) -> Flask:
    """What gunicorn serves; settings come through the environment."""
    app: Flask = current_host().new_app(
        environment["TEST_MONGODB"],
        Path(environment["TEST_FS_ROOT"]),
        MEDIADB_FETCH_ALLOW=tuple(environment.get("TEST_FETCH_ALLOW", "").split()),
        MEDIADB_BASIC_AUTH=bool(environment.get("TEST_BASIC_AUTH")),
        MEDIADB_UPLOAD_MAX_BYTES=int(environment.get("TEST_UPLOAD_MAX_BYTES", str(8 << 20))),
        **json.loads(environment.get("TEST_SETTINGS", "{}")),
    )
    return app


@dataclass
class Portal:
    """A running portal on the database `mongodb`."""

    url: str
    mongodb: str
    here: Flask
    process: subprocess.Popen[bytes]
    environment: dict[str, str]

    @property
    def app(self) -> Flask:
        """The same portal in this process, for looking at the documents; connects to its database.

        MongoEngine has one default connection, and another test may have taken it.
        """
        if _connection_settings.get("default", {}).get("name") != database_of(self.mongodb):
            disconnect()
            current_host().reconnect(self.here)
        return self.here

    @property
    def api(self) -> str:
        return f"{self.url}/api/1/mediadb/"

    def user(self, email: str, *, admin: bool = False) -> Account:
        with self.app.app_context():
            name = email.split("@", maxsplit=1)[0]
            user: Account = current_host().create_user(name, email, admin=admin)
            return user

    def client(self, user: Account) -> "Client":
        with self.app.app_context():
            return Client(self.api, current_host().create_key(user))

    def application(self, user: Account, name: str = "Pictures", **properties: Any) -> str:
        """A new application; its id."""
        with self.app.app_context():
            mediadb = self.app.extensions["mediadb"]
            created = create_application(
                {"name": name, **properties},
                mediadb.host.principal(user.id),
                versions=versions_of(mediadb.catalogs.registry),
                keyring=Keyring(SECRET),
            )
            return created.id

    def set_signatures(self, application: str, names: list[str]) -> None:
        """Change the document, behind the back of the workers."""
        with self.app.app_context():
            Application.objects(id=application).update(signatures=names)

    def stored_signatures(self, media: str) -> list[str]:
        """Names of the signatures whose descriptions are stored."""
        with self.app.app_context():
            keys = StoredSignature.objects(media=media).scalar("signature")
            return [key.partition("@")[0] for key in keys]

    def flask(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run `flask mediadb …` against this portal, in this process."""
        command = ["mediadb", *arguments]
        done = self.app.test_cli_runner(**_APART).invoke(args=command, input=stdin)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return subprocess.CompletedProcess(command, done.exit_code, done.stdout, done.stderr)


@dataclass
class Client:
    """requests with an X-API-KEY and without cookies."""

    api: str
    key: str | None = None

    def request(self, method: str, path: str, **arguments: Any) -> requests.Response:
        headers = {"X-API-KEY": self.key} if self.key else {}
        headers |= arguments.pop("headers", {})
        return requests.request(method, self.api + path, headers=headers, timeout=300, **arguments)

    def get(self, path: str, **arguments: Any) -> requests.Response:
        return self.request("GET", path, **arguments)

    def post(self, path: str, **arguments: Any) -> requests.Response:
        return self.request("POST", path, **arguments)

    def put(self, path: str, **arguments: Any) -> requests.Response:
        return self.request("PUT", path, **arguments)

    def patch(self, path: str, **arguments: Any) -> requests.Response:
        return self.request("PATCH", path, **arguments)

    def delete(self, path: str, **arguments: Any) -> requests.Response:
        return self.request("DELETE", path, **arguments)

    def add(self, application: str, image: bytes, **properties: Any) -> dict[str, Any]:
        """Store an image, which must succeed."""
        answer = self.post(
            "media/", data={"application": application, **properties}, files={"image": image}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()


@contextmanager
def running_portal(
    mongodb: str,
    root: Path,
    *,
    workers: int = 2,
    threads: int = 4,
    app: str = APP,
    options: Sequence[str] = (),
    **environment: str,
) -> Iterator[Portal]:
    """A portal on a free port with `workers` gunicorn processes, ended afterwards.

    `options`: more of gunicorn's. What the default app imports is imported once, before workers
    are forked (tests/portal_server.py); another `app` is served by gunicorn as it comes.
    """
    env = {
        **os.environ,
        "TEST_MONGODB": mongodb,
        "TEST_FS_ROOT": str(root),
        **environment,
    }
    server = "tests.portal_server" if app == APP else "gunicorn"
    command = [
        *(sys.executable, "-m", server, app, *options, "--workers", str(workers)),
        *("--worker-class", "gthread", "--threads", str(threads), "--log-level", "warning"),
        *("--timeout", str(int(PATIENCE_S))),
    ]
    # a socket that is open already: another test cannot take its port meanwhile
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        port, inherited = listener.getsockname()[1], listener.fileno()
        command += ["--bind", f"fd://{inherited}"]
        process = subprocess.Popen(command, env=env, cwd=REPOSITORY, pass_fds=[inherited])
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, process)
        yield Portal(url, mongodb, create_app(env), process, env)
    finally:
        end(process)
        disconnect()


# click before 8.2 gives standard error apart only where it is asked to, later ones always
_APART = {"mix_stderr": False} if "mix_stderr" in signature(CliRunner).parameters else {}


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM: gunicorn ends its workers by itself, after 30 s also those that hang."""
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def database_of(uri: str) -> str:
    return uri.partition("?")[0].rpartition("/")[2]


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        assert process.poll() is None, "the server ended"
        try:
            requests.get(f"{url}/api/1/mediadb/media/", timeout=PATIENCE_S)
        except requests.RequestException:
            return False
        return True

    eventually(answers)
