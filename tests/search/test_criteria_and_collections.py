"""Searching within collections, by criteria alone, and with a threshold."""

from typing import Any

import cv2
import pytest

from ..collection.made import collection
from ..fixtures import Tenant
from ..images import encoded, jpeg, photo


def found(tenant: Tenant, image: bytes | None = None, **properties: Any) -> list[str]:
    files = {"image": image} if image else None
    body = {"data": properties} if image else {"json": properties}
    answer = tenant.client.post("search/", files=files, **body)
    assert answer.status_code == 200, answer.text
    return [hit["media"]["id"] for hit in answer.json()["data"]]


@pytest.fixture
def stored(tenant: Tenant) -> list[str]:
    """The same picture three times, keywords a, b and both."""
    return [
        tenant.client.add(tenant.application, jpeg(7), keywords=words)["id"]
        for words in ("a", "b", "a,b")
    ]


def test_a_search_stays_in_the_collection(tenant: Tenant, stored: list[str]) -> None:
    first, second, third = stored
    held = collection(tenant)["id"]
    tenant.client.post(f"collections/{held}/media/", json={"media": [first, second]})

    assert set(found(tenant, jpeg(7))) == set(stored)
    assert set(found(tenant, jpeg(7), collection=held)) == {first, second}
    assert found(tenant, jpeg(7), collection=held, keywords="b") == [second]
    assert found(tenant, collection=held) == [second, first]
    assert third not in found(tenant, media=third, collection=held)


def test_a_search_stays_in_the_smart_collection(tenant: Tenant, stored: list[str]) -> None:
    body = {"application": tenant.application, "name": "s", "query": {"keywords": ["a"]}}
    smart = tenant.client.post("smart_collections/", json=body).json()["id"]

    assert set(found(tenant, jpeg(7), smart_collection=smart)) == {stored[0], stored[2]}
    assert found(tenant, smart_collection=smart, query={"not": {"keywords": ["b"]}}) == [stored[0]]
    assert tenant.client.post("search/", json={"smart_collection": "f" * 32}).status_code == 404


def test_a_search_by_criteria_alone_lists_newest_first(tenant: Tenant, stored: list[str]) -> None:
    answer = tenant.client.post("search/", json={"keywords": ["A"], "page_size": 1}).json()

    assert answer["total"] == 2
    (hit,) = answer["data"]
    assert hit["media"]["id"] == stored[2]
    assert (hit["decision"], hit["distance"], hit["score"], hit["details"]) == (None,) * 3 + ({},)
    assert found(tenant, query={"or": [{"keywords": ["b"]}]}) == [stored[2], stored[1]]


def test_a_threshold_leaves_out_weaker_hits(tenant: Tenant, stored: list[str]) -> None:
    blurred = encoded(cv2.GaussianBlur(photo(7)[150:300, 150:350], (0, 0), 3), quality=30)
    answer = tenant.client.post("search/", files={"image": blurred}).json()
    scores = [hit["score"] for hit in answer["data"]]
    assert len(scores) == 3
    assert all(0 < score < 1 for score in scores)

    assert found(tenant, blurred, min_score=str((max(scores) + 1) / 2)) == []
    assert len(found(tenant, blurred, min_score=str(min(scores)))) == 3


@pytest.mark.parametrize("score", ["-1", "1.5", "x", "nan", True])
def test_a_bad_threshold_is_refused(tenant: Tenant, score: object) -> None:
    answer = tenant.client.post("search/", json={"keywords": ["a"], "min_score": score})

    assert answer.status_code == 400


def test_a_collection_of_another_application_is_unknown(
    tenant: Tenant, stranger: Tenant, stored: list[str]
) -> None:
    foreign = collection(stranger)["id"]

    answers = [
        tenant.client.post("search/", json={"collection": identifier})
        for identifier in (foreign, "f" * 32)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
