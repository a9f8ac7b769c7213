"""Lists, collections and smart collections as a client of LTU MediaDB uses them."""

from uuid import uuid4

import pytest

from ..images import jpeg
from .conftest import LTUTenant


def test_collections_from_creation_to_removal(ltu_tenant: LTUTenant) -> None:
    ltu = ltu_tenant.ltu
    ids = [ltu.add_picture(jpeg(seed, 96, 64), name=name) for seed, name in enumerate("bca")]
    made = ltu.request("POST", "/collection", json={"name": "statue", "keywords": ["bla"]})
    assert made.status_code == 201
    statue = made.json()
    assert set(statue) == {
        *("id", "collections", "created_at", "updated_at", "name", "metadata", "keywords"),
        *("api_key", "parent"),
    }
    assert (statue["parent"], statue["collections"]) == (None, [])
    assert statue["api_key"] == ltu.public_key
    inner = ltu.request("POST", "/collection", json={"name": "in", "parent": statue["id"]}).json()

    listed = ltu.request("GET", "/collection").json()
    assert [(one["id"], one["collections"]) for one in listed] == [(statue["id"], [inner["id"]])]
    everything = ltu.request("GET", "/collection", params={"full": "true"}).json()
    assert [one["id"] for one in everything] == [inner["id"], statue["id"]]

    path = f"/collection/{statue['id']}/medias"
    added = ltu.request("PATCH", path, json={"medias": ids})
    assert (added.status_code, added.json()["added"]) == (200, ids)
    again = ltu.request("PATCH", path, json={"medias": [ids[0], str(uuid4())]})
    assert (again.status_code, again.json()["already"]) == (207, [ids[0]])
    assert ltu.request("PATCH", path, json={"medias": [str(uuid4())]}).status_code == 404

    page = ltu.request("GET", path, params={"page_size": 2}).json()
    assert [item["id"] for item in page["results"]] == [ids[2], ids[1]]
    assert page["count"] == 3
    following = f"{ltu.base}/collection/{statue['id']}/media_listing?page=2&page_size=2"
    assert page["next"] == following
    last = ltu.request("GET", following).json()
    assert [item["id"] for item in last["results"]] == [ids[0]]
    assert last["previous"] == following.replace("page=2&", "")
    posted = ltu.request("POST", path, params={"order_by": "name", "desc": "true"}).json()
    assert [item["name"] for item in posted["results"]] == ["c", "b", "a"]

    removed = ltu.request("DELETE", path, json={"medias": [ids[0]]})
    assert (removed.status_code, removed.json()["removed"]) == (200, [ids[0]])
    assert ltu.request("GET", path).json()["count"] == 2
    gone = ltu.request("DELETE", f"/collection/{statue['id']}")
    assert (gone.status_code, gone.json()) == (200, {"id": statue["id"]})
    assert ltu.request("GET", path).status_code == 404
    assert ltu.request("GET", f"/collection/{inner['id']}").json()["parent"] is None
    assert ltu.request("GET", "/media").json()["count"] == 3


ORDERS = ["created_at", "request_at", "name", "status", "thumbnail_url", "url", "uuid", "version"]


@pytest.mark.parametrize("key", ORDERS)
def test_each_sort_key_ascends_or_descends(ltu_tenant: LTUTenant, key: str) -> None:
    ltu = ltu_tenant.ltu
    ids = [ltu.add_picture(jpeg(seed, 96, 64), name=name) for seed, name in enumerate("bca")]
    held = ltu.request("POST", "/collection", json={"name": "x"}).json()["id"]
    path = f"/collection/{held}/medias"
    ltu.request("PATCH", path, json={"medias": ids})

    def listed(**params: str) -> list[dict[str, object]]:
        return list(ltu.request("GET", path, params={"order_by": key, **params}).json()["results"])

    ascending = listed()
    shown = [item["media"][key] if "url" in key else item[key] for item in ascending]
    assert [str(value) for value in shown] == sorted(map(str, shown))
    assert [item["id"] for item in listed(desc="True")] == [item["id"] for item in ascending][::-1]
    assert listed(desc="false") == ascending
    assert ltu.request("GET", path, params={"order_by": "size"}).status_code == 400


def test_smart_collections_from_creation_to_removal(ltu_tenant: LTUTenant) -> None:
    ltu = ltu_tenant.ltu
    wanted = ltu.add_picture(
        jpeg(1, 96, 64), keywords=["painting"], metadata={"artist": "da vinci"}
    )
    ltu.add_picture(jpeg(2, 96, 64), keywords=["painting"])
    query = {"keywords": ["Painting"], "metadata": {"artist": "Da Vinci"}}
    made = ltu.request("POST", "/smart_collection", json={"name": "painting", "query": query})
    assert made.status_code == 201
    assert set(made.json()) == {
        *("id", "created_at", "updated_at", "name", "metadata", "keywords", "query", "api_key")
    }
    assert made.json()["query"] == query

    assert ltu.request("GET", "/smart_collection").json() == [made.json()]
    path = f"/smart_collection/{made.json()['id']}"
    page = ltu.request("GET", f"{path}/medias", params={"page": 1, "order_by": "created_at"})
    assert [item["id"] for item in page.json()["results"]] == [wanted]
    assert ltu.request("GET", f"{path}/medias", params={"page": 2}).status_code == 404
    assert ltu.request("DELETE", path).json() == {"id": made.json()["id"]}
    assert ltu.request("GET", f"{path}/medias").status_code == 404


def test_search_by_keywords_and_metadata_alone(ltu_tenant: LTUTenant) -> None:
    ltu = ltu_tenant.ltu
    one = ltu.add_picture(jpeg(1, 96, 64), keywords=["notre-dame"], metadata={"sujet": "x"})
    two = ltu.add_picture(jpeg(2, 96, 64), keywords=["Notre-Dame"])

    found = ltu.search(keywords=["notre-dame"])

    assert [item["id"] for item in found] == [two, one]
    assert "details" not in found[0]
    assert {"id", "media", "name", "metadata", "keywords"} <= set(found[0])
    assert [item["id"] for item in ltu.search(keywords="notre-dame", metadata={"sujet": "X"})] == [
        one
    ]
    assert ltu.search(keywords=["unknown"]) == []
