"""A request that is repeated with its Idempotency-Key is answered as the first time."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests

from udata_mediadb.mongo.clock import now
from udata_mediadb.web.models import OnceAnswered

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Portal

PICTURE = jpeg(1, 64, 48)


def send(
    tenant: Tenant, key: str | None, image: bytes = PICTURE, **fields: Any
) -> requests.Response:
    return tenant.client.post(
        "media/",
        data={"application": tenant.application, **fields},
        files={"image": ("a.jpg", image)},
        headers={"Idempotency-Key": key} if key is not None else {},
    )


def total(tenant: Tenant) -> int:
    asked = {"application": tenant.application}
    found: int = tenant.client.get("media/", params=asked).json()["total"]
    return found


def test_a_repeat_gets_the_first_answer_and_stores_nothing(tenant: Tenant) -> None:
    key = secrets.token_hex(8)

    first = send(tenant, key, name="A", metadata='{"a": 1}')
    tenant.client.patch(f"media/{first.json()['id']}/", json={"name": "B"})
    again = send(tenant, key, name="A", metadata='{"a": 1}')

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert total(tenant) == 1


def test_another_body_with_the_same_key_is_refused(tenant: Tenant) -> None:
    key = secrets.token_hex(8)
    send(tenant, key, name="A")

    for other in (send(tenant, key, name="B"), send(tenant, key, jpeg(2), name="A")):
        assert (other.status_code, other.json()["error"]) == (422, "unprocessable")
    assert total(tenant) == 1


def test_without_a_key_and_with_another_each_is_a_new_one(tenant: Tenant) -> None:
    for key in (None, None, "a" + secrets.token_hex(8), "b" + secrets.token_hex(8)):
        assert send(tenant, key).status_code == 201
    assert total(tenant) == 4


def test_the_key_of_another_caller_is_another_key(tenant: Tenant, stranger: Tenant) -> None:
    key = secrets.token_hex(8)

    assert send(tenant, key).json()["id"] != send(stranger, key).json()["id"]


def test_what_was_refused_may_be_tried_again(tenant: Tenant) -> None:
    key = secrets.token_hex(8)

    assert send(tenant, key, b"no picture").status_code == 415
    assert send(tenant, key).status_code == 201


def test_several_at_once_store_one(tenant: Tenant) -> None:
    key = secrets.token_hex(8)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: send(tenant, key), range(6)))

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert total(tenant) == 1


@pytest.mark.parametrize("was_stored", [True, False])
def test_an_answer_that_was_never_written_is_made_good(
    portal: Portal, tenant: Tenant, was_stored: bool
) -> None:
    """The worker was killed behind the upload, or in it."""
    key = secrets.token_hex(8)
    before = {one.id for one in known(portal)}
    first = send(tenant, key).json()
    with portal.app.app_context():
        (record,) = [one for one in known(portal) if one.id not in before]
        record.modify(answer=None, status=None, at=now() - timedelta(minutes=2))
    if not was_stored:
        tenant.client.delete(f"media/{first['id']}/", params={"force": "true"})

    again = send(tenant, key)

    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    assert total(tenant) == 1


def known(portal: Portal) -> list[OnceAnswered]:
    with portal.app.app_context():
        return list(OnceAnswered.objects())


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_other_keys_are_refused(tenant: Tenant, key: str) -> None:
    assert "Idempotency-Key" in send(tenant, key).json()["errors"]


def made(tenant: Tenant, path: str) -> tuple[str, dict[str, Any]]:
    """A path whose repeat would do harm, and a body for it."""
    named = {"application": tenant.application, "name": "Bridges"}
    bodies = {
        "collections/": named,
        "smart_collections/": {**named, "query": {"keywords": ["x"]}},
    }
    return path, bodies[path]


@pytest.mark.parametrize("path", ["collections/", "smart_collections/"])
def test_collections_are_made_once(tenant: Tenant, path: str) -> None:
    key = {"Idempotency-Key": secrets.token_hex(8)}
    path, body = made(tenant, path)

    first, again = (tenant.client.post(path, json=body, headers=key) for _ in range(2))
    other = tenant.client.post(path, json={**body, "name": "Owls"}, headers=key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()
    listed = tenant.client.get(path, params={"application": tenant.application}).json()
    assert listed["total"] == 1


@pytest.mark.parametrize("path", ["collections/", "smart_collections/"])
def test_a_collection_whose_answer_was_never_written_is_made_once(
    portal: Portal, tenant: Tenant, path: str
) -> None:
    key = {"Idempotency-Key": secrets.token_hex(8)}
    path, body = made(tenant, path)
    before = {one.id for one in known(portal)}
    first = tenant.client.post(path, json=body, headers=key).json()
    with portal.app.app_context():
        (record,) = [one for one in known(portal) if one.id not in before]
        record.modify(answer=None, status=None, at=now() - timedelta(minutes=2))

    assert tenant.client.post(path, json=body, headers=key).json() == first


def test_a_bulk_edit_is_done_once(tenant: Tenant) -> None:
    media = send(tenant, None).json()["id"]
    key = {"Idempotency-Key": secrets.token_hex(8)}
    body = {"ids": [media], "add_keywords": ["bridge"]}

    first = tenant.client.patch("media/", json=body, headers=key)
    tenant.client.patch(f"media/{media}/", json={"keywords": []})
    again = tenant.client.patch("media/", json=body, headers=key)
    other = tenant.client.patch("media/", json={**body, "add_keywords": ["x"]}, headers=key)

    assert (first.status_code, again.json(), other.status_code) == (200, first.json(), 422)
    assert tenant.client.get(f"media/{media}/").json()["keywords"] == []
