"""What a media illustrates: objects of the portal, named by class and id."""

import json

import numpy as np
import pytest

from udata_mediadb.filters.compose import Criteria, compose
from udata_mediadb.hosts.related import Related
from udata_mediadb.media.listing import NEWEST_FIRST, active_in, found_in
from udata_mediadb.media.models import Media

from ..fixtures import Tenant, new_tenant
from ..hosts import plain_only
from ..images import encoded, jpeg
from ..portal import Portal

# in udata they must exist: tests/udata/test_related.py
pytestmark = plain_only

DATASET, REUSE = {"class": "Dataset", "id": "5f00"}, {"class": "Reuse", "id": "5f01"}


@pytest.mark.parametrize(
    "sent",
    [
        json.dumps([DATASET, REUSE]),
        json.dumps([{**DATASET, "title": "shown, not read"}, REUSE, REUSE]),
        "Dataset:5f00, Reuse:5f01",
        '["Dataset:5f00", "Reuse:5f01"]',
    ],
)
def test_a_media_shows_the_objects_that_it_was_added_with(tenant: Tenant, sent: str) -> None:
    media = tenant.client.add(tenant.application, jpeg(1, 96, 64), related=sent)

    assert media["related"] == [DATASET, REUSE]
    assert tenant.client.get(f"media/{media['id']}/").json()["related"] == [DATASET, REUSE]


def test_a_media_without_any_has_an_empty_list(tenant: Tenant) -> None:
    assert tenant.client.add(tenant.application, jpeg(1, 96, 64))["related"] == []


def test_what_is_not_named_stays_and_an_empty_list_takes_all_away(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1, 96, 64), related="Dataset:5f00")
    path = f"media/{media['id']}/"

    assert tenant.client.put(path, json={"name": "x"}).json()["related"] == [DATASET]
    assert tenant.client.put(path, json={"related": [REUSE]}).json()["related"] == [REUSE]
    assert tenant.client.put(path, json={"related": []}).json()["related"] == []


@pytest.mark.parametrize(
    "bad",
    [
        7,
        [7],
        [[]],
        "Dataset",
        "{",
        [{"class": "Dataset"}],
        [{"class": "Dataset", "id": {"$ne": None}}],
        [{"class": {"$gt": ""}, "id": "1"}],
        [{"class": "A b", "id": "1"}],
        [{"class": "Dataset", "id": "a b"}],
        [{"class": "Dataset", "id": "\0"}],
        [{"class": "Dataset", "id": str(n)} for n in range(51)],
    ],
)
def test_what_names_no_object_is_refused(tenant: Tenant, bad: object) -> None:
    media = tenant.client.add(tenant.application, jpeg(1, 96, 64))

    answer = tenant.client.put(f"media/{media['id']}/", json={"related": bad})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["related"]


def test_lists_and_searches_keep_to_an_object(tenant: Tenant) -> None:
    add = tenant.client.add
    one = add(tenant.application, jpeg(1), related="Dataset:5f00,Reuse:5f01")["id"]
    other = add(tenant.application, jpeg(1), related="Dataset:5f00")["id"]
    add(tenant.application, jpeg(1))

    def listed(**params: object) -> list[str]:
        return [m["id"] for m in tenant.client.get("media/", params=params).json()["data"]]

    assert listed(related="Dataset:5f00") == [other, one]
    assert listed(related=["Dataset:5f00", "Reuse:5f01"]) == [one]
    assert listed(related="Dataset:5f02") == []
    assert tenant.client.get("media/", params={"related": "x"}).status_code == 400

    picture = {"files": {"image": jpeg(1)}, "data": {"related": "Reuse:5f01"}}
    hits = tenant.client.post("search/", **picture).json()["data"]
    assert [hit["media"]["related"] for hit in hits] == [[DATASET, REUSE]]
    by_object = tenant.client.post("search/", json={"related": [DATASET]}).json()["data"]
    assert [hit["media"]["id"] for hit in by_object] == [other, one]


def test_a_collection_lists_by_object_too(tenant: Tenant) -> None:
    one = tenant.client.add(tenant.application, jpeg(1, 96, 64), related="Dataset:5f00")["id"]
    body = {"application": tenant.application, "name": "x"}
    collection = tenant.client.post("collections/", json=body).json()["id"]
    tenant.client.post(f"collections/{collection}/media/", json={"media": [one]})
    path = f"collections/{collection}/media/"

    assert tenant.client.get(path, params={"related": "Dataset:5f00"}).json()["total"] == 1
    assert tenant.client.get(path, params={"related": "Dataset:5f01"}).json()["total"] == 0


def test_the_colours_are_those_of_what_illustrates_an_object(portal: Portal) -> None:
    tenant = new_tenant(portal, signatures=["colors"])
    for name, related in (("red", "Dataset:5f00"), ("blue", "Dataset:5f01")):
        colour = (200, 0, 0) if name == "red" else (0, 0, 200)
        picture = encoded(np.full((64, 96, 3), colour, np.uint8))
        tenant.client.add(tenant.application, picture, name=name, related=related)
    asked = {"application": tenant.application, "related": "Dataset:5f00"}

    answer = tenant.client.get("colors/", params=asked).json()

    assert (answer["media"], answer["total"]) == (1, 1)
    assert tenant.client.get("colors/", params={"related": "x"}).status_code == 400


def test_the_filter_is_answered_by_its_index(portal: Portal, tenant: Tenant) -> None:
    for _ in range(3):
        tenant.client.add(tenant.application, jpeg(1, 96, 64), related="Dataset:5f00")
    named = [Related("Dataset", "5f00")]
    with portal.app.app_context():
        wanted = active_in(tenant.application, compose(Criteria(related=named)))
        plan = found_in(wanted, NEWEST_FIRST, None).explain()

    text = json.dumps(plan["queryPlanner"]["winningPlan"], default=str)
    assert "COLLSCAN" not in text
    assert "SORT" not in text.replace("SORT_MERGE", "")
    assert '"related"' in text


def test_documents_from_before_there_were_objects_have_none(portal: Portal, tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1, 96, 64))["id"]
    with portal.app.app_context():
        Media._get_collection().update_one({"_id": media}, {"$unset": {"related": 1}})

    assert tenant.client.get(f"media/{media}/").json()["related"] == []
