"""How many media have each keyword, format, metadata key and year."""

import json
from typing import Any

import pytest

from ..fixtures import Tenant
from ..images import encoded, jpeg, photo
from ..portal import Client, Portal


@pytest.fixture
def filled(tenant: Tenant) -> Tenant:
    rows = [
        (jpeg(1, 32, 32), ["Pont", "Été"], {"year": 1}),
        (jpeg(2, 32, 32), ["pont", "vieux pont"], {"year": 2, "place": {"city": "x"}}),
        (encoded(photo(3, 32, 32), "PNG"), ["pont"], {}),
    ]
    for image, keywords, metadata in rows:
        tenant.client.add(
            tenant.application,
            image,
            keywords=json.dumps(keywords),
            metadata=json.dumps(metadata),
        )
    return tenant


def keywords(tenant: Tenant, **arguments: str) -> list[tuple[str, int]]:
    asked = {"application": tenant.application, **arguments}
    page = tenant.client.get("keywords/", params=asked).json()
    return [(one["keyword"], one["count"]) for one in page["data"]]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", [("pont", 3), ("vieux pont", 1), ("Été", 1)]),
        ("po", [("pont", 3), ("vieux pont", 1)]),
        ("vieux", [("vieux pont", 1)]),
        ("ETE", [("Été", 1)]),
        ("ont", []),
    ],
)
def test_keywords_are_counted(filled: Tenant, typed: str, expected: list[tuple[str, int]]) -> None:
    assert sorted(keywords(filled, q=typed)) == sorted(expected)
    assert keywords(filled, q=typed, page_size="1") == expected[:1]


def test_keywords_of_others_are_not_shown(filled: Tenant, stranger: Tenant, portal: Portal) -> None:
    asked = {"application": filled.application}

    assert stranger.client.get("keywords/", params=asked).status_code in (403, 404)
    assert stranger.client.get("keywords/", params={"q": "vieux pont"}).json()["data"] == []
    assert Client(portal.api).get("keywords/", params={"q": "vieux pont"}).json()["data"] == []


def facets(tenant: Tenant, **arguments: Any) -> dict[str, Any]:
    asked = {"application": tenant.application, **arguments}
    found: dict[str, Any] = tenant.client.get("media/", params=asked).json()
    return found


def test_a_list_has_facets_of_all_of_it(filled: Tenant) -> None:
    page = facets(filled, facets="keywords,format,metadata,year", page_size="1")

    assert page["total"] == 3
    assert len(page["data"]) == 1
    year = page["data"][0]["created_at"][:4]
    assert page["facets"]["format"] == [
        {"value": "JPEG", "count": 2},
        {"value": "PNG", "count": 1},
    ]
    assert page["facets"]["metadata"] == [
        {"value": "year", "count": 2},
        {"value": "place", "count": 1},
    ]
    assert page["facets"]["year"] == [{"value": year, "count": 3}]
    assert page["facets"]["keywords"][0] == {"value": "pont", "count": 3}
    assert "facets" not in facets(filled)


def test_facets_follow_the_filters_and_the_changes(filled: Tenant) -> None:
    asked = {"facets": "keywords", "format": "PNG"}
    assert facets(filled, **asked)["facets"] == {"keywords": [{"value": "pont", "count": 1}]}

    filled.client.add(filled.application, encoded(photo(4, 32, 32), "PNG"), keywords="pont")

    assert facets(filled, **asked)["facets"] == {"keywords": [{"value": "pont", "count": 2}]}


def test_other_facets_are_refused(tenant: Tenant) -> None:
    answer = tenant.client.get("media/", params={"facets": "colour"})

    assert "facets" in answer.json()["errors"]
