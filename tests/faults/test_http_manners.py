"""Browsers, caches and clients that resume are told what they may do; links end."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from ..images import jpeg
from ..portal_here import PortalHere, new_application

ORIGIN = {"Origin": "https://other.example"}


@pytest.fixture
def public(here: PortalHere) -> Iterator[str]:
    """An application that anyone may read."""
    yield new_application(here.app, here.user, public=True)


def anonymous(here: PortalHere, url: str, **headers: str) -> TestResponse:
    return here.app.test_client().get(url.removeprefix("http://localhost"), headers=headers)


def added(here: PortalHere, application: str | None = None) -> dict[str, Any]:
    answer = here.upload(jpeg(1, 320, 240), application=application or here.application)
    assert answer.status_code == 201, answer.text
    media: dict[str, Any] = answer.json
    return media


def test_no_cache_keeps_what_credentials_opened(here: PortalHere) -> None:
    media = added(here)["id"]
    paths = ["media/", f"media/{media}/", "applications/", f"media/{media}/files/original/"]

    for path in paths:
        answer = here.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-store", path
        assert {"authorization", "x-api-key", "api-key", "cookie"} <= {
            name.lower() for name in answer.vary
        }, path
    refused = anonymous(here, "/api/1/mediadb/applications/")
    assert (refused.status_code, refused.headers["Cache-Control"]) == (401, "private, no-store")


def test_any_cache_keeps_the_pictures_of_a_public_application(
    here: PortalHere, public: str
) -> None:
    answer = anonymous(here, added(here, public)["url"])

    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert "immutable" in answer.headers["Cache-Control"]
    assert not answer.vary


def test_only_the_browser_keeps_what_a_signed_link_shows(here: PortalHere) -> None:
    answer = anonymous(here, added(here)["url"])

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, max-age=3600"


PARTS = [
    ("bytes=0-99", 206, 100),
    ("bytes=100-", 206, None),
    ("bytes=-7", 206, 7),
    ("bytes=99999999-", 416, None),
    ("lines=1-2", 200, None),
]


@pytest.mark.parametrize("kind", ["media", "thumbnail", "original"])
@pytest.mark.parametrize(("part", "status", "length"), PARTS)
def test_a_part_of_a_file_is_given(
    here: PortalHere, kind: str, part: str, status: int, length: int | None
) -> None:
    path = f"media/{added(here)['id']}/files/{kind}/"
    whole = here.get(path)
    answer = here.get(path, headers={"Range": part})

    assert whole.headers["Accept-Ranges"] == "bytes"
    assert answer.status_code == status
    if status == 206:
        assert answer.data in whole.data
        assert length in (None, len(answer.data))
        assert answer.headers["Content-Range"].endswith(f"/{len(whole.data)}")


def test_what_the_client_has_is_not_sent_again(here: PortalHere) -> None:
    path = f"media/{added(here)['id']}/files/original/"
    tag = here.get(path).headers["ETag"]

    assert here.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_scripts_of_other_sites_may_ask(here: PortalHere, public: str) -> None:
    url = added(here, public)["url"].removeprefix("http://localhost")
    client = here.app.test_client()
    asked = {**ORIGIN, "Access-Control-Request-Method": "POST"}

    for path in ("/api/1/mediadb/media/", "/api/1/mediadb/search/", url):
        preflight = client.options(path, headers=asked)
        assert preflight.status_code == 200, path
        assert preflight.headers["Access-Control-Allow-Origin"] == "*"
        for header in ("x-api-key", "idempotency-key"):
            assert header in preflight.headers["Access-Control-Allow-Headers"]
    for path in (url, "/api/1/mediadb/media/", "/api/1/mediadb/nothing/"):
        answer = client.get(path, headers=ORIGIN)
        assert answer.headers["Access-Control-Allow-Origin"] == "*", path
        assert "Access-Control-Allow-Credentials" not in answer.headers
        for header in ("ETag", "Link", "Idempotency-Replayed"):
            assert header in answer.headers["Access-Control-Expose-Headers"]
    assert (
        "POST"
        in client.options("/api/1/mediadb/media/", headers=asked).headers[
            "Access-Control-Allow-Methods"
        ]
    )


def test_nobody_frames_the_page_of_the_api(here: PortalHere) -> None:
    page = here.app.test_client().get("/api/1/")

    assert page.mimetype == "text/html"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_an_owner_ends_the_links_that_were_given_out(here: PortalHere) -> None:
    media = added(here)
    assert anonymous(here, media["url"]).status_code == 200

    assert here.delete(f"applications/{here.application}/links/").status_code == 204

    assert anonymous(here, media["url"]).status_code == 404
    fresh = here.get(f"media/{media['id']}/").json
    for link in ("url", "thumbnail_url"):
        assert fresh[link] != media[link]
        assert anonymous(here, fresh[link]).status_code == 200


def test_a_signed_link_shows_nothing_of_an_inactive_application(here: PortalHere) -> None:
    media = added(here)
    path = f"applications/{here.application}/"
    assert here.put(path, json={"status": "Inactive"}).status_code == 200

    assert anonymous(here, media["url"]).status_code == 404

    assert here.put(path, json={"status": "Active"}).status_code == 200
    assert anonymous(here, media["url"]).status_code == 200


def test_a_host_that_is_not_trusted_gets_no_link(here: PortalHere) -> None:
    here.app.config["TRUSTED_HOSTS"] = ["localhost", "data.example.org"]
    media = added(here)

    for path in ("media/", f"media/{media['id']}/", "nothing/"):
        refused = here.get(path, headers={"Host": "evil.example"})
        assert refused.status_code == 400
        assert refused.json["status"] == 400
        assert "evil.example" not in str(refused.headers)
    named = here.get(f"media/{media['id']}/", headers={"Host": "data.example.org"})
    assert named.json["url"].startswith("http://data.example.org/")


def test_an_application_that_one_may_not_read_does_not_exist(here: PortalHere) -> None:
    other = here.app.test_client()
    unknown = secrets.token_hex(16)
    collection = here.post("collections/", json={"application": here.application, "name": "A"})
    paths = {
        f"applications/{here.application}/": f"applications/{unknown}/",
        f"media/?application={here.application}": f"media/?application={unknown}",
        f"collections/?application={here.application}": f"collections/?application={unknown}",
        f"collections/{collection.json['id']}/": f"collections/{unknown}/",
    }
    for method in ("GET", "PUT", "DELETE"):
        for known, absent in paths.items():
            if "?" in known and method != "GET":
                continue
            answers = [
                other.open(f"/api/1/mediadb/{path}", method=method) for path in (known, absent)
            ]
            assert answers[0].status_code == answers[1].status_code, (method, known)
