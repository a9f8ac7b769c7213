"""A client written after the guide, section by section."""

import hashlib
import re

import pytest
import requests

from ..images import encoded, jpeg, photo
from ..portal import Portal
from .conftest import LTUTenant, add_copies, new_ltu_tenant
from .pictures import serving_pictures


def test_get_your_application(ltu_tenant: LTUTenant) -> None:
    (application,) = ltu_tenant.ltu.get_applications()

    assert application["id"] == ltu_tenant.application
    assert application["public_key"] == ltu_tenant.ltu.public_key
    assert application["private_key"] == ltu_tenant.ltu.private_key
    assert application["signatures"] == ["72.4.1"]
    assert application["status"] == "Active"
    assert (application["medias_type"], application["public"]) == ("Image", True)
    assert application["options"] == {}
    assert application["owner"] == ltu_tenant.user.name
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", application["created_at"])
    assert ltu_tenant.ltu.get_applications(ltu_tenant.user.name.upper()) == [application]
    foreign = ltu_tenant.ltu.request("GET", "/apikey", params={"owner": "LTU"})
    assert foreign.status_code == 403


def test_add_a_picture_and_find_a_part_of_it(ltu_tenant: LTUTenant) -> None:
    image = jpeg(3)
    identifier = ltu_tenant.ltu.add_picture(
        image,
        keywords=["donut"],
        metadata={"topic": "food"},
        name="donut",
        md5=hashlib.md5(image).hexdigest(),
    )
    ltu_tenant.ltu.add_picture(jpeg(4), name="other")

    (hit,) = ltu_tenant.ltu.search(encoded(photo(3)[60:420, 100:560]))

    assert (hit["id"], hit["name"], hit["keywords"]) == (identifier, "donut", ["donut"])
    assert hit["metadata"] == {"topic": "food"}
    details = hit["details"]
    assert details["best_index"] == details["best_signature"] == "72004001"
    one = details["72004001"]
    assert (one["message"], one["code"], one["keywords"]) == ("succeed", 0.0, ["donut"])
    assert one["score"] == details["score"] == one["info"]["distance"] < 0.5
    info = one["info"]
    assert (info["decision"], info["category"]) == ("Match", "LOCALMATCHING")
    assert len(info["homography"]["coefficients"]) == 9
    assert (info["homography"]["source"], info["homography"]["destination"]) == (
        "reference",
        "query",
    )
    assert set(info["scores"]) == {
        "boxPointsRatio",
        "boxCoveredSurface",
        "boxPointsRatioHomography",
        "matchStrength",
        "matchStrengthWithoutWeighting",
    }
    for side in ("reference", "query"):
        assert len(info[side]["matchingBox"]["points"]) == 4
        assert set(info[side]) >= {"resizedDimensions", "originalDimensions", "matchingBox"}
    assert info["reference"]["resizedDimensions"] == [512.0, 384.0]


def test_the_very_same_file_agrees_in_all(ltu_tenant: LTUTenant) -> None:
    """As in the guide's sample, whose clients may cut by matchStrength."""
    ltu_tenant.ltu.add_picture(jpeg(3))

    (hit,) = ltu_tenant.ltu.search(jpeg(3))

    info = hit["details"]["72004001"]["info"]
    assert (info["decision"], info["distance"]) == ("Clone", 0.0)
    assert set(info["scores"].values()) == {1.0}
    assert info["homography"]["coefficients"] == [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]


def test_the_files_of_a_media_are_where_the_answer_says(ltu_tenant: LTUTenant) -> None:
    identifier = ltu_tenant.ltu.add_picture(jpeg(3))
    item = ltu_tenant.ltu.request("GET", "/media").json()["results"][0]

    assert item["name"] == item["id"] == identifier
    for kind, url in (("media", "url"), ("thumbnail", "thumbnail_url")):
        link = item["media"][url]
        assert link.split("?")[0].endswith(
            f"/{ltu_tenant.ltu.public_key}/{identifier}/files/{kind}"
        )
        answer = requests.get(link, timeout=300)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")


def test_files_of_an_application_that_is_not_public_need_their_signed_link(portal: Portal) -> None:
    tenant = new_ltu_tenant(portal, public=False)
    tenant.ltu.add_picture(jpeg(3))
    link = tenant.ltu.request("GET", "/media").json()["results"][0]["url"]

    assert requests.get(link, timeout=300).status_code == 200
    assert requests.get(link.split("?")[0], timeout=300).status_code == 404


def test_an_application_may_ask_for_buffers(portal: Portal) -> None:
    import base64

    tenant = new_ltu_tenant(portal, options={"default": {"url": False}})
    tenant.ltu.add_picture(jpeg(3))

    item = tenant.ltu.request("GET", "/media").json()["results"][0]

    assert base64.b64decode(item["buffer"]).startswith(b"\xff\xd8")
    assert set(item["media"]) == {"thumbnail_url"}


def test_a_picture_may_be_named_by_its_url(ltu_tenant: LTUTenant) -> None:
    with serving_pictures() as url:
        identifier = ltu_tenant.ltu.add_picture(url, keywords=["url"])

    assert [hit["id"] for hit in ltu_tenant.ltu.search(keywords=["URL"])] == [identifier]


def test_media_are_listed_by_hundreds_and_the_links_lead_to_the_end(
    ltu_tenant: LTUTenant,
) -> None:
    """250 media, the newest first; pages as Django REST Framework links them."""
    add_copies(ltu_tenant.ltu.add_picture(jpeg(1, 96, 64)), 249)
    seen: list[str] = []
    stamps: list[str] = []
    url, previous = "/media", []
    while url:
        page = ltu_tenant.ltu.request("GET", url).json()
        assert page["count"] == 250
        previous.append(page["previous"])
        seen += [item["id"] for item in page["results"]]
        stamps += [item["created_at"] for item in page["results"]]
        assert len(page["results"]) in (100, 50)
        url = page["next"]

    assert len(set(seen)) == len(seen) == 250
    assert stamps == sorted(stamps, reverse=True)
    base = ltu_tenant.ltu.base
    assert previous == [None, f"{base}/medias", f"{base}/medias?page=2"]
    beyond = ltu_tenant.ltu.request("GET", "/media?page=4")
    assert (beyond.status_code, beyond.json()["detail"]) == (404, "Invalid page.")


def test_a_media_is_deactivated_then_deleted_for_good(ltu_tenant: LTUTenant) -> None:
    identifier = ltu_tenant.ltu.add_picture(jpeg(6), name="donut")
    path = f"/media/{identifier}"

    for _ in range(2):
        answer = ltu_tenant.ltu.request("DELETE", path)
        assert (answer.status_code, answer.json()) == (200, {"id": identifier})
    assert ltu_tenant.ltu.request("GET", "/media").json()["count"] == 0
    assert ltu_tenant.ltu.search(jpeg(6)) == []
    assert ltu_tenant.ltu.request("POST", f"{path}/restore").json()["id"] == identifier
    assert len(ltu_tenant.ltu.search(jpeg(6))) == 1

    answer = ltu_tenant.ltu.request("DELETE", "/media/donut", json={"force": True})
    assert (answer.status_code, answer.json()) == (200, {"id": identifier})
    assert ltu_tenant.ltu.request("DELETE", path).status_code == 404
    assert ltu_tenant.ltu.request("GET", path).status_code == 404


FORCE = [
    {"json": {"force": True}},
    {"json": {"force": "true"}},
    {"data": {"data": '{ "force" : "true"}'}},
    {"data": {"force": "True"}},
    {"params": {"force": "1"}},
    {"params": {"force": "on"}},
]


@pytest.mark.parametrize("arguments", FORCE)
def test_force_comes_in_each_form(ltu_tenant: LTUTenant, arguments: dict[str, object]) -> None:
    identifier = ltu_tenant.ltu.add_picture(jpeg(6))

    assert ltu_tenant.ltu.request("DELETE", f"/media/{identifier}", **arguments).status_code == 200

    assert ltu_tenant.ltu.request("POST", f"/media/{identifier}/restore").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/media/{media}?force=maybe"),
        ("DELETE", "/collection/{collection}?recursive=maybe"),
        ("GET", "/collection?full=maybe"),
        ("GET", "/media?order_by=name&desc=maybe"),
        ("POST", "/search/media?envelope=maybe"),
    ],
)
def test_a_flag_that_is_neither_yes_nor_no_is_refused(
    ltu_tenant: LTUTenant, method: str, path: str
) -> None:
    ltu = ltu_tenant.ltu
    media = ltu.add_picture(jpeg(6), keywords="kept")
    made = ltu.request("POST", "/collection", json={"name": "kept"}).json()["id"]
    body = {"json": {"keywords": ["kept"]}} if method == "POST" else {}

    answer = ltu.request(method, path.format(media=media, collection=made), **body)

    assert answer.status_code == 400
    assert "maybe" not in answer.json()["errors"]
    assert ltu.request("GET", f"/media/{media}").status_code == 200
    assert ltu.request("GET", f"/collection/{made}").status_code == 200


def test_the_envelope_is_an_object_where_it_is_asked_for(portal: Portal) -> None:
    tenant = new_ltu_tenant(portal, options={"default": {"envelope": "object"}})
    for seed in (1, 2):
        tenant.ltu.add_picture(jpeg(seed, 96, 64), keywords=["a"])
    url, headers = f"{tenant.ltu.base}/search/media", {"api-key": tenant.ltu.public_key}

    def post(query: str) -> object:
        return requests.post(
            url + query, headers=headers, json={"keywords": "a", "limit": 1}, timeout=300
        ).json()

    first = post("")
    assert isinstance(first, dict)
    assert (first["count"], first["previous"], len(first["results"])) == (2, None, 1)
    assert first["next"] == f"{url}?page=2"
    assert len(post("?envelope=array")) == 1  # type: ignore[arg-type]


def test_both_dialects_list_page_and_search_the_same(ltu_tenant: LTUTenant) -> None:
    ltu, udata = ltu_tenant.ltu, ltu_tenant.udata
    ids = [ltu.add_picture(jpeg(seed), keywords=[f"k{seed % 2}"]) for seed in range(5)]
    held = ltu.request("POST", "/collection", json={"name": "x"}).json()["id"]
    ltu.request("PATCH", f"/collection/{held}/medias", json={"medias": ids[:4]})
    query = {"keywords": ["k0"]}
    body = {"name": "s", "query": query}
    smart = ltu.request("POST", "/smart_collection", json=body).json()["id"]

    mine = {"application": ltu_tenant.application}
    for theirs, ours in (
        ("/media", "media/"),
        (f"/collection/{held}/medias", f"collections/{held}/media/"),
        (f"/smart_collection/{smart}/medias", f"smart_collections/{smart}/media/"),
    ):
        for page in (1, 2):
            params = {**mine, "page": page, "page_size": 2}
            one = ltu.request("GET", theirs, params=params)
            other = udata.get(ours, params=params)
            assert [m["id"] for m in one.json()["results"]] == [
                m["id"] for m in other.json()["data"]
            ]
            assert one.json()["count"] == other.json()["total"]
        assert ltu.request("GET", theirs, params={"page": 9}).status_code == 404
        assert udata.get(ours, params={**mine, "page": 9}).status_code == 404
    image = encoded(photo(2)[30:450, 50:600])
    for criteria in ({}, {"keywords": "k0"}, {"keywords": "k1"}, {"collection": held}):
        one_by_one = [(h["id"], h["score"]) for h in ltu.search(image, **criteria)]
        answer = udata.post("search/", files={"image": image}, data=criteria).json()
        assert one_by_one == [(h["media"]["id"], h["distance"]) for h in answer["data"]]
