"""Looking for a part of a picture: what lies outside of it does not exist."""

from typing import Any

import numpy as np
import pytest
import requests

from udata_mediadb.imaging import Region, decode
from udata_mediadb.search.regions import as_text, part_of, read_region

from ..fixtures import Tenant, new_tenant
from ..images import encoded, exif, jpeg, photo, stored_for
from ..portal import Portal

# Two pictures beside each other on a large one: the left half is 71, the right half 72
LEFT, RIGHT = "0,0,0.5,1", "pct:50,0,50,100"


def beside(first: int = 71, second: int = 72, scale: int = 1) -> np.ndarray:
    pictures = [photo(seed, 640 * scale, 480 * scale) for seed in (first, second)]
    return np.hstack(pictures)


@pytest.fixture(scope="module")
def stored(portal: Portal) -> Tenant:
    tenant = new_tenant(portal, signatures=["match", "similarity", "colors"])
    for seed in (71, 72, 73):
        tenant.client.add(tenant.application, jpeg(seed), name=f"picture {seed}")
    return tenant


def names(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [hit["media"]["name"] for hit in answer.json()["data"]]


def search(tenant: Tenant, image: bytes, **form: Any) -> requests.Response:
    return tenant.client.post(
        "search/", data={"signatures": "match", **form}, files={"image": image}
    )


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_only_what_the_region_shows_is_found(stored: Tenant, format: str) -> None:
    both = encoded(beside(), format)

    assert sorted(names(search(stored, both))) == ["picture 71", "picture 72"]
    assert names(search(stored, both, region=LEFT)) == ["picture 71"]
    assert names(search(stored, both, region=RIGHT)) == ["picture 72"]
    assert names(search(stored, both, region="0.4,0,0.001,0.001")) == []


def test_a_region_is_described_as_the_picture_that_it_is(stored: Tenant) -> None:
    """Whatever is around it: a lossless file, so that not a bit comes from there."""
    asked = {"signatures": "match,similarity,colors", "page_size": "50", "region": LEFT}
    alone = search(stored, encoded(photo(71), "PNG"), **{**asked, "region": "0,0,1,1"})
    among = search(stored, encoded(beside(71, 99), "PNG"), **asked)

    hits = [
        [(hit["media"]["id"], hit["distance"], hit["details"]) for hit in one.json()["data"]]
        for one in (alone, among)
    ]
    assert hits[0] == hits[1]


def test_similarity_and_colours_of_a_region_are_its_own(stored: Tenant) -> None:
    half = np.hstack([np.full((480, 640, 3), (200, 20, 30), np.uint8), photo(71)])
    asked = {"application": stored.application}
    colours = [
        stored.client.post("colors/", data={**asked, **more}, files={"image": encoded(half, "PNG")})
        for more in ({"region": LEFT}, {})
    ]
    media = stored.client.add(stored.application, encoded(half, "PNG"), name="half red")["id"]
    of_media = stored.client.get(f"media/{media}/colors/", params={"region": LEFT}).json()
    similar = stored.client.get(
        f"media/{media}/similar/", params={"region": RIGHT, "signatures": "similarity"}
    )
    stored.client.delete(f"media/{media}/")

    shown = [one.json()["colors"] or [one.json()["background"]] for one in colours]
    assert [one["class"] for one in shown[0]] == ["red"]
    assert len(shown[1]) > 1
    assert (of_media["colors"] or [of_media["background"]])[0]["class"] == "red"
    assert names(similar)[0] == "picture 71"
    assert similar.json()["data"][0]["distance"] < 0.05


def test_a_region_of_a_kept_query_and_of_a_stored_media(stored: Tenant) -> None:
    both = encoded(beside(), "PNG")
    named = {"application": stored.application}
    kept = stored.client.post("queries/", data=named, files={"image": both}).json()["id"]
    media = stored.client.add(stored.application, both, name="both")["id"]
    match = {"signatures": "match"}
    of_query = stored.client.get("search/", params={"query": kept, "region": RIGHT, **match})
    again = stored.client.get("search/", params={"query": kept, "region": RIGHT, **match})
    of_media = stored.client.get("search/", params={"media": media, "region": RIGHT, **match})
    body = stored.client.post(
        "search/", json={"media": media, "region": [0.5, 0, 0.5, 1], "signatures": ["match"]}
    )
    stored.client.delete(f"media/{media}/")

    assert set(names(of_query)) == {"picture 72", "both"}
    assert of_query.json()["data"] == again.json()["data"]
    assert set(names(of_media)) == set(names(body)) == {"picture 72", "both"}
    decisions = {hit["media"]["name"]: hit["decision"] for hit in of_media.json()["data"]}
    assert decisions["both"] == "match"  # no clone: only half of it is looked for


def test_the_next_pages_look_for_the_same_region(stored: Tenant) -> None:
    asked = {"signatures": "colors", "page_size": "1", "region": LEFT, "include_rejected": "true"}
    first = search(stored, encoded(beside(), "PNG"), **asked)
    whole = search(stored, encoded(beside(), "PNG"), **{**asked, "page_size": "50"})
    found, answer = names(first), first.json()
    while answer["next_page"]:
        key = {"X-API-KEY": stored.client.key or ""}
        following = requests.get(answer["next_page"], headers=key, timeout=300)
        found += names(following)
        answer = following.json()

    assert len(found) == 3
    assert found == names(whole)


def test_a_small_region_of_a_large_file_has_the_pixels_of_the_file(portal: Portal) -> None:
    """An eighth of 4,096 px: in the small whole it would be 64 px wide."""
    tenant = new_tenant(portal)
    tenant.client.add(tenant.application, jpeg(71), name="small")
    wall = np.full((3072, 4096, 3), 128, np.uint8)
    wall[:] = photo(5, 4096, 3072)
    wall[1536:1920, 2048:2560] = np.asarray(photo(71))[48:432, 64:576]
    region = "0.5,0.5,0.125,0.125"
    image = encoded(wall, "JPEG", quality=95)
    named = {"application": tenant.application}
    kept = tenant.client.post("queries/", data=named, files={"image": image}).json()["id"]
    by_query = tenant.client.get("search/", params={"query": kept, "region": region})

    assert names(search(tenant, image, region=region, thorough="never")) == ["small"]
    assert names(by_query) == ["small"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_region_is_that_of_the_upright_picture(orientation: int) -> None:
    whole, region = photo(3, 640, 480), Region(0.25, 0.5, 0.25, 0.375)
    want = whole[240:420, 160:320]
    turned = encoded(stored_for(whole, orientation), "PNG", exif=exif(orientation))
    seen = decode(turned, max_pixels=10**6, side=1024, region=region)

    assert (seen.width, seen.height) == (160, 180)
    assert (seen.pixels == want).all()


READ = [
    ("0.1,0.2,0.3,0.4", "0.1,0.2,0.3,0.4"),
    (" pct:10,20,30,40 ", "0.1,0.2,0.3,0.4"),
    ("PCT:10,20,30,40", "0.1,0.2,0.3,0.4"),
    ([0.1, 0.2, 0.3, 0.4], "0.1,0.2,0.3,0.4"),
    ("[0.1, 0.2, 0.3, 0.4]", "0.1,0.2,0.3,0.4"),
    ("0.333,0,0.667,1", "0.333,0,0.667,1"),
    ("0.3335,0,0.667,1", "0.3335,0,0.6665,1"),  # three digits, summed up
    ("pct:50,50,100,100", "0.5,0.5,0.5,0.5"),  # IIIF: cut at the edge
]
REFUSED = [
    *("", "0,0,1", "0,0,1,1,1", "a,b,c,d", "0,0,0,1", "0,0,1,0", "0,0,-1,1", "-0.1,0,0.5,0.5"),
    *("1,0,0.5,0.5", "0.6,0,0.5,1", "0,0,2,1", "0,0,nan,1", "0,0,inf,1", "0,0,1e-3,1"),
    *("pct:0,0,0,10", "pct:100,0,10,10", "pct:-5,0,10,10", "full", "0;0;1;1"),
    *([0, 0, 1], [0, 0, True, 1], [0, 0, None, 1], {"x": 0}, 5, "[0,0,1", "10,20,30,40"),
]


@pytest.mark.parametrize(("sent", "read"), READ)
def test_regions_are_read(sent: object, read: str) -> None:
    assert as_text(read_region(sent)) == read


@pytest.mark.parametrize("sent", REFUSED, ids=str)
def test_what_is_no_region_is_refused(sent: object) -> None:
    with pytest.raises(ValueError, match=r"region|fraction|area|JSON"):
        read_region(sent)


def test_the_whole_picture_is_as_good_as_no_region() -> None:
    assert part_of(read_region("0,0,1,1")) is part_of(read_region("pct:0,0,100,100")) is None


def test_a_region_without_a_picture_is_a_clear_400(stored: Tenant) -> None:
    asked = {"application": stored.application, "region": LEFT, "keywords": "x"}
    answers = [
        stored.client.get("search/", params=asked),
        stored.client.get("search/", params={**asked, "region": "0,0,0,1"}),
    ]

    assert [one.status_code for one in answers] == [400, 400]
    assert all(list(one.json()["errors"]) == ["region"] for one in answers)
