"""A client written after the guide, section by section."""

import hashlib
import re
from uuid import uuid4

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
        answer = requests.get(link, timeout=30)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")


def test_files_of_an_application_that_is_not_public_need_their_signed_link(portal: Portal) -> None:
    tenant = new_ltu_tenant(portal, public=False)
    tenant.ltu.add_picture(jpeg(3))
    link = tenant.ltu.request("GET", "/media").json()["results"][0]["url"]

    assert requests.get(link, timeout=30).status_code == 200
    assert requests.get(link.split("?")[0], timeout=30).status_code == 404


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


def test_collections_from_creation_to_removal(ltu_tenant: LTUTenant) -> None:
    ltu = ltu_tenant.ltu
    ids = [ltu.add_picture(jpeg(seed, 96, 64), name=name) for seed, name in enumerate("bca")]
    made = ltu.request("POST", "/collection", json={"name": "statue", "keywords": ["bla"]})
    assert made.status_code == 201
    statue = made.json()
    assert set(statue) == {
        *("id", "collections", "created_at", "updated_at", "name", "metadata", "keywords"),
        *("api_key", "parent"),
    }
    assert (statue["parent"], statue["collections"]) == (None, [])
    assert statue["api_key"] == ltu.public_key
    inner = ltu.request("POST", "/collection", json={"name": "in", "parent": statue["id"]}).json()

    listed = ltu.request("GET", "/collection").json()
    assert [(one["id"], one["collections"]) for one in listed] == [(statue["id"], [inner["id"]])]
    everything = ltu.request("GET", "/collection", params={"full": "true"}).json()
    assert [one["id"] for one in everything] == [inner["id"], statue["id"]]

    path = f"/collection/{statue['id']}/medias"
    added = ltu.request("PATCH", path, json={"medias": ids})
    assert (added.status_code, added.json()["added"]) == (200, ids)
    again = ltu.request("PATCH", path, json={"medias": [ids[0], str(uuid4())]})
    assert (again.status_code, again.json()["already"]) == (207, [ids[0]])
    assert ltu.request("PATCH", path, json={"medias": [str(uuid4())]}).status_code == 404

    page = ltu.request("GET", path, params={"page_size": 2}).json()
    assert [item["id"] for item in page["results"]] == [ids[2], ids[1]]
    assert page["count"] == 3
    following = f"{ltu.base}/collection/{statue['id']}/media_listing?page=2&page_size=2"
    assert page["next"] == following
    last = ltu.request("GET", following).json()
    assert [item["id"] for item in last["results"]] == [ids[0]]
    assert last["previous"] == following.replace("page=2&", "")
    posted = ltu.request("POST", path, params={"order_by": "name", "desc": "true"}).json()
    assert [item["name"] for item in posted["results"]] == ["c", "b", "a"]

    removed = ltu.request("DELETE", path, json={"medias": [ids[0]]})
    assert (removed.status_code, removed.json()["removed"]) == (200, [ids[0]])
    assert ltu.request("GET", path).json()["count"] == 2
    gone = ltu.request("DELETE", f"/collection/{statue['id']}")
    assert (gone.status_code, gone.json()) == (200, {"id": statue["id"]})
    assert ltu.request("GET", path).status_code == 404
    assert ltu.request("GET", f"/collection/{inner['id']}").json()["parent"] is None
    assert ltu.request("GET", "/media").json()["count"] == 3


ORDERS = ["created_at", "request_at", "name", "status", "thumbnail_url", "url", "uuid", "version"]


@pytest.mark.parametrize("key", ORDERS)
def test_each_sort_key_ascends_or_descends(ltu_tenant: LTUTenant, key: str) -> None:
    ltu = ltu_tenant.ltu
    ids = [ltu.add_picture(jpeg(seed, 96, 64), name=name) for seed, name in enumerate("bca")]
    held = ltu.request("POST", "/collection", json={"name": "x"}).json()["id"]
    path = f"/collection/{held}/medias"
    ltu.request("PATCH", path, json={"medias": ids})

    def listed(**params: str) -> list[dict[str, object]]:
        return list(ltu.request("GET", path, params={"order_by": key, **params}).json()["results"])

    ascending = listed()
    shown = [item["media"][key] if "url" in key else item[key] for item in ascending]
    assert [str(value) for value in shown] == sorted(map(str, shown))
    assert [item["id"] for item in listed(desc="True")] == [item["id"] for item in ascending][::-1]
    assert listed(desc="false") == ascending
    assert ltu.request("GET", path, params={"order_by": "size"}).status_code == 400


def test_smart_collections_from_creation_to_removal(ltu_tenant: LTUTenant) -> None:
    ltu = ltu_tenant.ltu
    wanted = ltu.add_picture(
        jpeg(1, 96, 64), keywords=["painting"], metadata={"artist": "da vinci"}
    )
    ltu.add_picture(jpeg(2, 96, 64), keywords=["painting"])
    query = {"keywords": ["Painting"], "metadata": {"artist": "Da Vinci"}}
    made = ltu.request("POST", "/smart_collection", json={"name": "painting", "query": query})
    assert made.status_code == 201
    assert set(made.json()) == {
        *("id", "created_at", "updated_at", "name", "metadata", "keywords", "query", "api_key")
    }
    assert made.json()["query"] == query

    assert ltu.request("GET", "/smart_collection").json() == [made.json()]
    path = f"/smart_collection/{made.json()['id']}"
    page = ltu.request("GET", f"{path}/medias", params={"page": 1, "order_by": "created_at"})
    assert [item["id"] for item in page.json()["results"]] == [wanted]
    assert ltu.request("GET", f"{path}/medias", params={"page": 2}).status_code == 404
    assert ltu.request("DELETE", path).json() == {"id": made.json()["id"]}
    assert ltu.request("GET", f"{path}/medias").status_code == 404


def test_search_by_keywords_and_metadata_alone(ltu_tenant: LTUTenant) -> None:
    ltu = ltu_tenant.ltu
    one = ltu.add_picture(jpeg(1, 96, 64), keywords=["notre-dame"], metadata={"sujet": "x"})
    two = ltu.add_picture(jpeg(2, 96, 64), keywords=["Notre-Dame"])

    found = ltu.search(keywords=["notre-dame"])

    assert [item["id"] for item in found] == [two, one]
    assert "details" not in found[0]
    assert {"id", "media", "name", "metadata", "keywords"} <= set(found[0])
    assert [item["id"] for item in ltu.search(keywords="notre-dame", metadata={"sujet": "X"})] == [
        one
    ]
    assert ltu.search(keywords=["unknown"]) == []


def test_the_envelope_is_an_object_where_it_is_asked_for(portal: Portal) -> None:
    tenant = new_ltu_tenant(portal, options={"default": {"envelope": "object"}})
    for seed in (1, 2):
        tenant.ltu.add_picture(jpeg(seed, 96, 64), keywords=["a"])
    url, headers = f"{tenant.ltu.base}/search/media", {"api-key": tenant.ltu.public_key}

    def post(query: str) -> object:
        return requests.post(
            url + query, headers=headers, json={"keywords": "a", "limit": 1}, timeout=30
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
