"""One change of many media, and many restored; each with a result of its own."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ..fixtures import Tenant
from ..images import jpeg

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def three(tenant: Tenant) -> list[str]:
    """Ids of three media with a keyword and metadata each."""
    return [
        tenant.client.add(
            tenant.application,
            jpeg(1, 32, 32),
            keywords=f"Old, k{number}",
            metadata=json.dumps({"year": 1900 + number, "state": "lost"}),
        )["id"]
        for number in range(3)
    ]


def read(tenant: Tenant, identifier: str) -> dict[str, Any]:
    found: dict[str, Any] = tenant.client.get(f"media/{identifier}/").json()
    return found


def found_by(tenant: Tenant, **arguments: str) -> int:
    asked = {"application": tenant.application, **arguments}
    total: int = tenant.client.get("media/", params=asked).json()["total"]
    return total


def test_keywords_and_metadata_are_added_and_taken_away(tenant: Tenant, three: list[str]) -> None:
    answer = tenant.client.patch(
        "media/",
        json={
            "ids": three[:2],
            "add_keywords": ["new", "K0"],
            "remove_keywords": ["OLD"],
            "set_metadata": {"place": {"city": "Metz"}},
            "unset_metadata": ["state", "nothing"],
        },
    )

    assert answer.status_code == 200, answer.text
    assert [one["status"] for one in answer.json()["results"]] == [200, 200]
    first = read(tenant, three[0])
    assert first["keywords"] == ["k0", "new"]
    assert first["metadata"] == {"year": 1900, "place": {"city": "Metz"}}
    assert read(tenant, three[2])["keywords"] == ["Old", "k2"]
    assert (found_by(tenant, keyword="old"), found_by(tenant, keyword="new")) == (1, 2)
    assert (found_by(tenant, q="metz"), found_by(tenant, **{"metadata.state": "lost"})) == (2, 1)


def test_media_may_be_named_by_a_query(tenant: Tenant, three: list[str]) -> None:
    body = {"query": {"range": {"year": {"gte": 1901}}}, "add_keywords": ["late"]}

    answer = tenant.client.patch("media/", json=body)

    assert {one["id"] for one in answer.json()["results"]} == set(three[1:])
    assert found_by(tenant, keyword="late") == 2
    none = tenant.client.patch("media/", json={**body, "query": {"keywords": ["nobody"]}})
    assert (none.status_code, none.json()["results"]) == (200, [])


def test_each_has_a_result_of_its_own(tenant: Tenant, stranger: Tenant, three: list[str]) -> None:
    foreign = stranger.client.add(stranger.application, jpeg(2, 32, 32))["id"]
    tenant.client.delete(f"media/{three[1]}/")
    many = [f"w{number}" for number in range(198)]
    tenant.client.patch(f"media/{three[2]}/", json={"keywords": [*many, "x", "y"]})
    ids = [three[0], three[1], three[2], foreign, UNKNOWN, "x"]

    answer = tenant.client.patch("media/", json={"ids": ids, "add_keywords": ["new"]})

    assert answer.status_code == 207
    statuses = [one["status"] for one in answer.json()["results"]]
    assert statuses == [200, 410, 400, 404, 404, 404]
    assert stranger.client.get(f"media/{foreign}/").json()["keywords"] == []


def test_media_are_put_into_a_collection(
    tenant: Tenant, stranger: Tenant, three: list[str]
) -> None:
    named = {"application": tenant.application, "name": "c"}
    collection = tenant.client.post("collections/", json=named).json()["id"]
    body = {"ids": three, "add_to_collection": collection}

    assert tenant.client.patch("media/", json=body).status_code == 200
    assert found_by(tenant, collection=collection) == 3
    theirs = {"application": stranger.application, "name": "c"}
    foreign = stranger.client.post("collections/", json=theirs).json()["id"]
    refused = tenant.client.patch(
        "media/", json={"ids": three, "add_to_collection": foreign, "add_keywords": ["new"]}
    )
    assert refused.status_code == 404
    assert found_by(tenant, keyword="new") == 0


def test_changes_at_the_same_moment_are_all_kept(tenant: Tenant, three: list[str]) -> None:
    def add(number: int) -> int:
        body = {"ids": three, "add_keywords": [f"n{number}"], "set_metadata": {f"m{number}": 1}}
        return tenant.client.patch("media/", json=body).status_code

    with ThreadPoolExecutor(5) as pool:
        assert set(pool.map(add, range(5))) == {200}

    for identifier in three:
        media = read(tenant, identifier)
        assert {f"n{number}" for number in range(5)} <= set(media["keywords"])
        assert {f"m{number}" for number in range(5)} <= set(media["metadata"])


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"add_keywords": ["a"]}, "ids"),
        ({"ids": [UNKNOWN], "query": {"keywords": ["a"]}, "add_keywords": ["a"]}, "ids"),
        ({"ids": [UNKNOWN]}, "set_metadata"),
        ({"ids": [], "add_keywords": ["a"]}, "ids"),
        ({"ids": [str(n) for n in range(1001)], "add_keywords": ["a"]}, "ids"),
        ({"ids": [UNKNOWN], "add_keywords": [1]}, "add_keywords"),
        ({"ids": [UNKNOWN], "set_metadata": {"$a": 1}}, "set_metadata"),
        ({"ids": [UNKNOWN], "unset_metadata": "[1]"}, "unset_metadata"),
        ({"ids": [UNKNOWN], "keywords": ["a"]}, "keywords"),
        ({"query": {}, "add_keywords": ["a"]}, "query"),
    ],
)
def test_bad_edits_are_refused(tenant: Tenant, body: dict[str, Any], name: str) -> None:
    answer = tenant.client.patch("media/", json=body)

    assert answer.status_code == 400, answer.text
    assert name in answer.json()["errors"]


def test_many_are_restored(tenant: Tenant, stranger: Tenant, three: list[str]) -> None:
    tenant.client.delete("media/", json={"ids": three[:2]})

    refused = stranger.client.post("media/restore/", json={"ids": three[:2]})
    answer = tenant.client.post("media/restore/", json={"ids": [*three, UNKNOWN]})

    assert refused.status_code == 404
    assert answer.status_code == 207
    assert [one["status"] for one in answer.json()["results"]] == [200, 200, 409, 404]
    assert found_by(tenant) == 3
