"""Files answered by links into the bucket of a real S3 server, which end soon."""

import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from PIL import Image
from werkzeug.test import TestResponse

from udata_mediadb.errors import Misconfigured
from udata_mediadb.media import redirecting
from udata_mediadb.mongo.clock import now

from ..hosts import current_host
from ..images import jpeg
from ..portal_here import PortalHere, new_application, portal_here
from ..s3 import S3, needs_s3

pytestmark = needs_s3
KINDS = ("media", "thumbnail", "preview")


@pytest.fixture
def here(uri: str, tmp_path: Path, s3: S3) -> Iterator[PortalHere]:
    with portal_here(uri, tmp_path, **s3.settings, MEDIADB_FILES_REDIRECT=True) as portal:
        yield portal
    s3.empty()


@pytest.fixture
def media(here: PortalHere) -> dict[str, Any]:
    """All of its forms are made: what is not there yet the portal answers itself."""
    media = here.add(jpeg(1, 1400, 700))
    for kind in KINDS:
        assert file_of(here, media, kind).status_code in (200, 302)
    return media


def file_of(here: PortalHere, media: dict[str, Any], kind: str, **more: Any) -> TestResponse:
    return here.get(f"media/{media['id']}/files/{kind}/", **more)


def life_s(link: str) -> int:
    return int(parse_qs(urlsplit(link).query)["X-Amz-Expires"][0])


def max_age(header: str) -> int:
    return int(header.partition("max-age=")[2].partition(",")[0])


@pytest.mark.parametrize("kind", KINDS)
def test_the_link_has_the_picture_that_the_portal_would_have_answered(
    here: PortalHere, media: dict[str, Any], kind: str, s3: S3
) -> None:
    answer = file_of(here, media, kind)
    assert (answer.status_code, answer.data) == (302, b"")
    assert answer.location.startswith(s3.endpoint)

    got = requests.get(answer.location, timeout=300)
    assert got.status_code == 200
    assert got.headers["Content-Type"] == "image/jpeg"
    assert got.headers["Content-Disposition"] == "inline"
    here.app.extensions["mediadb"].__dict__["presigner"] = None
    assert file_of(here, media, kind).data == got.content
    Image.open(BytesIO(got.content)).verify()


def test_the_first_of_a_form_is_answered_by_the_portal_which_has_to_make_it(
    here: PortalHere,
) -> None:
    media = here.add(jpeg(2, 1400, 700))

    assert [file_of(here, media, "media").status_code for _ in range(2)] == [200, 302]
    for accept, mime in (("image/webp", "image/webp"), ("image/jpeg", "image/jpeg")):
        path = f"media/{media['id']}/files/media/?size=256"
        answers = [here.get(path, headers={"Accept": accept}) for _ in range(2)]
        assert [one.status_code for one in answers] == [200, 302]
        assert "Accept" in answers[1].vary
        assert requests.get(answers[1].location, timeout=300).headers["Content-Type"] == mime


def test_an_original_is_a_download_and_kept_by_no_cache(
    here: PortalHere, media: dict[str, Any]
) -> None:
    answer = file_of(here, media, "original")

    assert answer.status_code == 302
    assert answer.cache_control.no_store
    assert life_s(answer.location) <= 60
    got = requests.get(answer.location, timeout=300)
    assert got.content == jpeg(1, 1400, 700)
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in got.headers["Cache-Control"]


@pytest.mark.parametrize("kind", [*KINDS, "original"])
def test_who_may_not_see_it_gets_no_link(
    here: PortalHere, media: dict[str, Any], kind: str
) -> None:
    with here.app.app_context():
        bob = current_host().create_user("bob", "bob@example.org")
        key = current_host().create_key(bob)
    new_application(here.app, bob)

    for headers in ({"X-API-KEY": key}, {"X-API-KEY": ""}):
        answer = file_of(here, media, kind, headers=headers)
        assert answer.status_code in (401, 404)
        assert answer.location is None
    assert file_of(here, media, kind, headers={"X-API-KEY": key}).status_code == 404


def test_a_link_that_was_changed_opens_nothing(here: PortalHere, media: dict[str, Any]) -> None:
    link = file_of(here, media, "thumbnail").location
    changes = (
        (media["id"], here.add(jpeg(3))["id"]),
        ("/thumbnail?", "/original?"),
        ("inline", "attachment"),
        ("X-Amz-Expires=60", "X-Amz-Expires=600"),
    )
    for old, new in changes:
        assert old in link
        assert requests.get(link.replace(old, new), timeout=300).status_code == 403
    assert requests.get(link.partition("?")[0], timeout=300).status_code == 403
    assert requests.put(link, data=b"other", timeout=300).status_code == 403
    assert requests.get(link, timeout=300).status_code == 200


def test_a_link_ends(
    here: PortalHere, media: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redirecting, "PRIVATE_S", 1)
    link = file_of(here, media, "thumbnail").location
    assert life_s(link) == 1

    time.sleep(2.5)
    assert requests.get(link, timeout=300).status_code == 403


def test_a_part_is_answered_by_the_bucket(here: PortalHere, media: dict[str, Any]) -> None:
    answer = file_of(here, media, "media", headers={"Range": "bytes=3-9"})
    assert answer.status_code == 302

    whole = requests.get(answer.location, timeout=300)
    part = requests.get(answer.location, headers={"Range": "bytes=3-9"}, timeout=300)
    assert (part.status_code, part.content) == (206, whole.content[3:10])


def test_no_redirect_is_kept_as_long_as_its_link_lives(
    here: PortalHere, media: dict[str, Any]
) -> None:
    private = file_of(here, media, "media")
    assert "private" in private.headers["Cache-Control"]
    here.request("PATCH", f"applications/{here.application}/", json={"public": True})
    public = file_of(here, media, "media")
    assert "public" in public.headers["Cache-Control"]

    for answer in (private, public):
        assert 0 < max_age(answer.headers["Cache-Control"]) < life_s(answer.location)
    assert life_s(private.location) <= 60 < life_s(public.location)


def test_no_link_outlives_the_publication(here: PortalHere, media: dict[str, Any]) -> None:
    here.request("PATCH", f"applications/{here.application}/", json={"public": True})
    end = now().timestamp() + 120
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))
    changed = here.request("PATCH", f"media/{media['id']}/", json={"published_until": until})
    assert changed.status_code == 200, changed.text

    answer = file_of(here, media, "thumbnail")
    assert 60 < life_s(answer.location) <= 120
    from_now_on = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end + 9000))
    held = {"published_from": from_now_on, "published_until": None}
    assert here.request("PATCH", f"media/{media['id']}/", json=held).status_code == 200
    answer = file_of(here, media, "thumbnail")
    assert answer.cache_control.no_store
    assert life_s(answer.location) <= 60


def test_head_is_answered_by_the_portal(here: PortalHere, media: dict[str, Any]) -> None:
    answer = here.request("HEAD", f"media/{media['id']}/files/media/")

    assert answer.status_code == 200
    assert answer.content_type == "image/jpeg"


def test_pages_let_browsers_load_pictures_from_the_bucket(here: PortalHere, s3: S3) -> None:
    prefix = here.app.config["MEDIADB_PAGES_PREFIX"]
    if prefix is None:
        pytest.skip("there are no pages here")
    policy = here.app.test_client().get(f"{prefix}/").headers["Content-Security-Policy"]

    assert f"img-src 'self' blob: {s3.endpoint};" in policy


def test_links_lead_to_the_public_address(uri: str, tmp_path: Path, s3: S3) -> None:
    public = s3.endpoint.replace("127.0.0.1", "localhost")
    settings = {**s3.settings, "MEDIADB_FILES_REDIRECT": public}
    with portal_here(uri, tmp_path, **settings) as here:
        media = here.add(jpeg(1))
        link = file_of(here, media, "thumbnail").location
        assert link.startswith(f"{public}/")
        s3.empty()


def test_files_of_a_folder_are_answered_as_ever(uri: str, tmp_path: Path) -> None:
    with portal_here(uri, tmp_path, MEDIADB_FILES_REDIRECT=True) as here:
        media = here.add(jpeg(1))
        assert file_of(here, media, "thumbnail").status_code == 200


@pytest.mark.parametrize("wrong", ["yes", "ftp://files.example.org", 7])
def test_what_is_no_address_stops_the_start(
    uri: str, tmp_path: Path, s3: S3, wrong: object
) -> None:
    with pytest.raises(Misconfigured, match="MEDIADB_FILES_REDIRECT"):
        current_host().new_app(uri, tmp_path, **s3.settings, MEDIADB_FILES_REDIRECT=wrong)
