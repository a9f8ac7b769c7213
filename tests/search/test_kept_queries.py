"""Searches that one can come back to: queries that are kept, and links to every page."""

from datetime import timedelta
from io import BytesIO

import numpy as np
import pytest
import requests
from mongoengine.connection import get_db
from PIL import Image

from udata_mediadb.application.models import Application
from udata_mediadb.errors import TooManyRequests
from udata_mediadb.imaging import decode
from udata_mediadb.mongo.clock import now
from udata_mediadb.search.keeping import keep_query
from udata_mediadb.search.models import KeptQuery
from udata_mediadb.search.sent import SentPicture

from ..fixtures import Tenant, new_tenant
from ..images import encoded, exif, jpeg, photo
from ..portal import Client, Portal

SEEDS = range(60, 66)


@pytest.fixture(scope="module")
def stored(portal: Portal) -> Tenant:
    """Six pictures, described by two signatures."""
    tenant = new_tenant(portal, signatures=["match", "colors"])
    for seed in SEEDS:
        tenant.client.add(tenant.application, jpeg(seed), name=f"picture {seed}", keywords="even,x")
    return tenant


def keep(tenant: Tenant, image: bytes, **form: str) -> dict:
    named = {"application": tenant.application, **form}
    answer = tenant.client.post("queries/", data=named, files={"image": ("q.jpg", image)})
    assert answer.status_code == 201, answer.text
    return answer.json()


def names(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [hit["media"]["name"] for hit in answer.json()["data"]]


def test_a_kept_query_finds_what_the_picture_finds(stored: Tenant) -> None:
    crop = encoded(photo(62)[100:400, 150:550])
    kept = keep(stored, crop)
    by_picture = stored.client.post("search/", files={"image": crop}, data={"signatures": "match"})
    by_query = stored.client.get("search/", params={"query": kept["id"], "signatures": "match"})
    by_body = stored.client.post("search/", json={"query": kept["id"], "signatures": ["match"]})

    assert names(by_query) == ["picture 62"]
    assert by_query.json()["data"] == by_picture.json()["data"] == by_body.json()["data"]


def test_a_kept_query_says_what_it_is_and_when_it_ends(stored: Tenant) -> None:
    kept = keep(stored, jpeg(61))

    assert (kept["width"], kept["height"], kept["format"]) == (640, 480, "JPEG")
    assert (kept["application"], kept["name"]) == (stored.application, "q.jpg")
    assert kept["created_at"] < kept["expires_at"]
    assert stored.client.get(f"queries/{kept['id']}/").json() == kept
    assert names(requests.get(kept["search_url"], headers=headers(stored), timeout=300))


def test_the_copy_of_a_query_is_small_and_without_metadata(stored: Tenant) -> None:
    big = encoded(photo(61, 2000, 1500), "JPEG", exif=exif(6, gps=True))
    kept = keep(stored, big)
    answer = requests.get(kept["url"], headers=headers(stored), timeout=300)
    copy = Image.open(BytesIO(answer.content))

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert 973 <= max(copy.size) <= 1024
    assert not copy.getexif()


@pytest.mark.parametrize(
    ("width", "detail"), [(1000, None), (1200, 1200), (2000, 2000), (3000, 2048)]
)
def test_regions_of_a_kept_query_have_the_pixels_that_were_sent(
    stored: Tenant, width: int, detail: int | None
) -> None:
    sent = encoded(photo(61, width, width * 3 // 4))
    kept = KeptQuery.objects(id=keep(stored, sent)["id"]).get()

    assert max(Image.open(BytesIO(kept.copy)).size) <= 1024
    larger = None if kept.detail is None else Image.open(BytesIO(kept.detail))
    assert (larger and max(larger.size)) == detail
    if larger is not None:
        expected = Image.open(BytesIO(sent)).convert("RGB").resize(larger.size)
        apart = np.abs(np.asarray(larger, np.int16) - np.asarray(expected, np.int16))
        assert apart.mean() < 4  # of 255, encoded once more


def test_a_stored_media_is_kept_as_a_query(stored: Tenant) -> None:
    media = stored.client.get("media/", params={"q": "64"}).json()["data"][0]
    kept = stored.client.post("queries/", json={"media": media["id"]}).json()
    found = stored.client.get("search/", params={"query": kept["id"], "signatures": "match"})

    assert names(found) == ["picture 64"]
    assert found.json()["data"][0]["distance"] == 0


@pytest.mark.parametrize("form", [{}, {"keywords": "x"}, {"query": '{"keywords": ["x"]}'}])
def test_every_page_of_a_search_can_be_followed_and_back(
    stored: Tenant, form: dict[str, str]
) -> None:
    asked = {"signatures": "colors", "page_size": "2", **form}
    first = stored.client.post("search/", files={"image": jpeg(61)}, data=asked)
    found, answer = names(first), first.json()
    whole = stored.client.post(
        "search/", files={"image": jpeg(61)}, data={**asked, "page_size": "50"}
    )
    previous = None
    while answer["next_page"]:
        previous = answer
        following = requests.get(answer["next_page"], headers=headers(stored), timeout=300)
        found += names(following)
        answer = following.json()
    back = requests.get(answer["previous_page"], headers=headers(stored), timeout=300).json()

    assert len(found) > 2
    assert found == names(whole)
    assert previous is not None
    assert back["data"] == previous["data"]


@pytest.mark.parametrize(
    "asked",
    [
        {"keywords": ["x"]},
        {"metadata": {}, "query": {"keywords": ["even"]}},
        {"palette": [{"color": "#808080"}], "include_rejected": True, "signatures": ["colors"]},
    ],
)
def test_searches_without_a_picture_can_be_followed_too(stored: Tenant, asked: dict) -> None:
    answer = stored.client.post("search/", json={**asked, "page_size": 2}).json()
    following = requests.get(answer["next_page"], headers=headers(stored), timeout=300)

    assert len(names(following)) == 2
    assert following.json()["total"] == answer["total"]
    assert not {one["media"]["id"] for one in answer["data"]} & {
        one["media"]["id"] for one in following.json()["data"]
    }


def test_a_stored_media_is_searched_for_with_get(stored: Tenant) -> None:
    media = stored.client.get("media/", params={"q": "63"}).json()["data"][0]
    found = stored.client.get("search/", params={"media": media["id"], "signatures": "match"})

    assert names(found) == ["picture 63"]


def test_a_foreign_query_and_an_unknown_one_are_the_same(stored: Tenant, stranger: Tenant) -> None:
    kept = keep(stored, jpeg(61))["id"]
    unknown = "A" * 32
    answers = [
        stranger.client.get(path.format(one), params=params)
        for path, params in (("queries/{}/", {}), ("queries/{}/copy/", {}))
        for one in (kept, unknown)
    ] + [stranger.client.get("search/", params={"query": one}) for one in (kept, unknown)]

    assert {answer.status_code for answer in answers} == {404}
    texts = [answer.text.replace(kept, "?").replace(unknown, "?") for answer in answers]
    assert len(set(texts)) == 1
    assert stranger.client.delete(f"queries/{kept}/").status_code == 404
    assert stored.client.delete(f"queries/{kept}/").status_code == 204
    assert stored.client.get(f"queries/{kept}/").status_code == 404


def test_an_expired_query_is_gone_before_mongodb_removes_it(stored: Tenant) -> None:
    kept = keep(stored, jpeg(61))["id"]
    KeptQuery.objects(id=kept).update_one(set__expires_at=now() - timedelta(seconds=1))

    assert stored.client.get(f"queries/{kept}/").status_code == 404
    assert stored.client.get("search/", params={"query": kept}).status_code == 404


def test_mongodb_removes_what_has_ended(stored: Tenant) -> None:
    keep(stored, jpeg(61))
    indexes = get_db()["mediadb_query"].index_information().values()

    assert any(index.get("expireAfterSeconds") == 0 for index in indexes)


def test_a_query_needs_its_own_application_and_stands_alone(tenant: Tenant, portal: Portal) -> None:
    kept = keep(tenant, jpeg(61))["id"]
    other = portal.application(tenant.user, name="Other")
    elsewhere = tenant.client.get("search/", params={"query": kept, "application": other})
    beside = tenant.client.post(
        "search/", data={"query": kept, "application": tenant.application}, files={"image": jpeg(1)}
    )

    assert (elsewhere.status_code, beside.status_code) == (400, 400)
    assert "query" in elsewhere.json()["errors"]
    assert "not several" in beside.json()["errors"]["query"]


def test_an_anonymous_client_keeps_nothing(stored: Tenant, anonymous: Client) -> None:
    asked = {"application": stored.application}
    answer = anonymous.post("queries/", data=asked, files={"image": jpeg(1)})

    assert answer.status_code == 404  # what one may not read does not exist


def test_searching_with_nothing_to_look_for_is_a_clear_400(stored: Tenant) -> None:
    answer = stored.client.get("search/", params={"application": stored.application})

    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_queries_of_searches_give_way_and_own_ones_stay(
    portal: Portal, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(portal.app.config, "MEDIADB_QUERY_MAX", 3)
    picture = SentPicture(lambda: decode(jpeg(1), max_pixels=10**6, side=512))
    with portal.app.test_request_context(headers=headers(tenant)):
        application = Application.objects.get(id=tenant.application)
        own = keep_query(application, picture, sha256="0")
        made = [
            keep_query(application, picture, sha256=str(n), made_by_search=True) for n in range(4)
        ]
        more = [keep_query(application, picture, sha256="0") for _ in range(2)]
        with pytest.raises(TooManyRequests) as refused:
            keep_query(application, picture, sha256="0")

    left = set(KeptQuery.objects(application=tenant.application).scalar("id"))
    assert left == {own.id, *(one.id for one in more)}
    assert not left & {one.id for one in made}
    assert refused.value.retry_after_s > 0


def headers(tenant: Tenant) -> dict[str, str]:
    return {"X-API-KEY": tenant.client.key or ""}
