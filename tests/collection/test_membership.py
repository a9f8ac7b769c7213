"""What is in a collection: added, removed, listed."""

from uuid import uuid4

import pytest

from ..fixtures import Tenant
from .made import collection, listed, media


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
