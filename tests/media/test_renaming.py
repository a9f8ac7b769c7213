"""Keywords renamed and merged over an application, by a job."""

import pytest

from udata_mediadb.media.renaming import renamed

from ..fixtures import Tenant
from ..images import jpeg
from ..waiting import eventually

# keywords before, what goes, what comes, keywords afterwards
RENAMED = [
    (["a", "b", "c"], ["b"], "x", ["a", "x", "c"]),
    (["A", "b", "c"], ["a", "C"], "x", ["x", "b"]),
    (["a", "x"], ["a"], "X", ["X"]),
    (["X", "b", "a"], ["a"], "x", ["x", "b"]),
    (["a", "b"], ["a"], None, ["b"]),
    (["straße", "b"], ["STRASSE"], "Road", ["Road", "b"]),
    (["bridge"], ["bridge"], "Bridge", ["Bridge"]),
]


@pytest.mark.parametrize(("before", "former", "to", "after"), RENAMED)
def test_the_new_keyword_is_there_once(
    before: list[str], former: list[str], to: str | None, after: list[str]
) -> None:
    assert renamed(before, former, to) == after
    assert renamed(after, former, to) == after


def finished(tenant: Tenant, job: dict) -> dict:
    def state() -> dict:
        return tenant.client.get(f"jobs/{job['id']}/").json()

    eventually(lambda: state()["state"] in ("done", "failed"))
    assert state()["state"] == "done", state()["message"]
    return state()


def test_keywords_are_merged_over_an_application(tenant: Tenant, stranger: Tenant) -> None:
    add = tenant.client.add
    ids = [
        add(tenant.application, jpeg(seed), keywords=words)["id"]
        for seed, words in enumerate(("Brigde,river", "bridges,BRIDGE", "other"))
    ]
    theirs = stranger.client.add(stranger.application, jpeg(1), keywords="brigde")["id"]
    tenant.client.delete(f"media/{ids[0]}/")
    answer = tenant.client.patch(
        "keywords/", json={"keywords": ["brigde", "bridges"], "to": "bridge"}
    )
    done = finished(tenant, answer.json())
    restored = tenant.client.post(f"media/{ids[0]}/restore/").json()

    assert answer.status_code == 202
    assert (done["total"], done["done"], done["counts"]) == (2, 2, {"changed": 2})
    assert restored["keywords"] == ["bridge", "river"]
    assert tenant.client.get(f"media/{ids[1]}/").json()["keywords"] == ["bridge"]
    found = tenant.client.get("media/", params={"keyword": "bridge"}).json()["data"]
    assert {one["id"] for one in found} == set(ids[:2])
    assert tenant.client.get("media/", params={"keyword": "brigde"}).json()["total"] == 0
    assert stranger.client.get(f"media/{theirs}/").json()["keywords"] == ["brigde"]
    counted = tenant.client.get("keywords/").json()["data"]
    assert {one["keyword"]: one["count"] for one in counted} == {
        "bridge": 2,
        "river": 1,
        "other": 1,
    }


BAD = [
    ({"to": "x"}, "keywords"),
    ({"keywords": [], "to": "x"}, "keywords"),
    ({"keywords": ["a"], "to": "a,b"}, "to"),
    ({"keywords": "a", "to": ["b"]}, "to"),
]


@pytest.mark.parametrize(("body", "field"), BAD)
def test_what_is_no_renaming_is_refused(tenant: Tenant, body: dict, field: str) -> None:
    answer = tenant.client.patch("keywords/", json=body)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
