"""Filters of lists by what is stored, where it lies and how metadata compares; one language."""

import json
from typing import Any

import pytest

from ..fixtures import Tenant, new_tenant
from ..images import encoded, jpeg, photo
from ..portal import Client, Portal


@pytest.fixture(scope="module")
def filled(portal: Portal) -> dict[str, Any]:
    """A tenant with four pictures, one of them deleted, and the ids by letter."""
    tenant = new_tenant(portal)
    rows = {
        "a": (jpeg(1, 120, 80), {"year": 1850, "place": {"country": "France"}}),
        "b": (jpeg(2, 80, 120), {"year": 1900, "place": {"country": "Italy"}}),
        "c": (encoded(photo(3, 60, 60), "PNG"), {"year": "1950", "taken": "1950-07-14"}),
        "d": (jpeg(4, 50, 50), {"year": 1960}),
    }
    ids = {}
    for name, (image, metadata) in rows.items():
        media = tenant.client.add(
            tenant.application, image, name=name, metadata=json.dumps(metadata)
        )
        ids[name] = media["id"]
    tenant.client.delete(f"media/{ids['d']}/")
    client, application = tenant.client, tenant.application
    named = {"application": application, "name": "x"}
    collection = client.post("collections/", json=named).json()["id"]
    client.post(f"collections/{collection}/media/", json={"media": [ids["a"], ids["c"]]})
    query = {"metadata": {"place": {"country": ["italy"]}}}
    smart = client.post("smart_collections/", json={**named, "query": query}).json()["id"]
    first = client.get(f"media/{ids['a']}/").json()
    return {"tenant": tenant, "collection": collection, "smart": smart, "first": first}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"format": "png"}, "c"),
        ({"format": ["PNG", "JPEG"]}, "abc"),
        ({"width": "120"}, "a"),
        ({"width.gte": "80"}, "ab"),
        ({"width.gt": "80", "height.lt": "100"}, "a"),
        ({"orientation": "landscape"}, "a"),
        ({"orientation": "portrait"}, "b"),
        ({"orientation": "square"}, "c"),
        ({"size.gte": "1", "size.lt": "1000000"}, "abc"),
        ({"created_at.gte": "2020"}, "abc"),
        ({"created_at.lt": "2020-06"}, ""),
        ({"created_at.gte": "2020-06-01T00:00:00Z", "format": "PNG"}, "c"),
        ({"updated_at.lte": "2999-01-01T00:00:00+02:00"}, "abc"),
        ({"md5": "{md5}"}, "a"),
        ({"sha256": "{sha256}"}, "a"),
        ({"sha256": "0" * 64}, ""),
        ({"owner": "{owner}"}, "abc"),
        ({"owner": "nobody"}, ""),
        ({"organization": "nobody"}, ""),
        ({"collection": "{collection}"}, "ac"),
        ({"collection": "{collection}", "format": "PNG"}, "c"),
        ({"collection": "0" * 32}, ""),
        ({"smart_collection": "{smart}"}, "b"),
        ({"smart_collection": "0" * 32}, ""),
        ({"deleted": "true"}, "d"),
        ({"deleted": "false"}, "abc"),
        ({"metadata.year.gte": "1900"}, "bc"),
        ({"metadata.year.gt": "1900", "metadata.year.lt": "1951"}, "c"),
        ({"metadata.taken.lt": "1950-08"}, "c"),
        ({"metadata.year.in": "1850, 1900"}, "ab"),
        ({"metadata.year.ne": "1850"}, "bc"),
        ({"metadata.place.country": "ITALY"}, "b"),
        ({"metadata.place.country.ne": "France"}, "bc"),
        ({"metadata.place.country.in": "France,Spain"}, "a"),
    ],
)
def test_lists_are_filtered(
    filled: dict[str, Any], arguments: dict[str, Any], expected: str
) -> None:
    tenant, first = filled["tenant"], filled["first"]
    known = {**filled, **first, "owner": first["owner"]["id"]}
    asked = {
        name: value.format(**known) if isinstance(value, str) else value
        for name, value in arguments.items()
    }

    answer = tenant.client.get("media/", params={"application": tenant.application, **asked})

    assert answer.status_code == 200, answer.text
    assert "".join(sorted(one["name"] for one in answer.json()["data"])) == expected
    assert answer.json()["total"] == len(expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("width", "wide"),
        ("width.gte", "-1"),
        ("width.gte", "9" * 400),
        ("width.from", "1"),
        ("created_at.gte", "yesterday"),
        ("created_at.gte", "2020-13"),
        ("created_at.gte", "0000"),
        ("orientation", "up"),
        ("collection", "x"),
        ("smart_collection", "$ne"),
        ("deleted", "perhaps"),
        ("metadata.year.gte", ""),
        ("format", "x" * 300),
    ],
)
def test_what_is_no_such_value_is_refused(tenant: Tenant, name: str, value: str) -> None:
    answer = tenant.client.get("media/", params={name: value})

    assert answer.status_code == 400, answer.text
    assert name in answer.json()["errors"]


def test_deleted_media_are_shown_to_who_may_restore_them(
    filled: dict[str, Any], portal: Portal, stranger: Tenant
) -> None:
    asked = {"application": filled["tenant"].application, "deleted": "true"}

    assert stranger.client.get("media/", params=asked).status_code in (403, 404)
    assert Client(portal.api).get("media/", params=asked).status_code == 401
    assert Client(portal.api).get("media/", params={"deleted": "true"}).status_code == 401
    assert stranger.client.get("media/", params={"deleted": "true"}).json()["total"] == 0
    mine = filled["tenant"].client.get("media/", params={"deleted": "true"}).json()
    assert [one["deleted"] is not None for one in mine["data"]] == [True]


def test_collections_of_others_hold_nothing(filled: dict[str, Any], stranger: Tenant) -> None:
    for asked in ({"collection": filled["collection"]}, {"smart_collection": filled["smart"]}):
        assert stranger.client.get("media/", params=asked).json()["total"] == 0


@pytest.mark.parametrize("place", ["search", "smart collection"])
def test_queries_know_the_same_fields(filled: dict[str, Any], place: str) -> None:
    tenant = filled["tenant"]
    query = {"fields": {"format": ["JPEG"], "width": {"lt": 100}, "orientation": "portrait"}}
    body = {"application": tenant.application, "query": query}
    if place == "search":
        found = tenant.client.post("search/", json=body).json()["data"]
        names = [hit["media"]["name"] for hit in found]
    else:
        smart = tenant.client.post("smart_collections/", json={**body, "name": "y"}).json()
        assert smart["query"] == query
        path = f"smart_collections/{smart['id']}/media/"
        names = [one["name"] for one in tenant.client.get(path).json()["data"]]

    assert names == ["b"]


def test_links_are_also_in_a_header(filled: dict[str, Any]) -> None:
    tenant = filled["tenant"]
    asked = {"application": tenant.application, "page_size": "1", "page": "2"}

    answer = tenant.client.get("media/", params=asked)

    body = answer.json()
    assert answer.links["next"]["url"] == body["next_page"]
    assert answer.links["prev"]["url"] == body["previous_page"]
