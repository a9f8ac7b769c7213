"""`init_app` in all the ways that a portal may call it."""

from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask_restx import Api

import udata_mediadb
from udata_mediadb.errors import Misconfigured
from udata_mediadb.hosts.plain import PlainHost
from udata_mediadb.media.current import current_ingest

from .connections import disconnect
from .hosts import QUIET
from .images import jpeg


@pytest.fixture
def config(mongodb_uri: str, database_name: str, tmp_path: Path) -> Any:
    disconnect()
    yield {
        "SECRET_KEY": "secret",
        "MEDIADB_MONGODB_URI": f"{mongodb_uri.rstrip('/')}/{database_name}",
        "FS_ROOT": str(tmp_path),
        "TESTING": True,
    }
    disconnect()


def portal(
    config: dict[str, Any], host: PlainHost | None = None, app: Flask | None = None
) -> Flask:
    app = app or Flask("portal")
    app.config.update({**QUIET, **config})
    udata_mediadb.init_app(app, host)
    return app


def command(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(args=["mediadb", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def test_two_apps_in_one_process_serve_the_same_routes(config: dict[str, Any]) -> None:
    first, second = portal(config), portal(config)

    for app in (first, second):
        answer = app.test_client().get("/api/1/mediadb/media/")
        assert (answer.status_code, answer.json["total"]) == (200, 0)


def test_two_apps_in_one_process_keep_their_files_apart(
    config: dict[str, Any], tmp_path: Path
) -> None:
    first = portal({**config, "FS_ROOT": str(tmp_path / "one")})
    portal({**config, "FS_ROOT": str(tmp_path / "two")})
    command(first, "user", "create", "Ada", "--email", "ada@example.org")
    key = command(first, "key", "create", "ada@example.org")
    command(first, "application", "create", "Maps", "--owner", "ada@example.org")

    answer = first.test_client().post(
        "/api/1/mediadb/media/",
        headers={"X-API-KEY": key},
        data=jpeg(1),
        content_type="image/jpeg",
    )

    assert answer.status_code == 201
    assert list((tmp_path / "one").rglob("original"))
    assert not (tmp_path / "two").exists()


def test_the_portals_own_api_can_hold_the_routes(config: dict[str, Any]) -> None:
    app = Flask("portal")
    blueprint = Blueprint("own", "own", url_prefix="/own/api")
    api = Api(blueprint)
    app.register_blueprint(blueprint)
    portal(config, PlainHost(api), app)

    assert app.test_client().get("/own/api/mediadb/media/").status_code == 200
    assert app.test_client().get("/own/api/mediadb/nope/").json["status"] == 404


def test_the_portals_own_errors_stay_its_own(config: dict[str, Any]) -> None:
    app = portal(config)
    app.register_error_handler(404, lambda _: ("the portal's page", 404))

    assert app.test_client().get("/elsewhere").text == "the portal's page"
    assert app.test_client().get("/api/1/mediadb/nope/").json["status"] == 404


def test_swagger_lists_the_routes_with_their_security(config: dict[str, Any]) -> None:
    spec = portal(config).test_client().get("/api/1/swagger.json").json

    assert set(spec["paths"]) >= {"/mediadb/media/", "/mediadb/search/", "/mediadb/media/{media}/"}
    assert {"apikey": []} in spec["paths"]["/mediadb/media/"]["post"]["security"]
    assert spec["securityDefinitions"]["apikey"]["name"] == "X-API-KEY"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "set SECRET_KEY or MEDIADB_SECRET"),
        ({"SECRET_KEY": ""}, "set SECRET_KEY or MEDIADB_SECRET"),
        ({"SECRET_KEY": "  "}, "set SECRET_KEY or MEDIADB_SECRET"),
        ({"SECRET_KEY": 7}, "SECRET_KEY: a secret is text"),
        ({"SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": "old"}, "SECRET_KEY_FALLBACKS is a list"),
        ({"SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": [""]}, "empty secret"),
        ({"SECRET_KEY": "x", "MEDIADB_SECRET_FALLBACKS": ["old"]}, "set both or none"),
    ],
)
def test_no_portal_starts_without_a_secret(
    config: dict[str, Any], settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(Misconfigured, match=message):
        portal({**config, "SECRET_KEY": None, **settings})


class TestCommands:
    """`flask mediadb …` says what happened, and errors in one line."""

    def test_accounts(self, config: dict[str, Any]) -> None:
        app = portal(config)
        command(app, "user", "create", "Ada", "--email", " Ada@Example.org ")
        command(app, "user", "create", "Bob", "--email", "bob@example.org", "--admin")
        command(app, "organization", "create", "Archive", "--admin", "ada@example.org")
        command(app, "organization", "member", "Archive", "bob@example.org", "--role", "editor")
        key = command(app, "key", "create", "ada@example.org", "--name", "import")
        identifier = command(
            app,
            *("application", "create", "Maps", "--owner", "ada@example.org"),
            *("--organization", "Archive", "--public"),
        )

        assert "bob@example.org  Bob  (admin)" in command(app, "user", "list")
        assert "2 members  Archive" in command(app, "organization", "list")
        assert identifier in command(app, "application", "list")
        listed = command(app, "key", "list", "ada@example.org")
        assert key[:10] in listed
        assert key not in listed
        assert "revoked" in command(app, "key", "revoke", key[:10])
        assert "revoked" in command(app, "key", "list")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("user", "create", "Eve", "--email", "ada@example.org"), "already"),
            (("user", "create", "Eve", "--email", "nonsense"), "not an email address"),
            (("key", "create", "nobody@example.org"), "There is no user"),
            (("key", "revoke", "nothing"), "There is no key"),
            (("organization", "create", "X", "--admin", "nobody@example.org"), "There is no user"),
        ],
    )
    def test_errors_in_one_line(
        self, config: dict[str, Any], arguments: tuple[str, ...], message: str
    ) -> None:
        app = portal(config)
        command(app, "user", "create", "Ada", "--email", "ada@example.org")

        result = app.test_cli_runner().invoke(args=["mediadb", *arguments])

        assert result.exit_code == 1
        assert message in result.output
        assert "Traceback" not in result.output

    def test_an_absent_database_is_named(self, config: dict[str, Any]) -> None:
        nowhere = "mongodb://127.0.0.1:9/none?serverSelectionTimeoutMS=200"
        app = portal({**config, "MEDIADB_MONGODB_URI": nowhere})

        result = app.test_cli_runner().invoke(args=["mediadb", "check"])

        assert result.exit_code == 1
        assert "MongoDB does not answer" in result.output
        answer = app.test_client().get("/api/1/mediadb/media/")
        assert (answer.status_code, answer.json["status"]) == (503, 503)
        assert answer.headers["Retry-After"]


def test_a_plain_portal_has_nothing_to_import_and_says_so(config: dict[str, Any]) -> None:
    app = portal(config)

    result = app.test_cli_runner().invoke(args=["mediadb", "import"])

    assert result.exit_code == 1
    assert "the command is for udata" in result.output


def test_settings_that_are_set_after_init_app_count(config: dict[str, Any]) -> None:
    app = portal(config)
    app.config["MEDIADB_THUMBNAIL_SIDE_PX"] = 99

    with app.app_context():
        assert current_ingest().thumbnail_side_px == 99


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MEDIADB_APIKEY_REVEAL", "never"),
        ("MEDIADB_LIMIT_STORAGE", "redis"),
        ("MEDIADB_LOG_FORMAT", "JSON"),
        ("MEDIADB_UNKNOWN_ARGUMENTS", "ignore"),
        ("MEDIADB_PAGES_LANGUAGES", "fr"),
        ("MEDIADB_PAGES_LANGUAGES", ()),
    ],
)
def test_a_word_that_a_setting_does_not_know_is_refused(
    config: dict[str, Any], name: str, value: object
) -> None:
    with pytest.raises(Misconfigured, match=name):
        portal({**config, name: value})


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"MEDIADB_THUMBNAIL_SIDE": 99}, "is MEDIADB_THUMBNAIL_SIDE_PX meant?"),
        ({"MEDIADB_ZZZ": 1}, "MEDIADB_ZZZ does nothing"),
        ({"MEDIADB_JOBS_IN_WEB": False, "MEDIADB_JOBS_LOOK_EVERY_S": 5}, "LOOK_EVERY_S does"),
        ({"MEDIADB_PAGES_PREFIX": None, "MEDIADB_PAGES_LAYOUT": "a.html"}, "LAYOUT does nothing"),
        ({"MEDIADB_TOKEN_ENDPOINT": False, "MEDIADB_TOKEN_REFRESH_S": 9}, "REFRESH_S does"),
        ({"MEDIADB_PAGES_LANGUAGES": ["fr", "xx"]}, "'xx' in MEDIADB_PAGES_LANGUAGES"),
    ],
)
def test_a_setting_that_does_nothing_is_told_in_the_log(
    config: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    settings: dict[str, Any],
    told: str,
) -> None:
    portal({**config, **settings})

    (line,) = caplog.messages
    assert told in line


def test_settings_that_do_something_are_not_told(
    config: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    portal({**config, "MEDIADB_FS_ROOT": "x", "MEDIADB_JOBS_LOOK_EVERY_S": 5, "OTHER": 1})

    assert not caplog.messages
