"""Reading all pages while others add and delete: nothing twice, nothing left out."""

import base64
import json

import pytest

from ..fixtures import Tenant
from ..images import jpeg

SIZE = 3


def add(tenant: Tenant, name: str) -> str:
    found: str = tenant.client.add(tenant.application, jpeg(1, 32, 32), name=name)["id"]
    return found


def pages(tenant: Tenant, path: str, **arguments: str):  # type: ignore[no-untyped-def]
    """Each page, by the links."""
    asked = {"application": tenant.application, "page_size": str(SIZE), **arguments}
    page = tenant.client.get(path, params=asked).json()
    while True:
        yield page
        if page["next_page"] is None:
            return
        answer = tenant.client.get(page["next_page"].removeprefix(tenant.client.api))
        assert answer.status_code == 200, answer.text
        page = answer.json()


@pytest.mark.parametrize(
    "sort", ["", "created_at", "-created_at", "name", "-name", "size", "-updated_at"]
)
@pytest.mark.parametrize("place", ["media/", "collections/{}/media/"])
def test_nothing_is_given_twice_or_left_out(tenant: Tenant, sort: str, place: str) -> None:
    held = [add(tenant, f"name {number % 4}") for number in range(11)]
    named = {"application": tenant.application, "name": "c"}
    collection = tenant.client.post("collections/", json=named).json()["id"]
    tenant.client.post(f"collections/{collection}/media/", json={"media": held})
    gone, seen = [], []

    for number, page in enumerate(pages(tenant, place.format(collection), sort=sort)):
        assert page["page"] == number + 1
        seen += [one["id"] for one in page["data"]]
        if number < 2:
            late = add(tenant, f"name {number}")
            tenant.client.post(f"collections/{collection}/media/", json={"media": [late]})
            gone.append(next(one for one in held if one not in gone and one not in seen[:2]))
            tenant.client.delete(f"media/{gone[-1]}/")

    assert len(seen) == len(set(seen))
    assert set(held) - set(gone) <= set(seen)


def test_a_harvest_goes_on_where_it_ended(tenant: Tenant) -> None:
    first = [add(tenant, "a") for _ in range(4)]
    *_, last = pages(tenant, "media/", sort="created_at")
    assert last["next_page"] is None

    before = next(iter(pages(tenant, "media/", sort="created_at")))["next_page"]
    later = [add(tenant, "b") for _ in range(2)]
    page = tenant.client.get(before.removeprefix(tenant.client.api)).json()

    assert [one["id"] for one in page["data"]] == [first[3], *later]


def forged(*place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "é",
        "a" * 3000,
        forged(),
        forged("name_key", False, "a", "b", 1),
        forged("created_at", True, "a", "b", 1),
        forged("created_at", True, 1e300, "b", 1),
        forged("created_at", True, None, "b", 1),
        forged("created_at", True, {"$gt": 0}, "b", 1),
        forged("created_at", True, 0, {"$gt": ""}, 1),
        forged("created_at", True, 0, "\ud800", 1),
        forged("created_at", True, 0, "b", -1),
        forged("created_at", True, 0, "b", 10**400),
        base64.urlsafe_b64encode(b"[" * 3000).decode(),
    ],
)
def test_what_is_no_cursor_is_refused(tenant: Tenant, after: str) -> None:
    answer = tenant.client.get("media/", params={"after": after})

    assert answer.status_code == 400, answer.text
    assert set(answer.json()["errors"]) == {"after"}
