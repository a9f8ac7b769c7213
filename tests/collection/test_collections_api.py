"""Collections over HTTP, udata dialect."""

import pytest

from ..fixtures import Tenant
from ..portal import Client
from .made import collection, listed, media


def test_a_collection_has_what_it_was_given(tenant: Tenant) -> None:
    made = collection(tenant, keywords=["river"], metadata={"country": "France"})

    assert made["keywords"] == ["river"]
    assert made["metadata"] == {"country": "France"}
    assert (made["parent"], made["collections"]) == (None, [])
    assert tenant.client.get(f"collections/{made['id']}/").json() == made


def test_collections_lie_in_one_another(tenant: Tenant) -> None:
    outer = collection(tenant, "outer")
    inner = collection(tenant, "inner", parent=outer["id"])

    assert tenant.client.get(f"collections/{outer['id']}/").json()["collections"] == [inner["id"]]
    assert listed(tenant.client, "collections/", parent="") == [outer["id"]]
    assert listed(tenant.client, "collections/", parent=outer["id"]) == [inner["id"]]
    assert listed(tenant.client, "collections/") == [inner["id"], outer["id"]]


def test_a_collection_can_be_moved(tenant: Tenant) -> None:
    first, second = collection(tenant, "a"), collection(tenant, "b")

    moved = tenant.client.put(f"collections/{second['id']}/", json={"parent": first["id"]})
    assert moved.json()["parent"] == first["id"]
    assert moved.json()["name"] == "b"
    back = tenant.client.put(f"collections/{second['id']}/", json={"parent": None})
    assert back.json()["parent"] is None


def test_a_collection_cannot_lie_in_its_own_descendant(tenant: Tenant) -> None:
    outer = collection(tenant, "outer")
    middle = collection(tenant, "middle", parent=outer["id"])
    inner = collection(tenant, "inner", parent=middle["id"])

    for parent in (outer, middle, inner):
        answer = tenant.client.put(f"collections/{outer['id']}/", json={"parent": parent["id"]})
        assert answer.status_code == 409, answer.text
    assert tenant.client.get(f"collections/{outer['id']}/").json()["parent"] is None


def test_collections_are_nested_sixteen_deep_and_no_deeper(tenant: Tenant) -> None:
    parent = None
    for level in range(16):
        parent = collection(tenant, f"level {level}", parent=parent)["id"]

    answer = tenant.client.post(
        "collections/", json={"application": tenant.application, "name": "x", "parent": parent}
    )

    assert answer.status_code == 409, answer.text


def test_deleting_a_collection_lifts_what_lies_in_it(tenant: Tenant) -> None:
    outer = collection(tenant, "outer")
    middle = collection(tenant, "middle", parent=outer["id"])
    inner = collection(tenant, "inner", parent=middle["id"])

    assert tenant.client.delete(f"collections/{middle['id']}/").status_code == 204

    assert tenant.client.get(f"collections/{middle['id']}/").status_code == 404
    assert tenant.client.get(f"collections/{inner['id']}/").json()["parent"] == outer["id"]


def test_deleting_recursively_takes_the_subtree_but_no_media(tenant: Tenant) -> None:
    outer = collection(tenant, "outer")
    inner = collection(tenant, "inner", parent=outer["id"])
    (one,) = media(tenant, 1)
    tenant.client.post(f"collections/{inner['id']}/media/", json={"media": [one]})

    answer = tenant.client.delete(f"collections/{outer['id']}/", params={"recursive": "true"})

    assert answer.status_code == 204
    assert listed(tenant.client, "collections/") == []
    assert listed(tenant.client, "media/") == [one]


@pytest.mark.parametrize(
    "arguments",
    [
        *({"params": {"recursive": yes}} for yes in ("on", "1", "YES", "True")),
        {"json": {"recursive": True}},
        {"data": {"recursive": "on"}},
    ],
    ids=str,
)
def test_each_way_to_say_yes_deletes_recursively(
    tenant: Tenant, arguments: dict[str, object]
) -> None:
    outer = collection(tenant, "outer")
    collection(tenant, "inner", parent=outer["id"])

    answer = tenant.client.delete(f"collections/{outer['id']}/", **arguments)

    assert answer.status_code == 204
    assert listed(tenant.client, "collections/") == []


def test_a_recursion_that_is_neither_yes_nor_no_deletes_nothing(tenant: Tenant) -> None:
    outer = collection(tenant, "outer")

    answer = tenant.client.delete(f"collections/{outer['id']}/", params={"recursive": "maybe"})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["recursive"]
    assert listed(tenant.client, "collections/") == [outer["id"]]


# name, what is accepted
NAMES = [
    ("a/b/../c", True),
    ('"it\'s" <b>', True),
    ("🏛️ 建物", True),
    (" x ", True),
    ("x" * 1024, True),
    ("x" * 10_000, False),
    ("", False),
    ("  ", False),
    ("a\0b", False),
    (12, False),
    (None, False),
]


@pytest.mark.parametrize(("name", "accepted"), NAMES)
def test_names_are_any_text_of_sane_length(tenant: Tenant, name: object, accepted: bool) -> None:
    answer = tenant.client.post(
        "collections/", json={"application": tenant.application, "name": name}
    )

    assert answer.status_code == (201 if accepted else 400), answer.text
    if accepted:
        assert answer.json()["name"] == str(name).strip()


def test_nobody_else_sees_or_changes_a_collection(
    tenant: Tenant, stranger: Tenant, anonymous: Client
) -> None:
    path = f"collections/{collection(tenant)['id']}/"

    for client, code in ((stranger.client, 404), (anonymous, 404)):
        assert client.get(path).status_code == code
        assert client.get(path + "media/").status_code == code
    assert stranger.client.put(path, json={"name": "mine"}).status_code == 404
    assert stranger.client.delete(path).status_code == 404
    assert anonymous.delete(path).status_code == 401
    assert listed(stranger.client, "collections/") == []
    parent = path.split("/")[1]
    body = {"application": stranger.application, "name": "x", "parent": parent}
    assert stranger.client.post("collections/", json=body).status_code == 400


def test_many_are_deleted_at_once_each_with_a_result(tenant: Tenant, stranger: Tenant) -> None:
    a, b, c = media(tenant, 3)
    (foreign,) = media(stranger, 1)
    tenant.client.delete(f"media/{c}/")

    answer = tenant.client.delete("media/", json={"ids": [a, c, foreign]})

    assert answer.status_code == 207
    assert [result["status"] for result in answer.json()["results"]] == [200, 410, 404]
    assert listed(tenant.client, "media/") == [b]
    assert listed(stranger.client, "media/") == [foreign]

    forced = tenant.client.delete("media/", json={"ids": [a, b, c], "force": True})
    assert forced.status_code == 200
    assert [tenant.client.get(f"media/{i}/").status_code for i in (a, b, c)] == [404] * 3
