"""Statistics of an application: numbers of media and of searches, and nothing else."""

from pymongo import MongoClient

from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import encoded, jpeg, photo
from ..portal import Client, Portal
from ..waiting import eventually


def statistics(tenant: Tenant) -> dict:
    answer = tenant.client.get("statistics/", params={"application": tenant.application})
    assert answer.status_code == 200, answer.text
    return answer.json()


@plain_only  # udata has a list of licences of its own
def test_media_are_counted_by_what_they_are(tenant: Tenant) -> None:
    add = tenant.client.add
    first = add(tenant.application, jpeg(1), keywords="bridge,River", licence="CC0-1.0")
    add(tenant.application, encoded(photo(2), "PNG"), keywords="Bridge")
    gone = add(tenant.application, jpeg(3))
    tenant.client.delete(f"media/{gone['id']}/")
    found = statistics(tenant)

    assert (found["media"]["active"], found["media"]["deleted"]) == (2, 1)
    assert found["media"]["bytes"] > first["size"]
    assert {one["value"].lower(): one["count"] for one in found["keyword"]} == {
        "bridge": 2,
        "river": 1,
    }
    assert found["licence"] == [{"value": "", "count": 1}, {"value": "CC0-1.0", "count": 1}]
    assert found["format"] == [{"value": "JPEG", "count": 1}, {"value": "PNG", "count": 1}]
    assert found["month"] == [{"value": first["created_at"][:7], "count": 2}]
    assert sum(one["count"] for one in found["size"]) == 2


def test_searches_are_counted_by_kind_with_their_hit_rate(tenant: Tenant, portal: Portal) -> None:
    media = tenant.client.add(tenant.application, jpeg(1), keywords="bridge")["id"]
    about = {"application": tenant.application}
    for seed in (1, 50):
        tenant.client.post("search/", data=about, files={"image": jpeg(seed)})
    tenant.client.get("search/", params={"media": media})
    tenant.client.post("search/", json={**about, "keywords": ["nothing of the kind"]})
    expected = [
        {"kind": "picture", "searches": 2, "found": 1, "hit_rate": 0.5},
        {"kind": "media", "searches": 1, "found": 1, "hit_rate": 1.0},
        {"kind": "criteria", "searches": 1, "found": 0, "hit_rate": 0.0},
    ]

    eventually(lambda: statistics(tenant)["searches"] == expected)
    with MongoClient(portal.mongodb) as client:
        kept = client.get_default_database()["mediadb_search_count"]
        names = {name for one in kept.find({"application": tenant.application}) for name in one}
    assert names == {"_id", "application", "kind", "day", "searches", "found"}


def test_statistics_are_for_who_may_edit(
    tenant: Tenant, stranger: Tenant, anonymous: Client
) -> None:
    asked = {"application": tenant.application}

    assert anonymous.get("statistics/", params=asked).status_code == 401
    assert stranger.client.get("statistics/", params=asked).status_code == 404


def test_what_was_counted_goes_with_its_application(tenant: Tenant, portal: Portal) -> None:
    tenant.client.post("search/", json={"application": tenant.application, "keywords": ["x"]})
    eventually(lambda: statistics(tenant)["searches"])
    assert tenant.client.delete(f"applications/{tenant.application}/").status_code == 204
    with MongoClient(portal.mongodb) as client:
        kept = client.get_default_database()["mediadb_search_count"]
        assert kept.count_documents({"application": tenant.application}) == 0
