"""What is served of a picture."""

from io import BytesIO

import pytest
import requests
from PIL import Image
from werkzeug.http import parse_options_header

from ..fixtures import Tenant, new_tenant
from ..images import encoded, exif, jpeg, photo
from ..portal import Client, Portal


def fetch(url: str) -> requests.Response:
    """As a browser does: no key."""
    return requests.get(url, timeout=300)


def test_what_is_shown_inline_is_reencoded_without_gps_and_upright(tenant: Tenant) -> None:
    original = encoded(photo(7), "JPEG", exif=exif(6, gps=True), quality=90)
    media = tenant.client.add(tenant.application, original + b"PK\x03\x04 a hidden archive")

    for url in (media["url"], media["thumbnail_url"]):
        answer = fetch(url)
        picture = Image.open(BytesIO(answer.content))
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert not picture.getexif()
        assert picture.height > picture.width
        assert b"PK\x03\x04" not in answer.content
    assert (media["width"], media["height"]) == (480, 640)


def test_a_thumbnail_is_small(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))

    picture = Image.open(BytesIO(fetch(media["thumbnail_url"]).content))

    assert max(picture.size) == 256


def test_a_picture_is_not_sent_again_when_it_has_not_changed(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))
    first = fetch(media["url"])

    again = requests.get(
        media["url"], headers={"If-None-Match": first.headers["ETag"]}, timeout=300
    )

    assert (again.status_code, again.content) == (304, b"")


def test_the_original_is_a_download_for_editors(tenant: Tenant, stranger: Tenant) -> None:
    original = jpeg(1)
    media = tenant.client.add(tenant.application, original)
    path = f"media/{media['id']}/files/original/"

    answer = tenant.client.get(path)

    assert answer.content == original
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert stranger.client.get(path).status_code == 404
    assert Client(tenant.client.api).get(path).status_code == 401


@pytest.mark.parametrize("change", ["signature", "expires", "kind", "none"])
def test_a_link_that_was_not_signed_is_worth_nothing(tenant: Tenant, change: str) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))
    url = {
        "signature": media["url"] + "x",
        "expires": media["url"].replace("expires=", "expires=9"),
        "kind": media["url"].replace("/files/media/", "/files/thumbnail/"),
        "none": media["url"].split("?")[0],
    }[change]

    assert fetch(url).status_code == 404
    assert fetch(media["url"]).status_code == 200


def test_the_files_of_a_deleted_media_are_gone(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))
    tenant.client.delete(f"media/{media['id']}/")

    assert fetch(media["url"]).status_code == 410
    assert fetch(media["url"].split("?")[0]).status_code == 404


def test_files_of_a_public_application_need_no_signature(portal: Portal) -> None:
    tenant = new_tenant(portal, public=True)
    media = tenant.client.add(tenant.application, jpeg(1))

    assert "?" not in media["url"]
    assert fetch(media["url"]).status_code == 200


NAMES = [
    ("vue de l’été.jpg", "vue de l’été.jpg"),
    ("🏛️ 照片.jpg", "🏛️ 照片.jpg"),
    ("a %22quoted%22; name.jpg", 'a "quoted"; name.jpg'),
    ("50% a%20b+c.jpg", "50% a%20b+c.jpg"),
    ("../up/scan.jpg", "scan.jpg"),
    (".jpg", ".jpg"),
]


@pytest.mark.parametrize(("sent", "kept"), NAMES)
def test_an_original_comes_back_under_its_name(tenant: Tenant, sent: str, kept: str) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="%s"'
    body = head % b"application" + b"\r\n\r\n" + tenant.application.encode() + b"\r\n"
    body += head % b"image" + b'; filename="' + sent.encode() + b'"\r\n\r\n'
    body += jpeg(1) + b"\r\n--b--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=b"}

    media = tenant.client.post("media/", data=body, headers=kind).json()
    original = tenant.client.get(f"media/{media['id']}/files/original/")

    assert media["filename"] == kept
    _, options = parse_options_header(original.headers["Content-Disposition"])
    assert options["filename"] == kept
    assert original.content == jpeg(1)
