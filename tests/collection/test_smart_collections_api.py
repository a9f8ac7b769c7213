"""Smart collections over HTTP, udata dialect; the JSON form of queries."""

from collections.abc import Iterator
from typing import Any

import pytest

from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import Portal
from .made import listed

# The holdings of all tests of this module, by name.
HOLDINGS: dict[str, dict[str, Any]] = {
    "bridge": {
        "keywords": ["River", "bridge"],
        "metadata": {"country": "France", "year": 1900, "height_m": -2.5},
    },
    "tower": {
        "keywords": ["tower"],
        "metadata": {"country": "France", "year": "1889", "opened": "1889-03-31"},
    },
    "palace": {
        "keywords": ["BRIDGE", "café"],
        "metadata": {"country": ["Italy", "France"], "year": 1650.0, "opened": "1650-01-01"},
    },
    "barn": {"keywords": [], "metadata": {"place": {"country": "Norway"}, "sold": True}},
    "odd": {"keywords": ["a=b"], "metadata": {"a=b": "c", "note": "$ne"}},
}


@pytest.fixture(scope="module")
def holder(portal: Portal) -> Iterator[Tenant]:
    tenant = new_tenant(portal)
    for seed, (name, described) in enumerate(HOLDINGS.items()):
        added = tenant.client.add(tenant.application, jpeg(seed, 96, 64), name=name)
        answer = tenant.client.put(f"media/{added['id']}/", json=described)
        assert answer.status_code == 200, answer.text
    yield tenant


def held(tenant: Tenant, query: object) -> set[str]:
    made = tenant.client.post(
        "smart_collections/",
        json={"application": tenant.application, "name": "some", "query": query},
    )
    assert made.status_code == 201, made.text
    answer = tenant.client.get(f"smart_collections/{made.json()['id']}/media/").json()
    assert answer["total"] == len(answer["data"])
    return {media["name"] for media in answer["data"]}


# query, the names of what meets it
QUERIES: list[tuple[dict[str, Any], set[str]]] = [
    ({"keywords": ["bridge"]}, {"bridge", "palace"}),
    ({"keywords": "river, BRIDGE"}, {"bridge"}),
    ({"keywords": ["cafe\u0301"]}, {"palace"}),
    ({"metadata": {"country": " france "}}, {"bridge", "tower", "palace"}),
    ({"metadata": {"country": ["norway", "Italy"]}}, {"palace"}),
    ({"metadata": {"COUNTRY": "Italy"}}, {"palace"}),
    ({"metadata": {"year": 1889}}, {"tower"}),
    ({"metadata": {"year": "1900"}}, {"bridge"}),
    ({"metadata": {"year": 1650}}, {"palace"}),
    ({"metadata": {"place": {"country": "norway"}}}, {"barn"}),
    ({"metadata": {"sold": True}}, {"barn"}),
    ({"metadata": {"a": "b=c"}}, set()),
    ({"metadata": {"a=b": "c"}}, {"odd"}),
    ({"metadata": {"note": "$ne"}}, {"odd"}),
    ({"keywords": ["bridge"], "metadata": {"country": "Italy"}}, {"palace"}),
    ({"range": {"year": {"gte": 1889}}}, {"bridge", "tower"}),
    ({"range": {"year": {"gt": 1889, "lte": 1900}}}, {"bridge"}),
    ({"range": {"year": {"lt": 1889}}}, {"palace"}),
    ({"range": {"height_m": {"lt": 0}}}, {"bridge"}),
    ({"range": {"height_m": {"gt": -2.5}}}, set()),
    ({"range": {"opened": {"gte": "1889-01-01", "lt": "1890"}}}, {"tower"}),
    ({"range": {"opened": {"lte": "1650-01-01"}}}, {"palace"}),
    ({"or": [{"keywords": ["tower"]}, {"metadata": {"sold": True}}]}, {"tower", "barn"}),
    ({"not": {"metadata": {"country": "France"}}}, {"barn", "odd"}),
    (
        {"keywords": ["bridge"], "not": {"or": [{"metadata": {"country": "Italy"}}]}},
        {"bridge"},
    ),
    (
        {"and": [{"keywords": ["bridge"]}, {"not": {"range": {"year": {"lt": 1700}}}}]},
        {"bridge"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("query", "names"), QUERIES)
def test_a_query_holds_what_meets_all_of_it(
    holder: Tenant, query: dict[str, Any], names: set[str]
) -> None:
    assert held(holder, query) == names


# what is no query
BAD_QUERIES: list[object] = [
    None,
    {},
    [],
    "x",
    {"keywords": []},
    {"keywords": [], "metadata": {}},
    {"$where": "sleep(1000)"},
    {"metadata": {"year": {"$ne": None}}},
    {"metadata": {"$where": "1"}},
    {"metadata": {"a.b": 1}},
    {"metadata": {"year": []}},
    {"metadata": {"year": {}}},
    {"metadata": {"year": [{"$gt": 1}]}},
    {"keywords": [{"$ne": None}]},
    {"keywords": {"$ne": None}},
    {"name": "x"},
    {"or": []},
    {"or": {}},
    {"or": [{}]},
    {"not": {}},
    {"not": []},
    {"range": {"year": {}}},
    {"range": {"year": {"$gt": 1}}},
    {"range": {"year": {"ge": 1}}},
    {"range": {"year": 1}},
    {"range": {"year": {"gt": True}}},
    {"range": {"year": {"gt": None}}},
    {"range": {"year": {"gt": 1, "lt": "2"}}},
    {"range": {"$year": {"gt": 1}}},
    {"range": {"": {"gt": 1}}},
    {"keywords": [f"k{i}" for i in range(101)]},
    {"or": [{"keywords": ["a"]}] * 101},
    {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"keywords": ["a"]}}}}}}}},
]


@pytest.mark.parametrize("query", BAD_QUERIES)
def test_what_is_no_query_is_refused(tenant: Tenant, query: object) -> None:
    body = {"application": tenant.application, "name": "x", "query": query}

    answer = tenant.client.post("smart_collections/", json=body)

    assert answer.status_code == 400, answer.text
    assert "query" in answer.json()["errors"]


def test_a_smart_collection_is_changed_and_deleted(tenant: Tenant) -> None:
    body = {"application": tenant.application, "name": "a", "query": {"keywords": ["x"]}}
    made = tenant.client.post("smart_collections/", json={**body, "keywords": ["about"]}).json()
    path = f"smart_collections/{made['id']}/"
    (one,) = [tenant.client.add(tenant.application, jpeg(1, 96, 64), keywords="y")["id"]]
    assert listed(tenant.client, path + "media/") == []

    changed = tenant.client.put(path, json={"query": {"keywords": ["y"]}}).json()

    assert changed["query"] == {"keywords": ["y"]}
    assert (changed["name"], changed["keywords"]) == ("a", ["about"])
    assert listed(tenant.client, path + "media/") == [one]
    assert listed(tenant.client, path + "media/", keyword="z") == []
    assert tenant.client.delete(path).status_code == 204
    assert tenant.client.get(path).status_code == 404
    assert listed(tenant.client, "media/") == [one]


def test_a_change_of_a_media_shows_in_the_smart_collection_at_once(tenant: Tenant) -> None:
    body = {"application": tenant.application, "name": "a", "query": {"keywords": ["x"]}}
    path = f"smart_collections/{tenant.client.post('smart_collections/', json=body).json()['id']}/"
    one = tenant.client.add(tenant.application, jpeg(1, 96, 64))["id"]

    for keywords, expected in ((["x"], [one]), (["y"], []), (["X"], [one])):
        tenant.client.put(f"media/{one}/", json={"keywords": keywords})
        assert listed(tenant.client, path + "media/") == expected
