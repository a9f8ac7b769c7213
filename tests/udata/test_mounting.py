"""The plugin as udata finds it: what is installed is mounted, and udata boots in any case."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from flask import Flask
from mongoengine.base.common import _document_registry

import udata_mediadb
from udata_mediadb.demo.mongod import EmbeddedMongod, find_mongod

from ..hosts import udata as udata_host
from ..images import jpeg
from ..portal import REPOSITORY
from ..ports import free_port
from ..waiting import eventually
from .conftest import NewApp

MEDIA, REUSES = "/api/1/mediadb/media/", "/api/1/reuses/"
STATUS = "/api/1/mediadb/status/"


def test_installed_beside_udata_is_mounted(app: Flask) -> None:
    client = app.test_client(use_cookies=False)

    assert app.extensions["mediadb"].host.name == "udata"
    assert client.get(MEDIA).json["data"] == []
    assert client.get(REUSES).json["data"] == []


def test_the_entry_point_is_the_cheap_top_level() -> None:
    (found,) = (entry for entry in entry_points(group="udata.plugins") if entry.name == "mediadb")
    heavy = ("cv2", "numpy", "PIL", "mongoengine", "flask_restx", "udata")
    code = f"import sys, udata_mediadb; sys.exit(any(m in sys.modules for m in {heavy!r}))"

    assert found.value == "udata_mediadb"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_switched_off_nothing_is_mounted(make_app: NewApp) -> None:
    app = make_app(MEDIADB_ENABLED=False)

    answer = app.test_client().get(MEDIA)

    assert (answer.status_code, set(answer.json)) == (404, {"error", "status"})
    assert "mediadb" not in app.extensions
    assert "mediadb" not in app.cli.commands


def test_a_portal_that_calls_init_app_itself_mounts_once(app: Flask) -> None:
    before = app.extensions["mediadb"]

    udata_mediadb.init_app(app)

    assert app.extensions["mediadb"] is before


def test_two_apps_in_one_process_serve_the_same_routes(make_app: NewApp) -> None:
    apps = [make_app(), make_app()]

    for app in apps:
        client = app.test_client(use_cookies=False)
        assert client.get(MEDIA).status_code == 200
        assert client.get(REUSES).status_code == 200
        assert client.get("/ltu/media").status_code == 401
        rules = [rule.endpoint for rule in app.url_map.iter_rules()]
        assert rules.count("api.mediadb_media_list") == 1
        assert "mediadb" in app.cli.commands


def test_two_apps_in_one_process_keep_their_files_apart(make_app: NewApp, tmp_path: Path) -> None:
    roots = [tmp_path / "one", tmp_path / "two"]
    first, _second = (make_app(FS_ROOT=str(root)) for root in roots)
    with first.app_context():
        user = udata_host.create_user("Ada", "ada@example.org")
        key = udata_host.create_key(user)
    client = first.test_client(use_cookies=False)
    made = client.post(
        "/api/1/mediadb/applications/", json={"name": "A"}, headers={"X-API-KEY": key}
    )
    assert made.status_code == 201, made.text

    added = client.post(MEDIA, data=jpeg(1), content_type="image/jpeg", headers={"X-API-KEY": key})

    assert added.status_code == 201, added.text
    assert list(roots[0].rglob("original"))
    assert not list(roots[1].rglob("original"))


def test_an_error_while_mounting_is_logged_and_told(
    make_app: NewApp, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(MEDIADB_INDEX_ROOT=5)  # no path

    client = app.test_client(use_cookies=False)
    for path in (STATUS, MEDIA, "/ltu/media"):
        answer = client.get(path)
        assert (answer.status_code, answer.json["status"]) == (503, 503)
        assert answer.json["reason"] == "TypeError"
    assert client.get(REUSES).status_code == 200
    assert "mediadb" not in app.extensions
    assert "could not be mounted" in caplog.text


def test_with_a_secret_that_is_none_udata_starts_and_the_log_says_what_to_do(
    make_app: NewApp, caplog: pytest.LogCaptureFixture
) -> None:
    """Without any secret udata does not start by itself."""
    client = make_app(MEDIADB_SECRET=7).test_client(use_cookies=False)

    answer = client.get(STATUS)

    assert (answer.status_code, answer.json["reason"]) == (503, "Misconfigured")
    assert client.get(REUSES).status_code == 200
    assert "MEDIADB_SECRET: a secret is text" in caplog.text


def test_a_library_that_cannot_be_loaded_keeps_no_udata_from_booting(tmp_path: Path) -> None:
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: not there')")
    code = (
        "from pathlib import Path; from tests.hosts.udata import new_app;"
        f"app = new_app('mongodb://127.0.0.1:9/none', Path({str(tmp_path)!r}));"
        f"answer = app.test_client().get({STATUS!r});"
        "print(answer.status_code, answer.json['reason'], 'libGL' in answer.text)"
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{REPOSITORY}"}

    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )

    assert done.stdout.strip() == "503 ImportError False", done.stderr


def test_udata_may_boot_before_its_database(tmp_path: Path) -> None:
    port = free_port()
    uri = f"mongodb://127.0.0.1:{port}/portal?serverSelectionTimeoutMS=300"
    app = udata_host.new_app(uri, tmp_path / "fs", MONGODB_HOST=uri)
    client = app.test_client(use_cookies=False)

    for headers in ({}, {"X-API-KEY": "any"}):
        answer = client.get(MEDIA, headers=headers)
        assert (answer.status_code, answer.json["error"]) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    mongod = EmbeddedMongod(tmp_path / "mongod")
    mongod.directory.mkdir(mode=0o700)
    try:
        eventually(lambda: mongod._try_to_start(find_mongod(), port))
        eventually(lambda: client.get(MEDIA).status_code == 200)
    finally:
        mongod.stop()


def test_no_document_of_ours_takes_the_name_of_one_of_udatas() -> None:
    """MongoEngine finds documents by the names of their classes, in one list for all."""
    ours = {n for n, c in _document_registry.items() if c.__module__.startswith("udata_mediadb.")}

    assert len(ours) > 10
    assert not {"User", "Organization", "Member", "Reuse", "Dataset"} & ours
    for name in ("User", "Organization", "Member"):
        assert _document_registry[name].__module__.startswith("udata.")


def test_the_portals_swagger_lists_our_routes_with_their_security(app: Flask) -> None:
    spec = app.test_client().get("/api/1/swagger.json").json

    assert {"/mediadb/media/", "/mediadb/search/", "/reuses/"} <= set(spec["paths"])
    schemes = {name for one in spec["paths"]["/mediadb/media/"]["post"]["security"] for name in one}
    assert "apikey" in schemes
    assert schemes <= set(spec["securityDefinitions"])


def test_commands_of_accounts_are_left_to_udata(app: Flask) -> None:
    group = app.cli.commands["mediadb"]

    assert {"check", "reindex", "application"} <= set(group.commands)  # type: ignore[attr-defined]
    assert not {"user", "organization", "key"} & set(group.commands)  # type: ignore[attr-defined]


def test_an_application_is_made_for_a_user_of_udata_by_command(app: Flask) -> None:
    with app.app_context():
        ada = udata_host.create_user("Ada", "ada@example.org")
        udata_host.create_organization("Archive", ada)
    run = app.test_cli_runner().invoke

    made = run(args=["mediadb", "application", "create", "A", "--owner", "Ada@example.org"])
    shared = run(
        args=["mediadb", "application", "create", "B", "--owner", ada.id, "--organization=archive"]
    )
    unknown = run(args=["mediadb", "application", "create", "C", "--owner", "nobody"])

    assert (made.exit_code, shared.exit_code) == (0, 0), made.output + shared.output
    assert (unknown.exit_code, unknown.output.strip()) == (1, "Error: There is no user 'nobody'.")
