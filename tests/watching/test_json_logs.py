"""The log as JSON, a line for each request: all that one request did can be found by its id."""

import json
import logging
import secrets
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from pymongo import MongoClient

from udata_mediadb.operations.watching.json_logs import LOGGER, REQUESTS

from ..images import jpeg
from ..portal_here import PortalHere, portal_here


@pytest.fixture
def logged(mongodb_uri: str, tmp_path: Path) -> Iterator[tuple[PortalHere, StringIO]]:
    """A portal that logs JSON, and what it wrote."""
    logger, name = logging.getLogger(LOGGER), f"mediadb_test_{secrets.token_hex(6)}"
    before = logger.level, logger.propagate, list(logger.handlers)
    uri, written = f"{mongodb_uri.rstrip('/')}/{name}", StringIO()
    with portal_here(uri, tmp_path / "files", MEDIADB_LOG_FORMAT="json") as portal:
        (handler,) = [one for one in logger.handlers if one not in before[2]]
        handler.setStream(written)  # type: ignore[attr-defined]
        yield portal, written
    logger.level, logger.propagate, logger.handlers = before
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)


def lines(written: StringIO) -> list[dict[str, object]]:
    """Those of requests: threads of the portal's own may say something, too."""
    every = [json.loads(line) for line in written.getvalue().splitlines()]
    return [line for line in every if line.get("request_id")]


def test_each_request_is_a_line_with_its_route_code_time_and_stages(
    logged: tuple[PortalHere, StringIO],
) -> None:
    portal, written = logged
    portal.add(jpeg(1))
    answer = portal.post("search/", data={"image": (BytesIO(jpeg(1)), "a.jpg")})

    upload, search = lines(written)

    assert (upload["method"], upload["code"]) == ("POST", 201)
    assert search["route"] == "/api/1/mediadb/search/"
    assert search["request_id"] == answer.headers["X-Request-ID"]
    assert search["ms"] > 0  # type: ignore[operator]
    assert {"decode", "describe:match", "verify:match"} <= set(search["stages_ms"])  # type: ignore[call-overload]


def test_what_is_logged_within_a_request_has_its_id(
    logged: tuple[PortalHere, StringIO],
) -> None:
    portal, written = logged
    portal.app.config["MEDIADB_SLOW_SEARCH_S"] = 0.0
    image = {"image": (BytesIO(jpeg(1)), "a.jpg")}
    portal.post("search/", data=image, headers={"X-Request-ID": "mine-1"})

    found = lines(written)
    assert {line["request_id"] for line in found} == {"mine-1"}
    assert [line["level"] for line in found] == ["INFO", "WARNING"]


def test_keys_in_a_query_string_are_not_logged(logged: tuple[PortalHere, StringIO]) -> None:
    portal, written = logged
    portal.get("media/?access_token=secret", headers={"X-API-KEY": "mdb_secret"})

    assert "secret" not in written.getvalue()
    assert len(lines(written)) == 1


def test_a_line_break_in_a_path_makes_no_line(
    here: PortalHere, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, LOGGER):
        here.get("media/a%0AINFO%20all%20is%20well/")

    (line,) = [one.getMessage() for one in caplog.records if one.name == REQUESTS.name]
    assert line == "GET /api/1/mediadb/media/a%0AINFO%20all%20is%20well/ 404"
