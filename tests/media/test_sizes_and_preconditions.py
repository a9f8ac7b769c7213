"""Pictures in other sizes and forms; answers that are known; changes of what was read alone."""

import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from io import BytesIO

import numpy as np
import pytest
import requests
from PIL import Image

from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import encoded, jpeg
from ..portal import Portal

WIDE = jpeg(1, 1600, 900)


def opened(answer: requests.Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    return Image.open(BytesIO(answer.content))


@pytest.mark.parametrize(
    ("query", "accept", "form", "side"),
    [
        ("", "*/*", "JPEG", 512),
        ("", "image/avif,image/webp,*/*;q=0.8", "WEBP", 512),
        ("", "image/webp;q=0", "JPEG", 512),
        ("", "image/webp;q=0.5, image/jpeg", "JPEG", 512),
        ("", None, "JPEG", 512),
        ("?size=256", "image/webp", "WEBP", 256),
        ("?size=512", "image/jpeg", "JPEG", 512),
        ("?size=1024", "image/webp", "WEBP", 1024),
        ("?size=1024", "text/html", "JPEG", 1024),
    ],
)
@pytest.mark.parametrize("kind", ["preview", "media"])
def test_sizes_are_answered_in_the_form_that_is_accepted(
    tenant: Tenant, kind: str, query: str, accept: str | None, form: str, side: int
) -> None:
    if kind == "media" and not query:
        pytest.skip("the picture as it is shown")
    media = tenant.client.add(tenant.application, WIDE)["id"]
    path = f"media/{media}/files/{kind}/{query}"

    answer = tenant.client.get(path, headers={"Accept": accept})

    image = opened(answer)
    assert (image.format, max(image.size)) == (form, side)
    assert answer.headers["Content-Type"] == f"image/{form.lower()}"
    assert "Accept" in answer.headers["Vary"]
    known = {"Accept": accept, "If-None-Match": answer.headers["ETag"]}
    assert tenant.client.get(path, headers=known).status_code == 304
    assert tenant.client.get(path, headers={"Accept": accept}).content == answer.content


def test_a_size_is_never_larger_than_the_picture_and_shows_its_transparency(
    tenant: Tenant,
) -> None:
    pixels = np.zeros((80, 120, 4), np.uint8)
    pixels[:, 60:] = (200, 30, 30, 255)
    media = tenant.client.add(tenant.application, encoded(Image.fromarray(pixels), "PNG"))["id"]
    path = f"media/{media}/files/preview/"

    webp = opened(tenant.client.get(path, headers={"Accept": "image/webp"}))
    flat = opened(tenant.client.get(path))

    assert webp.size == flat.size == (120, 80)
    assert webp.convert("RGBA").getpixel((5, 5))[3] == 0
    assert min(flat.convert("RGB").getpixel((5, 5))) > 240


def test_preview_links_are_signed_and_public_ones_are_kept_for_long(tenant: Tenant) -> None:
    added = tenant.client.add(tenant.application, WIDE)
    url = added["preview_url"]

    assert max(opened(requests.get(url, timeout=300)).size) == 512
    assert requests.get(url.split("?")[0], timeout=300).status_code in (401, 404)
    assert requests.get(url.replace("preview", "media"), timeout=300).status_code in (401, 404)
    tenant.client.put(f"applications/{tenant.application}/", json={"public": True})
    public = tenant.client.get(f"media/{added['id']}/").json()["preview_url"]
    assert "immutable" in requests.get(public, timeout=300).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("kind", "size"), [("preview", "300"), ("preview", "x"), ("media", ""), ("original", "256")]
)
def test_other_sizes_are_refused(tenant: Tenant, kind: str, size: str) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))["id"]

    answer = tenant.client.get(f"media/{media}/files/{kind}/", params={"size": size})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["size"])


@pytest.mark.parametrize(
    "name",
    [
        "Pont Adolphe.jpg",
        "Überführung – 1932.jpg",
        "橋.jpg",
        'a"b\\c;d=e.jpg',
        "a\r\nX-Evil: 1.jpg",
        "../../etc/passwd.jpg",
        "C:\\temp\\x.jpg",
        "a%22.jpg",
        "\u202egpj.exe",
        "x" * 400 + ".jpg",
        "'; drop.jpg",
    ],
)
def test_originals_are_named_as_they_came_whatever_that_is(tenant: Tenant, name: str) -> None:
    sent = tenant.client.post(
        "media/", data={"application": tenant.application}, files={"image": (name, jpeg(1))}
    )
    added = sent.json()

    answer = tenant.client.get(f"media/{added['id']}/files/original/")

    shown = answer.headers["Content-Disposition"]
    assert shown.startswith("attachment; ")
    assert "X-Evil" not in answer.headers
    assert not any(mark in shown for mark in "\r\n\u202e")
    assert "/" not in added["filename"] and "\\" not in added["filename"]
    assert "filename*=UTF-8''" in shown


def test_a_media_says_when_it_was_changed_and_is_not_sent_again(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))["id"]
    path = f"media/{media}/"
    fresh = tenant.client.get(path).headers["Last-Modified"]
    tenant.client.patch(path, json={"name": "New"})

    assert tenant.client.get(path, headers={"If-Modified-Since": fresh}).status_code == 200
    time.sleep(1.1)
    settled = tenant.client.get(path).headers["Last-Modified"]
    assert parsedate_to_datetime(settled) >= parsedate_to_datetime(fresh)
    assert tenant.client.get(path, headers={"If-Modified-Since": settled}).status_code == 304
    tenant.client.patch(path, json={"name": "Newer"})
    changed = tenant.client.get(path, headers={"If-Modified-Since": settled})
    assert (changed.status_code, changed.json()["name"]) == (200, "Newer")


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE", "PUT file"])
def test_a_change_names_what_it_was_read_as(tenant: Tenant, verb: str) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))["id"]
    path = f"media/{media}/"
    tag = tenant.client.get(path).headers["ETag"]
    tenant.client.patch(path, json={"name": "New"})
    before = tenant.client.get(path)

    def change(tags: str) -> requests.Response:
        headers = {"If-Match": tags}
        if verb == "PUT file":
            files = {"image": jpeg(2)}
            return tenant.client.put(f"{path}file/", files=files, headers=headers)
        body = {} if verb == "DELETE" else {"json": {"name": "Newer"}}
        return tenant.client.request(verb, path, headers=headers, **body)

    refused = change(tag)
    assert (refused.status_code, refused.json()["error"]) == (412, "precondition-failed")
    assert tenant.client.get(path).json() == before.json()
    assert change(f'"x", {before.headers["ETag"]}').status_code in (200, 204)


def test_any_state_will_do_where_a_star_is_sent(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))["id"]

    answer = tenant.client.put(f"media/{media}/", json={"name": "b"}, headers={"If-Match": "*"})

    assert answer.status_code == 200


def test_of_several_who_read_the_same_one_changes_it(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))["id"]
    path = f"media/{media}/"
    tag = {"If-Match": tenant.client.get(path).headers["ETag"]}

    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(
            lambda n: tenant.client.patch(path, json={"name": f"n{n}"}, headers=tag), range(6)
        )
        statuses = sorted(answer.status_code for answer in answers)

    assert statuses == [200, 412, 412, 412, 412, 412]


def test_answers_say_what_one_may_do_and_where_people_look(
    portal: Portal, tenant: Tenant, stranger: Tenant
) -> None:
    tenant.client.put(f"applications/{tenant.application}/", json={"public": True})
    added = tenant.client.add(tenant.application, jpeg(1))
    asked = {"application": tenant.application}

    own = tenant.client.get("media/", params=asked).json()["data"][0]
    others = stranger.client.get(f"media/{added['id']}/").json()

    assert own["permissions"] == added["permissions"] == {"edit": True, "delete": True}
    assert others["permissions"] == {"edit": False, "delete": False}
    assert own["page"].endswith(f"/mediadb/{tenant.application}/{added['id']}")
    assert requests.get(own["page"], timeout=300).status_code == 200


@plain_only  # udata has a list of licences of its own
def test_fields_are_picked_through_nested_objects(tenant: Tenant) -> None:
    tenant.client.add(tenant.application, jpeg(1), licence="CC-BY-4.0")
    asked = {"application": tenant.application}
    mask = "data{owner{id},licence{url},permissions{edit},attribution{text}},total"

    answer = tenant.client.get("media/", params=asked, headers={"X-Fields": mask})

    (shown,) = answer.json()["data"]
    assert set(answer.json()) == {"data", "total"}
    assert set(shown["owner"]) == {"id"}
    assert set(shown["licence"]) == {"url"}
    assert shown["permissions"] == {"edit": True}
