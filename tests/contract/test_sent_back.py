"""What was read may be sent back, as clients of udata do; what cannot be changed is not ignored."""

import pytest

from ..fixtures import Tenant
from .routes import library

PATHS = (
    "applications/{application}/",
    "media/{media}/",
    "collections/{collection}/",
    "smart_collections/{smart}/",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("verb", ["PUT", "PATCH"])
def test_what_is_not_named_stays(tenant: Tenant, path: str, verb: str) -> None:
    path = path.format(**library(tenant))
    read = tenant.client.get(path).json()

    answer = tenant.client.request(verb, path, json={"name": "New"})

    assert answer.status_code == 200, answer.text
    assert answer.json() == {**read, "name": "New", "updated_at": answer.json()["updated_at"]}


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_with_a_new_name_is_a_change(tenant: Tenant, path: str) -> None:
    path = path.format(**library(tenant))
    read = tenant.client.get(path).json()

    answer = tenant.client.put(path, json={**read, "name": "New"})

    assert answer.status_code == 200, answer.text
    assert answer.json() == {**read, "name": "New", "updated_at": answer.json()["updated_at"]}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ["id", "created_at", "updated_at"])
def test_what_cannot_be_changed_is_refused_by_name(tenant: Tenant, path: str, name: str) -> None:
    path = path.format(**library(tenant))
    read = tenant.client.get(path).json()

    answer = tenant.client.put(path, json={name: "2020-01-01T00:00:00+00:00", "name": "New"})

    assert answer.status_code == 400
    assert "cannot be changed" in answer.json()["errors"][name]
    assert tenant.client.get(path).json() == read


def test_a_new_picture_in_a_put_is_refused(tenant: Tenant) -> None:
    path = f"media/{library(tenant)['media']}/"

    assert tenant.client.put(path, json={"url": "http://a.example/b.jpg"}).status_code == 400
    assert tenant.client.put(path, files={"image": b"x"}).status_code == 400


def test_a_link_may_be_sent_back_with_an_older_signature(tenant: Tenant) -> None:
    path = f"media/{library(tenant)['media']}/"
    url = tenant.client.get(path).json()["url"]

    old = url.partition("?")[0] + "?expires=1&signature=old"

    assert tenant.client.put(path, json={"url": old}).status_code == 200
