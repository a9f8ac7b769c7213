"""Counts that are remembered are those that would be counted."""

from udata_mediadb.media.counts import Counts
from udata_mediadb.media.listing import active_in
from udata_mediadb.media.models import Media

from ..fixtures import Tenant
from ..images import jpeg


def test_a_remembered_count_follows_every_change_of_any_worker(tenant: Tenant) -> None:
    """`counts` stands for another worker than those that the requests go to."""
    counts = Counts(slow_s=0)

    def counted() -> int:
        return counts.count(tenant.application, active_in(tenant.application))

    first, second, third = (
        tenant.client.add(tenant.application, jpeg(seed, 96, 64))["id"] for seed in range(3)
    )
    assert counted() == 3
    tenant.client.delete(f"media/{first}/")
    assert counted() == 2
    tenant.client.post(f"media/{first}/restore/")
    assert counted() == 3
    tenant.client.delete(f"media/{second}/", params={"force": "true"})
    assert counted() == 2
    tenant.client.delete("media/", json={"ids": [first, third]})
    assert counted() == 0


def test_a_remembered_count_follows_keywords_and_collections(tenant: Tenant) -> None:
    counts = Counts(slow_s=0)
    one = tenant.client.add(tenant.application, jpeg(1, 96, 64))["id"]
    body = {"application": tenant.application, "name": "x"}
    held = tenant.client.post("collections/", json=body).json()["id"]

    def counted() -> tuple[int, int]:
        wanted = active_in(tenant.application, {"terms": "k:a"})
        return (
            counts.count(tenant.application, wanted),
            counts.count(tenant.application, {"collections": held, "state": "active"}),
        )

    assert counted() == (0, 0)
    tenant.client.put(f"media/{one}/", json={"keywords": ["a"]})
    assert counted() == (1, 0)
    tenant.client.post(f"collections/{held}/media/", json={"media": [one]})
    assert counted() == (1, 1)
    tenant.client.delete(f"collections/{held}/media/", json={"media": [one]})
    assert counted() == (1, 0)


def test_a_slow_count_is_not_taken_again_while_nothing_changes(tenant: Tenant) -> None:
    counts = Counts(slow_s=0)
    one = tenant.client.add(tenant.application, jpeg(1, 96, 64))["id"]
    wanted = active_in(tenant.application)
    assert counts.count(tenant.application, wanted) == 1

    Media.objects(id=one).update(set__state="deleted")  # behind the back of the application

    assert counts.count(tenant.application, wanted) == 1
    assert Counts(slow_s=60).count(tenant.application, wanted) == 0
