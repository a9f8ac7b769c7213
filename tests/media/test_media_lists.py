"""Lists of media, over HTTP: pages, filters, order, fields."""

import json

import pytest

from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import Portal


def test_a_list_is_paged_newest_first_with_links_that_keep_the_arguments(tenant: Tenant) -> None:
    added = [tenant.client.add(tenant.application, jpeg(3))["id"] for _ in range(5)]
    params = {"application": tenant.application, "page_size": "2", "q": ""}

    first = tenant.client.get("media/", params=params).json()
    seen = [media["id"] for media in first["data"]]
    page = first
    while page["next_page"]:
        path = page["next_page"].removeprefix(tenant.client.api)
        page = tenant.client.get(path).json()
        seen += [media["id"] for media in page["data"]]

    assert seen == added[::-1]
    assert (first["page"], first["page_size"], first["total"]) == (1, 2, 5)
    assert first["previous_page"] is None
    assert page["previous_page"].endswith("&page_size=2&q=&page=2")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"keyword": "river"}, {"a", "b"}),
        ({"keyword": " RIVER "}, {"a", "b"}),
        ({"keyword": ["river", "bridge"]}, {"a"}),
        ({"metadata.country": "france"}, {"a", "c"}),
        ({"metadata.country": ["france", "Éire"]}, {"a", "b", "c"}),
        ({"metadata.year": "1900"}, {"a"}),
        ({"metadata.tags": "two"}, {"c"}),
        ({"q": "alp"}, {"a"}),
        ({"q": "alp riv"}, {"a"}),
        ({"q": "riv franc"}, {"a"}),
        ({"q": "nothing"}, set()),
        ({"q": "\U0001f600"}, set()),
        ({"metadata.$where": "1"}, set()),
        ({"metadata.year": '{"$gt": 0}'}, set()),
    ],
)
def test_filters(filtered: Tenant, params: dict[str, object], expected: set[str]) -> None:
    params = {"application": filtered.application, **params}

    found = filtered.client.get("media/", params=params).json()["data"]

    assert {media["metadata"]["letter"] for media in found} == expected


@pytest.fixture(scope="module")
def filtered(portal: Portal) -> Tenant:

    tenant = new_tenant(portal)
    rows = [
        ("Alpha", "river,bridge", {"letter": "a", "country": "France", "year": 1900}),
        ("Beta", "river", {"letter": "b", "country": "E\u0301ire", "year": "1901"}),  # decomposed É
        ("Gamma", "", {"letter": "c", "country": "FRANCE", "tags": ["one", "two"]}),
    ]
    for name, keywords, metadata in rows:
        tenant.client.add(
            tenant.application, jpeg(4), name=name, keywords=keywords, metadata=json.dumps(metadata)
        )
    return tenant


def test_a_list_can_be_sorted(filtered: Tenant) -> None:
    def names(sort: str) -> list[str]:
        params = {"application": filtered.application, "sort": sort}
        return [m["name"] for m in filtered.client.get("media/", params=params).json()["data"]]

    assert names("name") == ["Alpha", "Beta", "Gamma"]
    assert names("-name") == ["Gamma", "Beta", "Alpha"]
    assert names("created_at") == ["Alpha", "Beta", "Gamma"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"page": "0"}, 400),
        ({"page_size": "0"}, 400),
        ({"page_size": "-1"}, 400),
        ({"page_size": "two"}, 400),
        ({"page_size": "\u0663"}, 400),  # ARABIC-INDIC DIGIT THREE
        ({"page": "9" * 30}, 400),
        ({"page": "2"}, 404),
        ({"sort": "terms"}, 400),
        ({"application": "nope"}, 404),
        ({"application": "0" * 32}, 404),
    ],
)
def test_bad_list_arguments(tenant: Tenant, params: dict[str, str], status: int) -> None:
    answer = tenant.client.get("media/", params={"application": tenant.application, **params})

    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert answer.json()["message"]


def test_a_huge_page_size_is_capped(tenant: Tenant) -> None:
    answer = tenant.client.get("media/", params={"page_size": "100000"})

    assert answer.status_code == 200
    assert answer.json()["page_size"] == 100


def test_x_fields_picks_fields(filtered: Tenant) -> None:
    answer = filtered.client.get(
        "media/",
        params={"application": filtered.application, "sort": "name"},
        headers={"X-Fields": "data{name},total"},
    )

    assert answer.json() == {
        "data": [{"name": "Alpha"}, {"name": "Beta"}, {"name": "Gamma"}],
        "total": 3,
    }


def test_a_broken_x_fields_says_so(tenant: Tenant) -> None:
    answer = tenant.client.get("media/", headers={"X-Fields": "data{"})

    assert answer.status_code == 400
    assert answer.json()["message"] == "Mask parse error: Missing closing bracket"
