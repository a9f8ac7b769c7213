"""Collections over HTTP, udata dialect."""

from uuid import uuid4

import pytest

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Client


def collection(tenant: Tenant, name: str = "Bridges", **properties: object) -> dict[str, object]:
    answer = tenant.client.post(
        "collections/", json={"application": tenant.application, "name": name, **properties}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def media(tenant: Tenant, count: int, **properties: object) -> list[str]:
    return [
        tenant.client.add(tenant.application, jpeg(seed, 96, 64), **properties)["id"]
        for seed in range(count)
    ]


def listed(client: Client, path: str, **params: object) -> list[str]:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["data"]]


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


def test_members_are_listed_newest_first_and_in_each_order(tenant: Tenant) -> None:
    a, b, c = media(tenant, 3)
    made = collection(tenant)
    path = f"collections/{made['id']}/media/"
    for name, identifier in zip("zxy", (a, b, c), strict=True):
        tenant.client.put(f"media/{identifier}/", json={"name": name})

    added = tenant.client.post(path, json={"media": [b, a]})
    tenant.client.post(path, json={"media": [c, b]})

    assert added.status_code == 200, added.text
    assert [result["message"] for result in added.json()["results"]] == ["added", "added"]
    assert listed(tenant.client, path) == [c, b, a]
    assert listed(tenant.client, path, sort="created_at") == [a, b, c]
    assert listed(tenant.client, path, sort="name") == [b, c, a]
    assert listed(tenant.client, path, sort="-name") == [a, c, b]
    assert listed(tenant.client, path, sort="position") == [b, a, c]
    assert listed(tenant.client, path, sort="-position", page_size=2) == [c, a]
    assert listed(tenant.client, path, sort="-position", page_size=2, page=2) == [b]
    assert listed(tenant.client, path, sort="position", page_size=2, page=2) == [c]


def test_every_page_of_a_collection_is_the_slice_of_the_whole(tenant: Tenant) -> None:
    wanted = media(tenant, 11)[::-1]
    path = f"collections/{collection(tenant)['id']}/media/"
    tenant.client.post(path, json={"media": wanted})

    pages = [listed(tenant.client, path, page=page, page_size=3) for page in range(1, 5)]

    assert [one for page in pages for one in page] == wanted
    assert [len(page) for page in pages] == [3, 3, 3, 2]
    assert tenant.client.get(path, params={"page": 5, "page_size": 3}).status_code == 404


def test_adding_is_idempotent_and_each_id_has_its_own_result(
    tenant: Tenant, stranger: Tenant
) -> None:
    (one,) = media(tenant, 1)
    (foreign,) = media(stranger, 1)
    unknown = str(uuid4())
    path = f"collections/{collection(tenant)['id']}/media/"
    tenant.client.post(path, json={"media": [one]})

    answer = tenant.client.post(path, json={"media": [one, unknown, foreign, "no id"]})

    assert answer.status_code == 207
    results = {result["id"]: result for result in answer.json()["results"]}
    assert results[one]["message"] == "already in the collection"
    assert [results[i]["status"] for i in (one, unknown, foreign, "no id")] == [200, 404, 404, 404]
    assert results[foreign]["message"].replace(foreign, unknown) == results[unknown]["message"]
    assert tenant.client.post(path, json={"media": [foreign]}).status_code == 404
    assert listed(tenant.client, path) == [one]


def test_removing_takes_media_out_and_keeps_them(tenant: Tenant) -> None:
    a, b = media(tenant, 2)
    path = f"collections/{collection(tenant)['id']}/media/"
    tenant.client.post(path, json={"media": [a, b]})

    answer = tenant.client.delete(path, json={"media": [a]})

    assert answer.status_code == 200
    assert listed(tenant.client, path) == [b]
    assert listed(tenant.client, path, sort="position") == [b]
    assert set(listed(tenant.client, "media/")) == {a, b}


def test_a_soft_deleted_media_leaves_the_list_and_comes_back(tenant: Tenant) -> None:
    a, b = media(tenant, 2)
    path = f"collections/{collection(tenant)['id']}/media/"
    tenant.client.post(path, json={"media": [a, b]})

    tenant.client.delete(f"media/{a}/")
    assert listed(tenant.client, path) == [b]
    assert tenant.client.get(path).json()["total"] == 1
    assert listed(tenant.client, path, sort="position") == [b]

    tenant.client.post(f"media/{a}/restore/")
    assert listed(tenant.client, path, sort="position") == [a, b]


def test_a_purged_media_leaves_every_collection(tenant: Tenant) -> None:
    a, b = media(tenant, 2)
    paths = [f"collections/{collection(tenant, name)['id']}/media/" for name in "xy"]
    for path in paths:
        tenant.client.post(path, json={"media": [a, b]})

    assert tenant.client.delete(f"media/{a}/", params={"force": "true"}).status_code == 204

    assert tenant.client.get(f"media/{a}/").status_code == 404
    for path in paths:
        assert listed(tenant.client, path) == [b]


def test_ten_thousand_ids_go_in_one_call_and_one_more_is_refused(tenant: Tenant) -> None:
    (one,) = media(tenant, 1)
    path = f"collections/{collection(tenant)['id']}/media/"
    ids = [str(uuid4()) for _ in range(9_999)]

    answer = tenant.client.post(path, json={"media": [*ids, one]})
    assert answer.status_code == 207
    assert len(answer.json()["results"]) == 10_000
    assert listed(tenant.client, path) == [one]

    ids = [str(uuid4()) for _ in range(10_001)]
    assert tenant.client.post(path, json={"media": ids}).status_code == 400


@pytest.mark.parametrize("ids", [[], "x", {}, [1], None, [["x"]]])
def test_a_bad_list_of_ids_is_refused(tenant: Tenant, ids: object) -> None:
    path = f"collections/{collection(tenant)['id']}/media/"

    for answer in (
        tenant.client.post(path, json={"media": ids}),
        tenant.client.delete(path, json={"media": ids}),
        tenant.client.delete("media/", json={"ids": ids}),
    ):
        assert answer.status_code == 400, answer.text


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
