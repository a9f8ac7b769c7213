"""What is decided about a group: merged with undo, kept, dismissed, linked."""

from typing import Any

import pytest

from udata_mediadb.authentication.audit import AuditEntry
from udata_mediadb.media.models import Media
from udata_mediadb.mongo.documents import durable

from ..images import jpeg
from ..portal_here import PortalHere
from .groups import copy_of, crop_of, groups, members, scan, work


def act(here: PortalHere, group: dict[str, Any], action: str, **more: Any) -> Any:
    return here.post(f"duplicates/{group['id']}/", json={"action": action, **more})


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


@pytest.mark.parametrize("by", ["the same again", "the next scan"])
def test_a_merge_that_was_cut_off_is_ended(here: PortalHere, by: str) -> None:
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

    if by == "the next scan":
        scan(here)
    else:
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
