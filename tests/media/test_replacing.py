"""The picture of a media is replaced: all else stays, and the earlier picture is kept."""

import hashlib
import secrets
import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import requests
from PIL import Image

from udata_mediadb.media.models import Media
from udata_mediadb.mongo.clock import now

from ..fixtures import Tenant, new_tenant
from ..images import encoded, jpeg, photo
from ..portal import Portal

OLD, NEW = jpeg(1), jpeg(2)


def put(tenant: Tenant, media: str, image: bytes, **fields: Any) -> requests.Response:
    headers = fields.pop("headers", {})
    return tenant.client.put(
        f"media/{media}/file/", data=fields, files={"image": ("new.jpg", image)}, headers=headers
    )


def found(tenant: Tenant, image: bytes, **fields: Any) -> list[str]:
    asked = {"application": tenant.application, "signatures": "match", **fields}
    answer = tenant.client.post("search/", data=asked, files={"image": ("q.jpg", image)})
    assert answer.status_code == 200, answer.text
    return [hit["media"]["id"] for hit in answer.json()["data"]]


def versions(tenant: Tenant, media: str) -> list[dict[str, Any]]:
    answer = tenant.client.get(f"media/{media}/versions/")
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    assert answer.json()["total"] == len(data)
    return data


def test_the_new_picture_is_found_and_shown_and_all_else_stays(tenant: Tenant) -> None:
    before = tenant.client.add(
        tenant.application, OLD, name="Bridge", keywords="river", metadata='{"year": 1932}'
    )
    media = before["id"]

    answer = put(tenant, media, NEW)

    after = answer.json()
    assert answer.status_code == 200, answer.text
    assert (after["sha256"], after["size"]) == (hashlib.sha256(NEW).hexdigest(), len(NEW))
    assert after["filename"] == "new.jpg"
    for name in ("id", "name", "keywords", "metadata", "created_at", "uri"):
        assert after[name] == before[name]
    assert after["updated_at"] > before["updated_at"]
    assert tenant.client.get(f"media/{media}/").json() == after
    assert (found(tenant, NEW), found(tenant, OLD)) == ([media], [])
    assert found(tenant, NEW, keywords="river") == [media]
    assert requests.get(after["url"], timeout=300).content != b""
    original = tenant.client.get(f"media/{media}/files/original/")
    assert original.content == NEW
    listed = tenant.client.get("media/", params={"application": tenant.application}).json()
    assert [one["id"] for one in listed["data"]] == [media]


def test_links_change_so_that_no_cache_shows_the_earlier_picture(tenant: Tenant) -> None:
    tenant.client.put(f"applications/{tenant.application}/", json={"public": True})
    before = tenant.client.add(tenant.application, OLD)
    first = requests.get(before["thumbnail_url"], timeout=300)

    after = put(tenant, before["id"], NEW).json()

    now = requests.get(after["thumbnail_url"], timeout=300)
    outdated = requests.get(before["thumbnail_url"], timeout=300)
    assert after["thumbnail_url"] != before["thumbnail_url"]
    assert now.content == outdated.content != first.content
    assert now.headers["ETag"] != first.headers["ETag"]
    assert "immutable" in first.headers["Cache-Control"]
    assert "immutable" in now.headers["Cache-Control"]
    assert "immutable" not in outdated.headers["Cache-Control"]


@pytest.mark.parametrize("kind", ["octets", "picture", "data", "part named file"])
def test_the_picture_comes_in_every_form_that_uploads_have(tenant: Tenant, kind: str) -> None:
    media = tenant.client.add(tenant.application, OLD)["id"]
    path = f"media/{media}/file/"

    if kind == "octets":
        answer = tenant.client.put(
            path, data=NEW, headers={"Content-Type": "application/octet-stream"}
        )
    elif kind == "picture":
        answer = tenant.client.put(path, data=NEW, headers={"Content-Type": "image/jpeg"})
    elif kind == "data":
        import_form = "data:image/jpeg;base64," + b64encode(NEW).decode()
        answer = tenant.client.put(path, json={"url": import_form})
    else:
        answer = tenant.client.put(path, files={"file": ("a.jpg", NEW)})

    assert (answer.status_code, answer.json()["size"]) == (200, len(NEW))


def test_earlier_pictures_are_listed_fetched_and_removed(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, OLD)["id"]
    third = jpeg(3, 200, 150)
    put(tenant, media, NEW)
    put(tenant, media, third)

    newer, older = versions(tenant, media)

    assert [newer["sha256"], older["sha256"]] == [
        hashlib.sha256(one).hexdigest() for one in (NEW, OLD)
    ]
    for version, image in ((newer, NEW), (older, OLD)):
        path = f"media/{media}/versions/{version['id']}/"
        fetched = tenant.client.get(path)
        assert fetched.content == image
        assert fetched.headers["Content-Disposition"].startswith("attachment")
        assert tenant.client.delete(path).status_code == 204
        assert tenant.client.get(path).status_code == 404
        assert tenant.client.delete(path).status_code == 404
    assert versions(tenant, media) == []
    assert found(tenant, third) == [media]
    assert tenant.client.get(f"media/{media}/files/original/").content == third


def test_the_very_same_bytes_change_nothing(tenant: Tenant) -> None:
    before = tenant.client.add(tenant.application, OLD)

    assert put(tenant, before["id"], OLD).json() == before
    assert versions(tenant, before["id"]) == []


def test_what_is_refused_changes_nothing(tenant: Tenant, stranger: Tenant) -> None:
    before = tenant.client.add(tenant.application, OLD)
    media = before["id"]
    other = {"md5": "0" * 32}

    assert put(tenant, media, b"no picture").status_code == 415
    assert "md5" in put(tenant, media, NEW, **other).json()["errors"]
    assert "name" in put(tenant, media, NEW, name="x").json()["errors"]
    assert tenant.client.put(f"media/{media}/file/", json={}).status_code == 400
    assert put(stranger, media, NEW).status_code == 404
    assert requests.put(before["uri"] + "file/", timeout=300).status_code == 401
    assert stranger.client.get(f"media/{media}/versions/").status_code == 404
    assert tenant.client.get(f"media/{media}/").json() == before
    assert (versions(tenant, media), found(tenant, OLD)) == ([], [media])


def test_deleted_media_keep_their_picture(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, OLD)["id"]
    put(tenant, media, NEW)

    tenant.client.delete(f"media/{media}/")

    assert put(tenant, media, OLD).status_code == 410
    assert found(tenant, NEW) == []
    assert tenant.client.post(f"media/{media}/restore/").status_code == 200
    assert found(tenant, NEW) == [media]
    assert tenant.client.delete("media/", json={"ids": [media]}).status_code == 200
    assert found(tenant, NEW) == []


def test_duplicates_follow_the_bytes(tenant: Tenant) -> None:
    first = tenant.client.add(tenant.application, OLD)["id"]
    second, third = (tenant.client.add(tenant.application, OLD)["id"] for _ in range(2))

    assert put(tenant, first, NEW).json()["duplicate_of"] is None
    named = [tenant.client.get(f"media/{one}/").json()["duplicate_of"] for one in (second, third)]
    assert named == [None, second]
    assert put(tenant, third, NEW).json()["duplicate_of"] == first
    refused = put(tenant, second, NEW, duplicates="reject")
    assert refused.status_code == 409
    assert tenant.client.get(f"media/{second}/").json()["sha256"] != refused.json().get("sha256")
    assert put(tenant, first, OLD).json()["duplicate_of"] == second


def test_a_replacement_that_was_killed_is_finished_by_the_next(
    portal: Portal, tenant: Tenant
) -> None:
    first, second = (tenant.client.add(tenant.application, OLD)["id"] for _ in range(2))
    put(tenant, first, NEW)
    with portal.app.app_context():  # as one leaves it that was killed behind its exchange
        Media.objects(id=second).update(duplicate_of=first)
        Media.objects(id=first).update(replaced_at=now())

    assert put(tenant, first, jpeg(3)).status_code == 200

    assert tenant.client.get(f"media/{second}/").json()["duplicate_of"] is None
    with portal.app.app_context():
        assert Media.objects.get(id=first).replaced_at is None


def test_earlier_pictures_count_in_the_quota_of_bytes(portal: Portal) -> None:
    tenant = new_tenant(portal)
    media = tenant.client.add(tenant.application, OLD)["id"]
    limit = len(OLD) + len(NEW) + 10
    done = portal.flask(
        "application", "quota", tenant.application, "--bytes", str(limit), "--media", "1"
    )
    assert done.returncode == 0, done.stderr

    assert put(tenant, media, NEW).status_code == 200
    assert put(tenant, media, jpeg(3)).json()["error"] == "quota-exceeded"
    (earlier,) = versions(tenant, media)
    tenant.client.delete(f"media/{media}/versions/{earlier['id']}/")
    assert put(tenant, media, jpeg(4, 64, 48)).status_code == 200


def test_a_repeat_with_its_key_replaces_once(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, OLD)["id"]
    key = {"Idempotency-Key": secrets.token_hex(8)}

    first = put(tenant, media, NEW, headers=key)
    put(tenant, media, jpeg(3))
    again = put(tenant, media, NEW, headers=key)
    other = put(tenant, media, OLD, headers=key)

    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    assert other.status_code == 422
    assert len(versions(tenant, media)) == 2


def test_several_writers_are_all_kept(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, OLD)["id"]
    images = [jpeg(n, 200, 150) for n in range(10, 16)]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda image: put(tenant, media, image), images))

    assert {answer.status_code for answer in answers} == {200}
    sums = [hashlib.sha256(one).hexdigest() for one in (OLD, *images)]
    last = tenant.client.get(f"media/{media}/").json()["sha256"]
    assert sorted([last, *(one["sha256"] for one in versions(tenant, media))]) == sorted(sums)
    (current,) = (one for one in images if hashlib.sha256(one).hexdigest() == last)
    assert found(tenant, current) == [media]
    assert all(found(tenant, one) == [] for one in (OLD, *images) if one != current)


def test_a_search_for_what_both_show_finds_the_media_at_every_moment(tenant: Tenant) -> None:
    pixels = photo(7, 640, 480)
    whole, cropped = encoded(pixels), encoded(Image.fromarray(pixels).crop((0, 0, 520, 400)))
    shown = encoded(np.ascontiguousarray(pixels[40:360, 40:480]))
    media = tenant.client.add(tenant.application, whole)["id"]
    wrong: list[Any] = []
    end = threading.Event()

    def look() -> None:
        while not end.is_set():
            if (ids := found(tenant, shown)) != [media]:
                wrong.append(ids)

    with ThreadPoolExecutor(3) as pool:
        looking = [pool.submit(look) for _ in range(3)]
        for n in range(8):
            answer = put(tenant, media, cropped if n % 2 == 0 else whole)
            assert answer.status_code == 200, answer.text
        end.set()
        for one in looking:
            one.result()
    assert wrong == []


def test_a_purge_leaves_nothing_of_any_picture(own_portal: Portal, own_tenant: Tenant) -> None:
    media = own_tenant.client.add(own_tenant.application, OLD)["id"]
    put(own_tenant, media, NEW)
    put(own_tenant, media, jpeg(3))
    assert own_portal.flask("check", "--deep").returncode == 0

    assert own_tenant.client.delete(f"media/{media}/?force=true").status_code == 204

    checked = own_portal.flask("check", "--deep")
    assert (checked.returncode, "0 problems" in checked.stdout) == (0, True), checked.stdout
    assert own_tenant.client.delete(f"applications/{own_tenant.application}/").status_code == 204


def test_other_routes_take_the_picture_that_counts(portal: Portal) -> None:
    tenant = new_tenant(portal, signatures=["match", "similarity", "colors"])
    other = tenant.client.add(tenant.application, OLD)["id"]
    media = tenant.client.add(tenant.application, jpeg(3))["id"]
    put(tenant, media, jpeg(1, 320, 240))

    similar = tenant.client.get(f"media/{media}/similar/").json()["data"]
    by_media = tenant.client.get("search/", params={"media": media, "signatures": "match"}).json()
    colors = tenant.client.get(f"media/{media}/colors/").json()

    assert [hit["media"]["id"] for hit in similar][:1] == [other]
    assert {hit["media"]["id"] for hit in by_media["data"]} == {media, other}
    assert colors == tenant.client.get(f"media/{media}/colors/").json()
    assert colors["colors"]
