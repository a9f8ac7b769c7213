"""An S3 that refuses, or says nothing: 503 in time, nothing pending, no secret in a log."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from udata_mediadb.media import object_files
from udata_mediadb.media.models import PENDING, Media
from udata_mediadb.media.object_files import ATTEMPTS

from ..images import jpeg
from ..portal_here import PortalHere, portal_here
from ..s3 import READER, S3, SECRET_KEY, needs_s3
from ..scripted_server import Exchange, serve

SKEWED = (
    b"<?xml version='1.0'?><Error><Code>RequestTimeTooSkewed</Code>"
    b"<Message>The difference is too large.</Message></Error>"
)
READY = "/api/1/mediadb/health/ready/"
REFUSED: Mapping[str, Mapping[str, str]] = {
    "another secret": {"FS_S3_SECRET_KEY": "a secret that is none"},
    "an unknown key": {"FS_S3_ACCESS_KEY": "nobody"},
    "a key that may only read": {"FS_S3_ACCESS_KEY": READER},
}


def refused(here: PortalHere, caplog: pytest.LogCaptureFixture) -> None:
    """An upload is, and leaves nothing."""
    with caplog.at_level(logging.DEBUG, logger="udata_mediadb"):
        answer = here.upload(jpeg(1, 320, 240))

    assert (answer.status_code, answer.json["error"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]
    assert Media.objects(state=PENDING).count() == 0
    for secret in (SECRET_KEY, "a secret that is none"):
        assert secret not in caplog.text + answer.text


@needs_s3
@pytest.mark.parametrize("why", REFUSED)
def test_what_s3_refuses_is_503_and_names_no_secret(
    uri: str, tmp_path: Path, s3: S3, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    with portal_here(uri, tmp_path, **s3.settings | REFUSED[why]) as here:
        refused(here, caplog)

        ready = here.app.test_client().get(READY)
        may_read = why == "a key that may only read"
        assert ready.status_code == (200 if may_read else 503)
        assert may_read or set(ready.json["errors"]) == {"files"}


@needs_s3
def test_a_bucket_that_is_not_there_is_no_empty_one(uri: str, tmp_path: Path, s3: S3) -> None:
    with portal_here(uri, tmp_path, **s3.settings) as here:
        media = here.add(jpeg(1, 320, 240))["id"]
        here.app.config["MEDIADB_FS_BUCKET_NAME"] = "nowhere-to-be-found"
        here.storage.configure(here.app)

        assert here.get(f"media/{media}/files/media/").status_code == 503
        assert set(here.app.test_client().get(READY).json["errors"]) == {"files"}


@pytest.fixture
def elsewhere() -> dict[str, Any]:
    """Settings of a bucket on a server that a test scripts."""
    return S3("", None, []).settings  # type: ignore[arg-type]


def test_a_clock_that_is_wrong_is_503(
    uri: str, tmp_path: Path, elsewhere: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.read_request()
        head = f"HTTP/1.1 403 Forbidden\r\nContent-Length: {len(SKEWED)}\r\nConnection: close"
        exchange.send(f"{head}\r\n\r\n".encode() + SKEWED)

    with serve(answer) as server:
        settings = {**elsewhere, "FS_S3_ENDPOINT": f"http://127.0.0.1:{server.port}"}
        with portal_here(uri, tmp_path, **settings) as here:
            refused(here, caplog)


def test_an_s3_that_says_nothing_is_waited_for_as_long_as_is_said(
    uri: str,
    tmp_path: Path,
    elsewhere: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """botocore's own patience is five times a minute, of which a whole portal would wait."""
    monkeypatch.setattr(object_files, "READ_S", 0.1)
    monkeypatch.setattr(object_files, "PROBE_S", 0.1)

    asked: list[bytes] = []

    def be_silent(exchange: Exchange) -> None:
        exchange.read_request()
        asked.append(exchange.request.partition(b"\r\n")[0])
        exchange.wait()

    with serve(be_silent) as server:
        settings = {**elsewhere, "FS_S3_ENDPOINT": f"http://127.0.0.1:{server.port}"}
        with portal_here(uri, tmp_path, **settings) as here:
            assert here.app.test_client().get(READY).status_code == 503
            assert [one for one in asked if b"none" in one] == [
                b"GET /pictures/.mediadb/none HTTP/1.1"
            ]
            refused(here, caplog)
    files = 3  # original, picture, thumbnail
    assert 0 < len([one for one in asked if one.startswith(b"PUT")]) <= files * ATTEMPTS
