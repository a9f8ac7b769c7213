"""Similarity and colors beside match: one answer, palettes, similar media, colours; over HTTP."""

import json

import numpy as np
import pytest
from PIL import Image

from ..fixtures import Tenant, new_tenant
from ..images import encoded, jpeg, photo
from ..portal import Portal
from ..waiting import eventually

ALL = ["match", "similarity", "colors"]
FLAGS = {"blue and yellow": ("#0057b7", "#ffd700"), "red and white": ("#ff0000", "#ffffff")}


def bands(*colors: str, width: int = 300, height: int = 200) -> bytes:
    """Horizontal bands of the same height."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for rows, color in zip(np.array_split(np.arange(height), len(colors)), colors, strict=True):
        pixels[rows] = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    return encoded(pixels, "PNG")


@pytest.fixture(scope="module")
def stored(portal: Portal) -> Tenant:
    """Six photos and two flags, described by all signatures."""
    tenant = new_tenant(portal, signatures=ALL)
    for seed in range(30, 36):
        tenant.client.add(tenant.application, jpeg(seed), name=f"photo {seed}")
    for name, colors in FLAGS.items():
        tenant.client.add(tenant.application, bands(*colors), name=name)
    return tenant


def ids(tenant: Tenant) -> dict[str, str]:
    listed = tenant.client.get("media/", params={"application": tenant.application}).json()
    return {media["name"]: media["id"] for media in listed["data"]}


def search(tenant: Tenant, **properties: object) -> list[dict]:
    asked = {"application": tenant.application, **properties}
    answer = tenant.client.post("search/", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_what_match_proves_comes_first_and_every_media_once(stored: Tenant) -> None:
    cropped = encoded(photo(33)[60:420, 80:560], "JPEG", quality=80)
    answer = stored.client.post("search/", files={"image": cropped}).json()["data"]

    assert answer[0]["media"]["name"] == "photo 33"
    assert answer[0]["best_signature"] == "match"
    assert set(answer[0]["details"]) >= {"match", "similarity"}
    names = [hit["media"]["name"] for hit in answer]
    assert len(set(names)) == len(names)
    tiers = [ALL.index(hit["best_signature"]) for hit in answer]
    assert tiers == sorted(tiers)
    assert {hit["decision"] for hit in answer[1:]} <= {"similar"}


@pytest.mark.parametrize("name", ALL)
def test_one_signature_alone_finds_the_same_picture_first(stored: Tenant, name: str) -> None:
    hits = search(stored, media=ids(stored)["photo 31"], signatures=[name])

    assert hits[0]["media"]["name"] == "photo 31"
    assert {hit["best_signature"] for hit in hits} == {name}
    assert hits[0]["distance"] <= 0.01
    assert list(hits[0]["details"]) == [name]


def test_a_palette_finds_the_flag_that_has_its_colours(stored: Tenant) -> None:
    palette = [{"color": "#0057b7", "weight": 1}, {"color": "gold", "weight": 1}]
    hits = search(stored, palette=palette)

    assert hits[0]["media"]["name"] == "blue and yellow"
    assert hits[0]["best_signature"] == "colors"


def test_a_palette_may_leave_the_rest_open_and_come_in_a_form(stored: Tenant) -> None:
    form = {
        "application": stored.application,
        "palette": json.dumps([{"color": "red", "weight": 0.3}]),
    }
    hits = stored.client.post("search/", data=form).json()["data"]

    assert hits[0]["media"]["name"] == "red and white"


@pytest.mark.parametrize(
    ("palette", "named"),
    [
        ([], "color"),
        ([{"color": f"#0000{n:02x}"} for n in range(50)], "50"),
        ([{"color": "red", "weight": -1}], "weight"),
        ([{"color": "red", "weight": 0}], "weight"),
        ([{"color": "#12"}], "#12"),
        ([{"color": "no such colour"}], "no such colour"),
        ("not json", "palette"),
        (7, "palette"),
    ],
)
def test_a_bad_palette_is_refused_by_name(stored: Tenant, palette: object, named: str) -> None:
    asked = {"application": stored.application, "palette": palette}
    answer = stored.client.post("search/", json=asked)

    assert answer.status_code == 400
    assert named in json.dumps(answer.json()["errors"])


def test_similar_media_leave_out_the_one_that_is_asked_about(stored: Tenant) -> None:
    media = ids(stored)["photo 30"]
    answer = stored.client.get(f"media/{media}/similar/").json()
    blended = stored.client.get(f"media/{media}/similar/", params={"blend": "0.5"}).json()

    assert media not in [hit["media"]["id"] for hit in answer["data"] + blended["data"]]
    assert {hit["best_signature"] for hit in answer["data"]} <= {"similarity"}
    assert {hit["best_signature"] for hit in blended["data"]} <= {"blend"}


def test_similarity_alone_fills_the_page_in_order_and_says_how_alike(stored: Tenant) -> None:
    names = ids(stored)
    path = f"media/{names['photo 30']}/similar/"
    answer = stored.client.get(path).json()
    assert answer["total"] == len(names) - 1
    found = [hit["details"]["similarity"] for hit in answer["data"]]
    scores = [hit["score"] for hit in answer["data"]]
    assert scores == sorted(scores, reverse=True)
    assert {one["likeness"] for one in found} <= {"very", "rather", "a little"}
    cut = stored.client.get(path, params={"min_score": str(scores[1])}).json()
    assert cut["total"] == sum(score >= scores[1] for score in scores)
    beside = search(stored, media=names["photo 30"], signatures=["similarity", "colors"])
    alone = search(stored, media=names["photo 30"], signatures=["similarity"])
    assert len(alone) == len(names)
    assert all(
        hit["details"]["similarity"]["likeness"] != "a little"
        for hit in beside
        if hit["best_signature"] == "similarity"
    )


def test_a_blend_ranks_by_both(stored: Tenant) -> None:
    media = ids(stored)["photo 34"]
    hits = search(stored, media=media, blend=0.3, include_rejected=True)

    assert hits[0]["media"]["id"] == media
    for hit in hits:
        details = hit["details"]
        assert set(details) == {"blend", "similarity", "colors"}
        assert details["blend"]["colors_share"] == 0.3


def test_a_palette_beside_a_picture_shows_what_has_its_colours(stored: Tenant) -> None:
    palette = [{"color": "red", "weight": 0.3}]
    hits = search(stored, media=ids(stored)["photo 30"], palette=palette)
    found = {hit["media"]["name"]: hit["best_signature"] for hit in hits}

    assert found["photo 30"] == "match"
    assert found["red and white"] == "colors"


@pytest.mark.parametrize("asked", [{"blend": 2}, {"blend": "x"}, {"blend": 0.5}])
def test_a_bad_blend_is_refused(stored: Tenant, asked: dict[str, object]) -> None:
    answer = stored.client.post("search/", json={"application": stored.application, **asked})

    assert answer.status_code == 400


def test_an_application_names_the_signatures_it_has(portal: Portal) -> None:
    tenant = new_tenant(portal)
    asked = {"application": tenant.application, "palette": [{"color": "red"}]}

    for answer in (
        tenant.client.post("search/", json=asked),
        tenant.client.get("colors/", params={"application": tenant.application}),
    ):
        assert answer.status_code == 400
        assert "it has match" in answer.json()["errors"]["signatures"]


def test_colours_of_a_media_have_shares_and_names(stored: Tenant) -> None:
    answer = stored.client.get(f"media/{ids(stored)['blue and yellow']}/colors/").json()

    # where two bands meet, a reduced picture has a line of a third colour
    heaviest = {color["hex"]: color for color in answer["colors"][:2]}
    assert set(heaviest) == {"#0057b7", "#ffd700"}
    assert heaviest["#ffd700"]["name"] == "gold"
    assert min(color["weight"] for color in heaviest.values()) > 0.47
    assert sum(color["weight"] for color in answer["colors"]) == pytest.approx(1, abs=0.02)


def test_colours_of_a_picture_that_is_not_stored(stored: Tenant) -> None:
    before = len(ids(stored))
    form = {"application": stored.application}
    answer = stored.client.post(
        "colors/", data=form, files={"image": bands("#00ff00", "#000000")}
    ).json()

    assert {color["hex"] for color in answer["colors"][:2]} == {"#00ff00", "#000000"}
    assert len(ids(stored)) == before


def test_colours_of_many_and_how_many_have_them(stored: Tenant) -> None:
    asked = {"application": stored.application, "q": "yellow red", "color": ["gold", "#00f"]}
    nothing = stored.client.get("colors/", params=asked).json()
    asked["q"] = "and"
    answer = stored.client.get("colors/", params=asked).json()

    assert (nothing["media"], nothing["colors"]) == (0, [])
    assert (answer["media"], answer["total"]) == (2, 2)
    assert len(answer["colors"]) >= 4
    counts = {count["name"]: count["any"] for count in answer["counts"]}
    assert counts == {"gold": 1, "blue": 0}


def test_a_colour_that_does_not_exist_cannot_be_counted(stored: Tenant) -> None:
    for colors in ("#12", ["red"] * 65):
        asked = {"application": stored.application, "color": colors}
        assert stored.client.get("colors/", params=asked).status_code == 400


@pytest.mark.parametrize(
    "pixels",
    [
        np.full((1, 1, 3), 200, np.uint8),
        np.full((80, 120, 3), 7, np.uint8),
        np.zeros((60, 60, 4), np.uint8),
        np.zeros((3, 10_000, 3), np.uint8),
    ],
    ids=["one pixel", "one colour", "transparent", "a line"],
)
def test_poor_pictures_are_stored_and_searched(portal: Portal, pixels: np.ndarray) -> None:
    tenant = new_tenant(portal, signatures=ALL)
    image = encoded(pixels, "PNG")
    media = tenant.client.add(tenant.application, image)["id"]

    assert search(tenant, media=media, signatures=["colors"])[0]["media"]["id"] == media
    assert tenant.client.get(f"media/{media}/similar/").json()["data"] == []


def test_signatures_that_come_later_are_computed_in_the_background(portal: Portal) -> None:
    tenant = new_tenant(portal)
    for seed in range(40, 44):
        tenant.client.add(tenant.application, jpeg(seed), name=f"photo {seed}")
    path = f"applications/{tenant.application}/"
    changed = tenant.client.put(path, json={"signatures": ALL}).json()
    assert changed["signatures"] == ALL
    tenant.client.add(tenant.application, jpeg(44), name="photo 44")

    def described() -> bool:
        found = search(tenant, media=ids(tenant)["photo 41"], signatures=["similarity", "colors"])
        status = tenant.client.get("status/").json()["applications"][0]
        return bool(found) and status["describing"] == {}

    eventually(described)
    status = tenant.client.get("status/").json()["applications"][0]
    assert set(status["indexes"]) == set(ALL)
    for name, media in ids(tenant).items():
        hits = search(tenant, media=media, signatures=["colors"])
        assert hits[0]["media"]["name"] == name


def test_a_signature_that_is_taken_away_frees_its_space(portal: Portal) -> None:
    tenant = new_tenant(portal, signatures=ALL)
    media = tenant.client.add(tenant.application, jpeg(45))["id"]
    path = f"applications/{tenant.application}/"
    tenant.client.put(path, json={"signatures": ["match"]})

    eventually(lambda: set(portal.stored_signatures(media)) == {"match"})
    assert search(tenant, media=media)[0]["media"]["id"] == media
    assert tenant.client.get(f"media/{media}/similar/").status_code == 400


def test_duplicates_are_shown_once_on_wish(portal: Portal) -> None:
    tenant = new_tenant(portal, signatures=ALL)
    client, application = tenant.client, tenant.application
    smaller = Image.fromarray(photo(71)).resize((320, 240))
    sent = {
        "as it is": jpeg(71),
        "again": jpeg(71),
        "edited": encoded(smaller, "JPEG", quality=80),
        "another": jpeg(72),
    }
    stored = {name: client.add(application, data, name=name)["id"] for name, data in sent.items()}
    path = f"media/{stored['as it is']}/similar/"

    plain = client.get(path).json()
    answer = client.get(path, params={"collapse": "duplicates"}).json()
    wrong = client.get(path, params={"collapse": "all"})

    assert plain["total"] == 3
    assert [hit["duplicates"] for hit in plain["data"]] == [[], [], []]
    assert answer["total"] == 2
    first, last = answer["data"]
    assert {first["media"]["id"], *first["duplicates"]} == {stored["again"], stored["edited"]}
    assert (last["media"]["id"], last["duplicates"]) == (stored["another"], [])
    assert wrong.status_code == 400 and "collapse" in wrong.json()["errors"]
