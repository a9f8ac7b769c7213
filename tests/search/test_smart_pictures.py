"""Smart collections that ask what media show: when made, as media come, when they change."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from udata_mediadb.jobs.workers import current_jobs
from udata_mediadb.media.models import Media
from udata_mediadb.mongo.clock import now
from udata_mediadb.search.rules.models import PictureRule

from ..images import encoded, jpeg, photo
from ..portal_here import PortalHere, new_application, portal_here


@pytest.fixture
def here(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[PortalHere]:
    uri = mongodb_uri.rstrip("/") + f"/{database_name}"
    with portal_here(uri, tmp_path, MEDIADB_JOBS_IN_WEB=False) as found:
        yield found


def crop_of(seed: int) -> bytes:
    return encoded(photo(seed)[60:420, 80:520].copy(), quality=90)


def work(here: PortalHere) -> None:
    with here.app.app_context():
        current_jobs().run_free()


def smart(here: PortalHere, query: dict[str, Any]) -> dict[str, Any]:
    sent = {"application": here.application, "name": "S", "query": query}
    answer = here.post("smart_collections/", json=sent)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json
    return made


def held(here: PortalHere, made: dict[str, Any]) -> set[str]:
    listed = here.get(f"smart_collections/{made['id']}/media/")
    assert listed.status_code == 200, listed.text
    return {one["id"] for one in listed.json["data"]}


def test_what_shows_it_is_in_it_at_once_and_as_media_come(here: PortalHere) -> None:
    whole, part = here.add(jpeg(1))["id"], here.add(crop_of(1))["id"]
    here.add(jpeg(2))
    made = smart(here, {"picture": {"media": whole}})
    work(here)

    assert held(here, made) == {whole, part}
    (job,) = here.get("jobs/?kind=smart-collection").json["data"]
    assert (job["state"], job["done"], job["total"]) == ("done", 3, 3)

    here.delete(f"media/{whole}/")
    later = here.add(jpeg(1))["id"]
    here.add(jpeg(3))
    work(here)
    assert held(here, made) == {part, later}


def test_it_stands_among_other_conditions(here: PortalHere) -> None:
    river = here.add(jpeg(1), keywords='["river"]')["id"]
    part, other = here.add(crop_of(1))["id"], here.add(jpeg(2), keywords='["river"]')["id"]
    picture = {"picture": {"media": river}}
    both = smart(here, {**picture, "keywords": ["river"]})
    either = smart(here, {"or": [picture, {"keywords": ["river"]}]})
    neither = smart(here, {"not": picture})
    work(here)

    assert held(here, both) == {river}
    assert held(here, either) == {river, part, other}
    assert held(here, neither) == {other}


def test_by_similarity_and_by_colours(here: PortalHere) -> None:
    signatures = ["match", "similarity", "colors"]
    here.application = new_application(here.app, here.user, name="All", signatures=signatures)
    one = here.add(jpeg(1))["id"]
    turned = here.add(encoded(photo(1)[:, ::-1].copy()))["id"]
    red = here.add(encoded(np.full((64, 96, 3), (230, 10, 10), np.uint8)))["id"]
    alike = smart(here, {"picture": {"media": one, "signature": "similarity", "min_score": 0.8}})
    reds = smart(here, {"picture": {"palette": ["#e60a0a"]}})
    work(here)

    assert {one, turned} <= held(here, alike)
    assert red not in held(here, alike)
    assert held(here, reds) == {red}


def test_a_query_is_sent_back_changed_and_deleted(here: PortalHere) -> None:
    one, two = here.add(jpeg(1))["id"], here.add(jpeg(2))["id"]
    made = smart(here, {"picture": {"media": one}})
    work(here)
    path = f"smart_collections/{made['id']}/"

    again = here.put(path, json=here.get(path).json)
    assert again.status_code == 200, again.text
    assert again.json["query"] == made["query"]
    assert held(here, made) == {one}

    here.put(path, json={"query": {"picture": {"media": two}}})
    work(here)
    assert held(here, made) == {two}
    assert PictureRule.objects.count() == 1

    here.delete(path)
    assert PictureRule.objects.count() == 0
    assert Media.objects(pictures__exists=True, pictures__ne=[]).count() == 0


def test_a_picture_that_is_replaced_comes_and_goes(here: PortalHere) -> None:
    one, two = here.add(jpeg(1))["id"], here.add(jpeg(2))["id"]
    made = smart(here, {"picture": {"media": one}})
    work(here)
    assert held(here, made) == {one}

    for media, image in ((one, jpeg(3)), (two, crop_of(1))):
        path, headers = f"media/{media}/file/", {"Content-Type": "image/jpeg"}
        assert here.put(path, data=image, headers=headers).status_code == 200
    work(here)
    assert held(here, made) == {two}

    last = smart(here, {"picture": {"media": two}})
    work(here)
    assert held(here, last) == {two}


def test_a_rule_whose_collection_is_being_stored_stays(here: PortalHere) -> None:
    one = here.add(jpeg(1))["id"]
    made = smart(here, {"picture": {"media": one}})
    work(here)
    (rule,) = PictureRule.objects
    with here.app.app_context():  # as a second one is stored a moment before its collection
        rule.id, rule.owner = "2" * 32, "3" * 32
        rule.created_at = now()
        rule.save(force_insert=True)
    here.add(jpeg(2))
    work(here)
    assert PictureRule.objects.count() == 2

    PictureRule.objects(id=rule.id).update(set__created_at=now() - timedelta(hours=1))
    here.add(jpeg(3))
    work(here)
    assert PictureRule.objects.count() == 1
    assert held(here, made) == {one}


@pytest.mark.parametrize(
    "picture",
    [
        {},
        {"media": "x"},
        {"media": "0" * 32},
        {"palette": ["no colour"]},
        {"palette": ["red"], "query": "y" * 32},
        {"query": "y" * 32},
        {"media": "0" * 32, "rule": "1" * 32},
        {"media": "0" * 32, "odd": 1},
        {"media": "0" * 32, "min_score": 2},
        "red",
    ],
)
def test_bad_pictures_are_refused(here: PortalHere, picture: Any) -> None:
    sent = {"application": here.application, "name": "S", "query": {"picture": picture}}
    assert here.post("smart_collections/", json=sent).status_code in (400, 404)
    assert here.get("smart_collections/").json["total"] == 0
    assert PictureRule.objects.count() == 0


def test_searches_and_lists_know_no_picture(here: PortalHere) -> None:
    query = {"picture": {"palette": ["red"]}}
    sent = {"application": here.application, "query": query}
    assert here.post("search/", json=sent).status_code == 400
