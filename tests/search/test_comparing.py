"""Two pictures beside each other: whether they are the same, where, and drawn."""

from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
import requests
from PIL import Image

from ..fixtures import Tenant, new_tenant
from ..images import encoded, jpeg, photo
from ..portal import Client, Portal

CROP = encoded(photo(62)[100:400, 150:550])
VIEWS = ("side", "over", "difference", "points")


@pytest.fixture(scope="module")
def stored(portal: Portal) -> Tenant:
    return new_tenant(portal)


@pytest.fixture(scope="module")
def media(stored: Tenant) -> str:
    return stored.client.add(stored.application, jpeg(62), name="whole")["id"]


@pytest.fixture(scope="module")
def query(stored: Tenant) -> str:
    named = {"application": stored.application}
    return stored.client.post("queries/", data=named, files={"image": CROP}).json()["id"]


def compare(client: Client, *images: bytes, **form: Any) -> dict[str, Any]:
    files = [("image", (f"{n}.jpg", image)) for n, image in enumerate(images)]
    answer = client.post("compare/", data=form, files=files)
    assert answer.status_code == 200, answer.text
    return answer.json()


def projected(compared: dict[str, Any], x: float, y: float) -> tuple[float, float]:
    u, v, w = np.array(compared["homography"]).reshape(3, 3) @ (x, y, 1)
    return u / w, v / w


def test_a_crop_and_a_stored_media_are_a_match_with_proof(stored: Tenant, media: str) -> None:
    found = compare(stored.client, CROP, media=media)
    box = np.array(found["boxes"]["reference"])

    assert found["decision"] == "match"
    assert found["distance"] < 0.3
    assert found["confidence"] > 0.9
    assert found["agreement"] > 0.8
    assert 20 < len(found["points"]) <= 100
    assert (found["query"]["kind"], found["reference"]["kind"]) == ("file", "media")
    assert (found["query"]["width"], found["reference"]["width"]) == (400, 640)
    assert box.min(axis=0) == pytest.approx([150 / 640, 100 / 480], abs=0.05)
    assert box.max(axis=0) == pytest.approx([550 / 640, 400 / 480], abs=0.05)
    assert found["similarity"]["distance"] < 0.6
    assert found["colors"]["distance"] < 0.5


def test_points_and_homography_say_the_same(stored: Tenant, media: str) -> None:
    found = compare(stored.client, CROP, media=media)

    for x, y, known_x, known_y in found["points"]:
        assert projected(found, known_x, known_y) == pytest.approx((x, y), abs=0.02)


@pytest.mark.parametrize("kinds", ["file file", "file media", "media query", "query query"])
def test_any_two_of_what_there_is(stored: Tenant, media: str, query: str, kinds: str) -> None:
    first, second = kinds.split()
    images = [CROP, jpeg(62)][: kinds.count("file")]
    form: dict[str, Any] = {"application": stored.application}
    for name, identifier in (("media", media), ("query", query)):
        if name in kinds:
            form[name] = [identifier] * kinds.count(name)
    found = compare(stored.client, *images, **form)

    assert {found["query"]["kind"], found["reference"]["kind"]} == {first, second}
    assert found["decision"] == ("clone" if first == second == "query" else "match")


def test_two_addresses(stored: Tenant, media: str) -> None:
    url = stored.client.get(f"media/{media}/").json()["url"]
    asked = {"url": [url, url], "application": stored.application}
    found = stored.client.post("compare/", json=asked).json()

    assert (found["decision"], found["distance"]) == ("clone", 0)


def test_a_media_with_itself_is_a_clone(stored: Tenant, media: str) -> None:
    found = stored.client.get("compare/", params={"media": [media, media]}).json()

    assert (found["decision"], found["distance"]) == ("clone", 0)
    assert found["similarity"]["distance"] == pytest.approx(0, abs=0.001)


def test_a_flat_picture_with_itself_is_a_clone_and_with_another_nothing(stored: Tenant) -> None:
    flat = encoded(np.full((300, 400, 3), 120, np.uint8), "PNG")
    other = encoded(np.full((300, 400, 3), 30, np.uint8), "PNG")
    named = {"application": stored.application}

    assert compare(stored.client, flat, flat, **named)["decision"] == "clone"
    apart = compare(stored.client, flat, other, **named)
    assert (apart["decision"], apart["boxes"], apart["points"]) == (None, None, [])
    assert apart["distance"] == 1


def test_strangers_are_no_match(stored: Tenant, media: str) -> None:
    found = compare(stored.client, jpeg(90), media=media)

    assert found["decision"] in (None, "rejected_geometry")
    assert (found["boxes"], found["homography"], found["points"]) == (None, None, [])
    assert found["confidence"] < 0.5
    assert "not the same" in found["alt"]


def test_a_mirrored_copy_says_so(stored: Tenant, media: str) -> None:
    found = compare(stored.client, encoded(photo(62)[:, ::-1]), media=media)

    assert (found["decision"], found["mirrored"]) == ("match", True)
    assert "mirrored" in found["alt"]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_each_view_is_a_picture_with_words(
    stored: Tenant, media: str, query: str, view: str, kind: str
) -> None:
    params = {"query": query, "media": media, "view": view, "format": kind, "size": "320"}
    answer = stored.client.get("compare/overlay", params=params)
    shown = stored.client.get("compare/", params={"query": query, "media": media}).json()
    words = {one["view"]: one["alt"] for one in shown["overlays"]}
    picture = Image.open(BytesIO(answer.content))

    assert answer.status_code == 200, answer.text
    assert picture.format == kind.upper()
    assert picture.width == (648 if view in ("side", "points") else 320)
    assert answer.headers["X-Alt-Text"] == words[view]
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_an_overlay_lies_where_it_should(stored: Tenant, media: str, query: str) -> None:
    """Of a copy nothing is left in the difference; of a stranger a lot."""
    asked = {"view": "difference", "application": stored.application}
    files = [("image", CROP), ("image", jpeg(62))]
    same = stored.client.post("compare/overlay", data=asked, files=files)
    other = stored.client.post("compare/overlay", data=asked, files=[files[0], ("image", jpeg(9))])
    means = [np.asarray(Image.open(BytesIO(one.content))).mean() for one in (same, other)]

    assert means[0] < 12
    assert means[1] > 3 * means[0]


def test_links_to_overlays_lead_there(stored: Tenant, media: str, query: str) -> None:
    shown = stored.client.get("compare/", params={"query": query, "media": media}).json()
    for one in shown["overlays"]:
        answer = requests.get(one["url"], headers={"X-API-KEY": stored.client.key}, timeout=300)
        assert (answer.status_code, answer.headers["X-Alt-Text"]) == (200, one["alt"])


def test_a_drawing_is_no_larger_than_it_may_be(stored: Tenant, media: str, query: str) -> None:
    for size in ("63", "1025", "x", "-1"):
        answer = stored.client.get(
            "compare/overlay", params={"query": query, "media": media, "size": size}
        )
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["size"])


def test_a_region_of_either_is_all_there_is_of_it(stored: Tenant, media: str) -> None:
    named = {"media": [media, media], "region": "0,0,0.5,1", "application": stored.application}
    left_right = stored.client.post(
        "compare/", json={**named, "reference_region": "0.5,0,0.5,1"}
    ).json()
    left_whole = stored.client.post("compare/", json=named).json()
    box = np.array(left_whole["boxes"]["reference"])

    assert left_right["decision"] not in ("clone", "match")
    assert (left_whole["decision"], left_whole["query"]["width"]) == ("match", 320)
    assert box[:, 0].max() == pytest.approx(0.5, abs=0.03)
    assert left_whole["query"]["region"] == "0,0,0.5,1"


@pytest.mark.parametrize("count", [0, 1, 3])
def test_anything_but_two_is_a_clear_400(stored: Tenant, media: str, count: int) -> None:
    asked = {"media": [media] * count, "application": stored.application}
    answer = stored.client.post("compare/", json=asked)

    assert answer.status_code == 400
    assert f"not {count}" in answer.json()["errors"]["media"]


def test_a_hostile_picture_on_either_side_is_refused(stored: Tenant) -> None:
    good, named = jpeg(1), {"application": stored.application}
    # of a JPEG that was cut off, what is there is compared, as in a search
    for bad, status in ((b"no picture", 415), (b"", 400), (good[:4000], 200)):
        for pair in ((good, bad), (bad, good)):
            files = [("image", ("a.jpg", image)) for image in pair]
            answer = stored.client.post("compare/", data=named, files=files)
            assert answer.status_code == status, answer.text


def test_what_one_may_not_read_does_not_exist(
    stored: Tenant, stranger: Tenant, media: str, query: str, anonymous: Client
) -> None:
    own = stranger.client.add(stranger.application, jpeg(5))["id"]
    unknown = "00000000-0000-4000-8000-000000000000"
    for asked in (
        {"media": [own, media]},
        {"media": [own, unknown]},
        {"media": own, "query": query},
    ):
        for path in ("compare/", "compare/overlay"):
            assert stranger.client.get(path, params=asked).status_code == 404
    assert anonymous.get("compare/", params={"media": [media, media]}).status_code == 404


def test_pictures_of_two_own_applications_can_be_compared(
    portal: Portal, stored: Tenant, media: str
) -> None:
    other = portal.application(stored.user, name="Other")
    twin = stored.client.add(other, encoded(photo(62)[:, 40:]))["id"]
    found = stored.client.get("compare/", params={"media": [media, twin]})
    named = stored.client.get("compare/", params={"media": [media, twin], "application": other})

    assert found.json()["decision"] == "match"
    assert named.status_code == 404


def test_a_scene_is_compared_as_a_search_would_find_it(stored: Tenant, media: str) -> None:
    """Small in a large picture: the keypoints of the whole are elsewhere."""
    scene = photo(91, 1600, 1200)
    scene[100:424, 200:632] = cv2.resize(photo(62), (432, 324), interpolation=cv2.INTER_AREA)
    found = compare(stored.client, encoded(scene), media=media)
    corner = projected(found, 0, 0)

    assert found["decision"] == "match"
    assert corner == pytest.approx((200 / 1600, 100 / 1200), abs=0.02)
