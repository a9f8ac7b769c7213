"""Search by image, over HTTP."""

import json

import numpy as np
import pytest
import requests
from PIL import Image

from ..fixtures import Tenant, new_tenant
from ..images import encoded, jpeg, photo
from ..portal import Portal

SEEDS = range(20, 26)


@pytest.fixture(scope="module")
def stored(portal: Portal) -> Tenant:
    """A tenant with six pictures that have nothing in common."""
    tenant = new_tenant(portal)
    for seed in SEEDS:
        tenant.client.add(
            tenant.application,
            jpeg(seed),
            name=f"picture {seed}",
            keywords="even" if seed % 2 == 0 else "odd",
            metadata=json.dumps({"seed": seed}),
        )
    return tenant


def crop(seed: int) -> bytes:
    return encoded(photo(seed)[100:400, 150:550], "JPEG", quality=80)


def names(answer: dict) -> list[str]:
    return [hit["media"]["name"] for hit in answer["data"]]


def search(tenant: Tenant, image: bytes, **form: str) -> dict:
    answer = tenant.client.post("search/", data=form, files={"image": image})
    assert answer.status_code == 200, answer.text
    return answer.json()


def search_for(tenant: Tenant, media: str) -> dict:
    answer = tenant.client.post("search/", data={"media": media})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_cropped_picture_is_found(stored: Tenant) -> None:
    answer = search(stored, crop(22))

    assert names(answer) == ["picture 22"]
    hit = answer["data"][0]
    assert hit["decision"] == "match"
    assert hit["best_signature"] == "match"
    assert 0 < hit["distance"] < 0.5
    assert (answer["total"], answer["page"], answer["next_page"]) == (1, 1, None)


def test_the_same_file_is_a_clone(stored: Tenant) -> None:
    hit = search(stored, jpeg(23), min_score="0.9999")["data"][0]

    assert (hit["decision"], hit["distance"], hit["score"]) == ("clone", 0.0, 1.0)


def test_the_details_say_where_the_picture_is(stored: Tenant) -> None:
    """A crop of 400 x 300 pixels at (150, 100) of 640 x 480."""
    found = search(stored, crop(22))["data"][0]["details"]["match"]

    homography = np.array(found["homography"]["coefficients"]).reshape(3, 3)
    # reference at 512 x 384, query at 512 x 384: the crop is shown 1.6 times larger
    corners = np.array([[120, 80, 1], [440, 80, 1], [440, 320, 1], [120, 320, 1]], float)
    corners = corners @ homography.T
    np.testing.assert_allclose(
        corners[:, :2] / corners[:, 2:], [[0, 0], [512, 0], [512, 384], [0, 384]], atol=3
    )
    assert (found["homography"]["source"], found["homography"]["destination"]) == (
        "reference",
        "query",
    )
    for side in ("reference", "query"):
        points = np.array(found[side]["matchingBox"]["points"])
        assert points.shape == (4, 2)
        assert points.min() >= -0.05
        assert points.max() <= 1.05
        assert 0 < found[side]["matchingBox"]["area"] <= 1
    assert found["reference"]["originalDimensions"] == [640, 480]
    assert found["reference"]["resizedDimensions"] == [512, 384]
    assert found["query"]["originalDimensions"] == [400, 300]
    assert set(found["scores"]) == {
        "boxPointsRatio",
        "boxCoveredSurface",
        "boxPointsRatioHomography",
        "matchStrength",
        "matchStrengthWithoutWeighting",
    }


def test_a_mirrored_copy_is_found_and_named_so(stored: Tenant) -> None:
    mirrored = encoded(np.ascontiguousarray(photo(24)[:, ::-1]), "JPEG")

    hit = search(stored, mirrored)["data"][0]

    assert hit["media"]["name"] == "picture 24"
    assert hit["details"]["match"]["mirrored"] is True


def test_an_unknown_picture_finds_nothing(stored: Tenant) -> None:
    assert search(stored, jpeg(99)) == {
        "data": [],
        "page": 1,
        "page_size": 20,
        "total": 0,
        "next_page": None,
        "previous_page": None,
    }


def test_rejected_candidates_are_shown_only_when_asked_for(stored: Tenant) -> None:
    answer = search(stored, jpeg(99), include_rejected="true")

    assert all(hit["decision"].startswith("rejected") for hit in answer["data"])
    assert all(hit["distance"] >= 0.5 for hit in answer["data"])


def test_two_pictures_in_one_photo_are_both_found(stored: Tenant) -> None:
    scene = np.full((700, 1400, 3), 180, np.uint8)
    scene[100:580, 40:680] = photo(20)
    scene[150:630, 720:1360] = photo(21)

    assert set(names(search(stored, encoded(scene, "JPEG")))) == {"picture 20", "picture 21"}


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ({"keywords": "even"}, True),
        ({"keywords": "odd"}, False),
        ({"keywords": '["EVEN"]', "metadata": '{"seed": 22}'}, True),
        ({"metadata": '{"seed": "22"}'}, True),
        ({"metadata": '{"seed": [1, 22.0]}'}, True),
        ({"metadata": '{"seed": 23}'}, False),
        ({"metadata": '{"seed": []}'}, False),
    ],
)
def test_keywords_and_metadata_restrict_the_search(
    stored: Tenant, form: dict[str, str], found: bool
) -> None:
    assert names(search(stored, crop(22), **form)) == (["picture 22"] if found else [])


def test_a_stored_media_can_be_the_query(stored: Tenant) -> None:
    media = search(stored, jpeg(25))["data"][0]["media"]

    answer = stored.client.post("search/", json={"media": media["id"]})

    assert answer.status_code == 200
    hit = answer.json()["data"][0]
    assert (hit["media"]["id"], hit["decision"]) == (media["id"], "clone")


def test_another_tenants_media_is_no_query(stored: Tenant, stranger: Tenant) -> None:
    media = search(stored, jpeg(25))["data"][0]["media"]

    answer = stranger.client.post("search/", json={"media": media["id"]})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"media": "zz"}, None),
        ({"media": 7}, "media"),
        ({"signatures": ["smell"]}, "signatures"),
        ({"signatures": 7}, "signatures"),
        ({"page": 0}, "page"),
        ({"page_size": "x"}, "page_size"),
        ({"include_rejected": "maybe"}, "include_rejected"),
        ({"thorough": "perhaps"}, "thorough"),
        ({"metadata": {"$where": "1"}}, "metadata"),
        ({"keywords": [{"$ne": None}]}, "keywords"),
    ],
)
def test_bad_properties(stored: Tenant, body: dict[str, object], field: str | None) -> None:
    form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items()}
    for arguments in ({"json": body}, {"data": form, "files": {"image": jpeg(1)}}):
        answer = stored.client.post("search/", **arguments)
        assert answer.status_code in (400, 404), answer.text
        if field and answer.status_code == 400 and "errors" in answer.json():
            assert field in answer.json()["errors"] or "image" in answer.json()["errors"]


def test_a_search_is_paged(stored: Tenant) -> None:
    scene = np.full((500, 1300, 3), 180, np.uint8)
    scene[10:490, :640] = photo(20)
    scene[10:490, 650:1290] = photo(21)
    image = encoded(scene, "JPEG")

    first = search(stored, image, page_size="1")
    second = stored.client.post("search/?page=2&page_size=1", files={"image": image}).json()

    assert (first["total"], second["total"]) == (2, 2)
    followed = requests.get(
        first["next_page"], headers={"X-API-KEY": str(stored.client.key)}, timeout=300
    )
    assert names(followed.json()) == names(second)
    assert {*names(first), *names(second)} == {"picture 20", "picture 21"}
    both = search(stored, image)
    assert names(both) == [*names(first), *names(second)]
    kept = {"headers": {"X-API-KEY": str(stored.client.key)}, "timeout": 60}
    again = requests.get(followed.json()["previous_page"], **kept).json()
    assert again["data"][0]["distance"] == first["data"][0]["distance"]
    beyond = stored.client.post("search/?page=3&page_size=1", files={"image": image})
    assert beyond.status_code == 404


def test_the_very_same_file_is_always_found_whatever_it_shows(tenant: Tenant) -> None:
    flat = encoded(Image.new("RGB", (64, 64), "teal"), "PNG")
    dot = encoded(Image.new("RGB", (1, 1), "red"), "PNG")
    line = encoded(Image.new("L", (10_000, 3), 128), "PNG")
    stored = [tenant.client.add(tenant.application, one)["id"] for one in (flat, dot, line)]
    media = tenant.client.add(tenant.application, jpeg(1))

    assert [hit["media"]["id"] for hit in search(tenant, jpeg(1))["data"]] == [media["id"]]
    for image, own in zip((flat, dot, line), stored, strict=True):
        for asked in (search(tenant, image), search_for(tenant, own)):
            (hit,) = asked["data"]
            assert (hit["media"]["id"], hit["decision"], hit["distance"]) == (own, "clone", 0.0)
    assert search(tenant, dot, keywords="none such")["total"] == 0


def test_pictures_that_share_a_logo_are_shown_where_shared_parts_are_asked_for(
    tenant: Tenant,
) -> None:
    def with_logo(seed: int) -> bytes:
        pixels = np.array(photo(seed))
        pixels[-140:-10, -210:-10] = photo(99)[:130, :200]
        return encoded(pixels, "JPEG", quality=90)

    media = tenant.client.add(tenant.application, with_logo(1))["id"]
    assert search(tenant, with_logo(2))["total"] == 0
    for asked in ({"include_shared": "true"}, {"min_box": "0.02"}):
        (hit,) = search(tenant, with_logo(2), **asked)["data"]
        assert (hit["media"]["id"], hit["decision"]) == (media, "shared_part")
        assert hit["distance"] >= 0.5
    assert search(tenant, with_logo(1))["data"][0]["decision"] == "clone"


def test_what_was_deleted_is_not_found_and_what_was_restored_is(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))["id"]
    path = f"media/{media}/"

    tenant.client.delete(path)
    assert search(tenant, jpeg(1))["total"] == 0
    tenant.client.post(path + "restore/")
    assert search(tenant, jpeg(1))["total"] == 1


def test_an_inactive_application_is_not_searched(tenant: Tenant) -> None:
    tenant.client.put(f"applications/{tenant.application}/", json={"status": "Inactive"})

    for path in ("search/", "media/"):
        assert tenant.client.post(path, files={"image": jpeg(1)}).status_code == 403


def test_a_match_may_be_asked_to_show_more_of_a_picture(stored: Tenant) -> None:
    assert names(search(stored, crop(22), min_box="0.2")) == ["picture 22"]
    assert names(search(stored, crop(22), min_box="0.95")) == []


def test_a_box_larger_than_the_picture_is_refused(stored: Tenant) -> None:
    answer = stored.client.post("search/", data={"min_box": "2"}, files={"image": crop(22)})
    assert answer.status_code == 400
    assert "min_box" in answer.json()["errors"]
