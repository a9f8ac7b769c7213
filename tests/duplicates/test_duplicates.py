"""Duplicates over HTTP: found by a scan, followed afterwards, merged, linked, kept, dismissed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest

from udata_mediadb.authentication.audit import AuditEntry
from udata_mediadb.jobs.workers import current_jobs
from udata_mediadb.media.models import Media
from udata_mediadb.mongo.documents import durable

from ..images import encoded, jpeg, photo
from ..portal_here import PortalHere, portal_here

WIDTH, HEIGHT = 640, 480


@pytest.fixture
def here(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[PortalHere]:
    uri = mongodb_uri.rstrip("/") + f"/{database_name}"
    with portal_here(uri, tmp_path, MEDIADB_JOBS_IN_WEB=False) as found:
        yield found


def copy_of(seed: int, quality: int = 60) -> bytes:
    """The same picture in another file."""
    return encoded(cv2.resize(photo(seed, WIDTH, HEIGHT), (480, 360)), quality=quality)


def crop_of(seed: int) -> bytes:
    return encoded(photo(seed, WIDTH, HEIGHT)[60:420, 80:520].copy(), quality=90)


def work(here: PortalHere) -> None:
    with here.app.app_context():
        current_jobs().run_free()


def scan(here: PortalHere) -> dict[str, Any]:
    answer = here.post("duplicates/scan/", json={"application": here.application})
    assert answer.status_code == 202, answer.text
    work(here)
    job: dict[str, Any] = here.get(f"jobs/{answer.json['id']}/").json
    assert job["state"] == "done", job
    return job


def groups(here: PortalHere, **arguments: str) -> list[dict[str, Any]]:
    named = {"application": here.application, "page_size": 100, **arguments}
    answer = here.get("duplicates/", query_string=named)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["data"]
    return found


def members(group: dict[str, Any]) -> set[str]:
    return {one["id"] for one in group["media"]}


def act(here: PortalHere, group: dict[str, Any], action: str, **more: Any) -> Any:
    return here.post(f"duplicates/{group['id']}/", json={"action": action, **more})


def test_a_scan_finds_each_kind_and_hands_on_the_same_only(here: PortalHere) -> None:
    first, twin = (here.add(jpeg(1))["id"] for _ in range(2))
    small = here.add(copy_of(1))["id"]
    whole, part = here.add(jpeg(2))["id"], here.add(crop_of(2))["id"]
    bytes_only = {here.add(jpeg(3, 20, 20))["id"] for _ in range(2)}
    here.add(jpeg(4))

    job = scan(here)

    assert (job["total"], job["done"]) == (8, 8)
    found = {group["kind"]: group for group in groups(here)}
    assert set(found) == {"same_bytes", "same", "part"}
    assert len(groups(here)) == 3 == job["result"]["groups"]
    assert members(found["same"]) == {first, twin, small}
    assert members(found["same_bytes"]) == bytes_only
    assert (members(found["part"]), found["part"]["whole"]) == ({whole, part}, whole)
    (pair,) = found["part"]["pairs"]
    assert pair["relation"] == ("crop_of" if pair["one"] == part else "has_crop")
    assert pair["proof"]["decision"] == "match"
    assert found["same"]["suggestion"] == {"action": "merge", "keep": first}
    assert found["part"]["suggestion"]["action"] == "link"
    counts = here.get("duplicates/").json
    assert counts["counts"]["open"] == {"same_bytes": 1, "same": 1, "part": 1, "alike": 0}
    assert counts["scanned_at"] and counts["job"] == job["id"]


def test_a_new_media_joins_by_its_own_search(here: PortalHere) -> None:
    first = here.add(jpeg(1))["id"]
    scan(here)
    assert groups(here) == []

    second = here.add(copy_of(1))["id"]
    work(here)
    assert [members(one) for one in groups(here)] == [{first, second}]
    third = here.add(copy_of(1, quality=80))["id"]
    work(here)
    assert [members(one) for one in groups(here)] == [{first, second, third}]

    here.delete(f"media/{first}/")
    work(here)
    assert [members(one) for one in groups(here)] == [{second, third}]
    here.post(f"media/{first}/restore/")
    work(here)
    assert [members(one) for one in groups(here)] == [{first, second, third}]
    assert here.get("jobs/").json["total"] == 1, "what follows new media is not kept"


def test_a_scan_that_was_cut_off_goes_on(here: PortalHere) -> None:
    for seed in range(20):
        here.add(jpeg(seed % 10, 320, 240))
    answer = here.post("duplicates/scan/", json={"application": here.application}).json
    again = here.post("duplicates/scan/", json={"application": here.application}).json
    assert answer["id"] == again["id"], "one scan of an application at a time"

    with here.app.app_context():
        jobs = current_jobs()
        jobs.runner.stopping.set()  # as SIGTERM does: after the first step
        jobs.runner.run_one()
        half = here.get(f"jobs/{answer['id']}/").json
        jobs.runner.stopping.clear()
    assert (half["state"], half["done"]) == ("queued", 16)
    work(here)

    done = here.get(f"jobs/{answer['id']}/").json
    assert (done["state"], done["done"]) == ("done", 20)
    assert len(groups(here)) == 10


def test_merging_moves_all_to_what_is_kept_and_is_undone(here: PortalHere) -> None:
    kept = here.add(jpeg(1), keywords='["river"]', metadata='{"year": 1932}', name="Bridge")["id"]
    other = here.add(
        copy_of(1),
        keywords='["River", "bridge"]',
        metadata='{"year": 1950, "box": 7}',
        related='[{"class": "Dataset", "id": "d1"}]',
    )["id"]
    made = here.post("collections/", json={"application": here.application, "name": "C"}).json
    here.post(f"collections/{made['id']}/media/", json={"media": [other]})
    scan(here)
    (group,) = groups(here)

    answer = act(here, group, "merge", keep=kept, version=group["version"])

    assert answer.status_code == 200, answer.text
    assert answer.json["state"] == "merged"
    media = here.get(f"media/{kept}/").json
    assert media["keywords"] == ["river", "bridge"]
    assert media["metadata"] == {"year": 1932, "box": 7}
    assert [one["id"] for one in media["related"]] == ["d1"]
    listed = here.get(f"collections/{made['id']}/media/").json["data"]
    assert [one["id"] for one in listed] == [kept]
    assert here.get(f"media/{other}/").status_code == 410
    work(here)
    assert groups(here) == []
    assert here.get("duplicates/").json["counts"]["merged"]["same"] == 1
    assert act(here, group, "merge").status_code == 409
    with here.app.app_context():
        assert AuditEntry.objects(action="duplicates.merge").count() == 1

    here.request("PATCH", f"media/{kept}/", json={"keywords": ["river", "bridge", "later"]})
    assert act(here, group, "undo").status_code == 200
    media = here.get(f"media/{kept}/").json
    assert (media["keywords"], media["metadata"]) == (["river", "later"], {"year": 1932})
    assert media["related"] == []
    back = here.get(f"media/{other}/").json
    assert (back["keywords"], back["metadata"]["year"]) == (["River", "bridge"], 1950)
    listed = here.get(f"collections/{made['id']}/media/").json["data"]
    assert [one["id"] for one in listed] == [other]
    assert [members(one) for one in groups(here)] == [{kept, other}]


@pytest.mark.parametrize("change", ["edited", "deleted", "added"])
def test_a_group_that_changed_since_it_was_read_is_not_merged(
    here: PortalHere, change: str
) -> None:
    one, other = here.add(jpeg(1))["id"], here.add(copy_of(1))["id"]
    scan(here)
    (group,) = groups(here)
    if change == "edited":
        here.request("PATCH", f"media/{other}/", json={"keywords": ["new"]})
        expected = {"changed": [other]}
    elif change == "deleted":
        here.delete(f"media/{other}/")
        expected = {"removed": [other]}
    else:
        third = here.add(copy_of(1, quality=80))["id"]
        work(here)
        expected = {"added": [third]}

    answer = act(here, group, "merge", version=group["version"])

    assert (answer.status_code, answer.json["error"]) == (409, "group-changed")
    assert answer.json["changes"] == expected
    assert here.get(f"media/{one}/").status_code == 200
    for after in groups(here):
        assert act(here, after, "merge", version=after["version"]).status_code == 200


@pytest.mark.parametrize("what", ["licence", "owner", "takedown"])
def test_what_differs_in_rights_is_never_merged(here: PortalHere, what: str) -> None:
    here.add(jpeg(1))
    other = here.add(copy_of(1))["id"]
    scan(here)
    with here.app.app_context():
        change = {"owner": "else"} if what == "owner" else {f"about.{what}": "other"}
        durable(Media).update_one({"_id": other}, {"$set": change})
    (group,) = groups(here)
    assert what in group["hindrance"]
    assert group["suggestion"]["action"] == "link"

    answer = act(here, group, "merge", version=group["version"])

    assert answer.status_code == 409
    assert what in answer.json["message"]
    assert here.get(f"media/{other}/").status_code in (200, 410 if what == "takedown" else 200)
    with here.app.app_context():
        assert Media.objects(id=other).first().state == "active"


@pytest.mark.parametrize(("action", "state"), [("dismiss", "dismissed"), ("keep_all", "kept")])
def test_what_was_decided_is_remembered_by_pair(here: PortalHere, action: str, state: str) -> None:
    one, other = here.add(jpeg(1))["id"], here.add(copy_of(1))["id"]
    scan(here)
    (group,) = groups(here)

    assert act(here, group, action, version=group["version"]).json["state"] == state
    scan(here)
    assert groups(here) == []
    assert [members(g) for g in groups(here, state=state)] == [{one, other}]

    third = here.add(copy_of(1, quality=80))["id"]
    work(here)
    assert [members(g) for g in groups(here)] == [{one, other, third}]

    assert act(here, group, "undo").status_code == 200
    assert groups(here, state=state) == []


def test_linked_versions_are_shown_with_the_proof(here: PortalHere) -> None:
    whole, part = here.add(jpeg(1))["id"], here.add(crop_of(1))["id"]
    scan(here)
    (group,) = groups(here)

    assert act(here, group, "link", version=group["version"]).json["state"] == "linked"

    (copy,) = here.get(f"media/{part}/").json["copies"]
    assert (copy["media"], copy["relation"], copy["proof"]["kind"]) == (whole, "crop_of", "part")
    assert here.get(f"media/{whole}/").json["copies"][0]["relation"] == "has_crop"
    here.delete(f"media/{whole}/")
    assert here.get(f"media/{part}/").json["copies"] == []
    here.post(f"media/{whole}/restore/")
    sent_back = here.put(f"media/{part}/", json=here.get(f"media/{part}/").json)
    assert sent_back.status_code == 200, sent_back.text

    assert act(here, group, "undo").status_code == 200
    assert here.get(f"media/{part}/").json["copies"] == []


def test_a_merge_that_was_cut_off_is_ended(here: PortalHere) -> None:
    kept, other = here.add(jpeg(1))["id"], here.add(copy_of(1), keywords='["a"]')["id"]
    scan(here)
    (group,) = groups(here)
    with here.app.app_context():
        plan = {
            "keep": kept,
            "removed": [other],
            "added": {name: [] for name in ("keywords", "related", "collections")},
            "done": False,
        }
        plan["added"] |= {"keywords": ["a"], "metadata": {}, "about": {}}  # type: ignore[operator]
        groups_of = Media._get_db()["mediadb_duplicate_group"]
        groups_of.update_one({"_id": group["id"]}, {"$set": {"state": "merged", "merge": plan}})

    assert act(here, group, "merge").status_code == 200

    assert here.get(f"media/{kept}/").json["keywords"] == ["a"]
    assert here.get(f"media/{other}/").status_code == 410
    assert act(here, group, "undo").status_code == 200
    assert here.get(f"media/{other}/").status_code == 200


def test_bad_actions_and_foreign_groups(here: PortalHere) -> None:
    here.add(jpeg(1)), here.add(copy_of(1))
    scan(here)
    (group,) = groups(here)

    assert act(here, group, "explode").status_code == 400
    assert here.post(f"duplicates/{group['id']}/", json={}).status_code == 400
    assert act(here, group, "merge", keep="0" * 32).status_code == 400
    assert act(here, group, "merge", version="old").status_code == 400
    assert act(here, group, "undo").status_code == 409
    assert here.get(f"duplicates/{'0' * 32}/").status_code == 404
    assert here.get("duplicates/?kind=odd").status_code == 400
    assert here.get("duplicates/?page=2").status_code == 404


def test_the_same_scene_in_another_light_is_not_to_be_merged(here: PortalHere) -> None:
    here.add(jpeg(1))
    here.add(encoded((photo(1, WIDTH, HEIGHT) * 0.35).astype("uint8")))
    scan(here)

    assert {one["suggestion"]["action"] for one in groups(here)} == {"link"}
