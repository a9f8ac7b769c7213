"""Why a picture is not found: the true stage of built cases, and what would have found it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from udata_mediadb.indexing import log
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.media.models import ACTIVE, DELETED, Media
from udata_mediadb.search.explaining.stage import NAMES

from ..fixtures import Tenant, new_tenant
from ..images import encoded, jpeg, photo
from ..portal import Portal, running_portal

WHOLE = photo(31)
NEVER = {"thorough": "never"}


def scene(ground: int, size: int, scale: float = 1.0) -> bytes:
    """A square of the stored picture on another one."""
    seen = photo(ground)
    part = WHOLE[200 : 200 + size, 250 : 250 + size]
    part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    seen[100 : 100 + part.shape[0], 100 : 100 + part.shape[1]] = part
    return encoded(seen, "PNG")


def smooth() -> bytes:
    """A soft slope in two colours."""
    slope = np.linspace(60, 180, 400)[None, :, None] * np.ones((300, 1, 3)) * (1, 0.8, 0.6)
    return encoded(slope.astype(np.uint8), "PNG")


@pytest.fixture(scope="module")
def stored(portal: Portal) -> Tenant:
    tenant = new_tenant(portal)
    for seed in (32, 33, 34):
        tenant.client.add(tenant.application, jpeg(seed), name=f"other {seed}")
    return tenant


@pytest.fixture(scope="module")
def media(stored: Tenant) -> str:
    return stored.client.add(stored.application, encoded(WHOLE, "PNG"), keywords="here")["id"]


@pytest.fixture(scope="module")
def elsewhere(stored: Tenant) -> str:
    named = {"application": stored.application, "name": "Elsewhere"}
    return stored.client.post("collections/", json=named).json()["id"]


def keep(tenant: Tenant, image: bytes) -> str:
    named = {"application": tenant.application}
    answer = tenant.client.post("queries/", data=named, files={"image": image})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def explain(tenant: Tenant, image: bytes, media: str, **asked: Any) -> dict[str, Any]:
    params = {"query": keep(tenant, image), "media": media, **asked}
    answer = tenant.client.get("explain/", params=params)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    plain = {k: v for k, v in params.items() if k != "media"}
    hits = tenant.client.get("search/", params={**plain, "signatures": "match"}).json()["data"]
    assert found["found"] == (media in [hit["media"]["id"] for hit in hits])
    return found


CASES: list[tuple[str, Callable[[], bytes], dict[str, str], str | None]] = [
    ("the very same", lambda: encoded(WHOLE, "PNG"), {}, None),
    ("a crop", lambda: encoded(WHOLE[100:400, 100:500]), {}, None),
    ("turned", lambda: encoded(np.ascontiguousarray(np.rot90(WHOLE))), {}, None),
    ("a soft slope", smooth, {}, "texture"),
    ("one flat colour", lambda: encoded(np.full((300, 400, 3), 90, np.uint8)), {}, "texture"),
    ("a stranger", lambda: scene(302, 60, 0.5), NEVER, "early_rejection"),
    ("a stranger, closely", lambda: scene(302, 60, 0.75), {}, "early_rejection"),
    ("a handful of points", lambda: scene(300, 60, 0.5), NEVER, "agreeing_points"),
    ("a handful, closely", lambda: scene(300, 60, 0.75), {}, "agreeing_points"),
    ("few among many", lambda: scene(300, 120), NEVER, "nfa"),
    ("few among many, larger", lambda: scene(300, 150), NEVER, "nfa"),
    ("a part on another", lambda: scene(300, 180), NEVER, "agreement"),
    ("another part on another", lambda: scene(302, 180), NEVER, "agreement"),
    ("too small a part", lambda: encoded(WHOLE[100:340, 100:420]), {"min_box": "0.9"}, "box_share"),
    ("smaller", lambda: encoded(WHOLE[150:330, 150:390]), {"min_box": "0.5"}, "box_share"),
    ("another keyword", lambda: encoded(WHOLE), {"keywords": "there"}, "filters"),
    ("other metadata", lambda: encoded(WHOLE), {"metadata": '{"year": 1932}'}, "filters"),
    ("other conditions", lambda: encoded(WHOLE), {"conditions": '{"keywords": ["x"]}'}, "filters"),
    ("too high a score", lambda: scene(302, 260), {"min_score": "1"}, "filters"),
]


@pytest.mark.parametrize(
    ("image", "asked", "stage"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_the_true_stage_is_named(
    stored: Tenant, media: str, image: Callable[[], bytes], asked: dict[str, str], stage: str | None
) -> None:
    found = explain(stored, image(), media, **asked)
    passed = {one["stage"]: one["passed"] for one in found["stages"]}

    assert list(passed) == list(NAMES)
    assert (found["stage"], found["found"]) == (stage, stage is None)
    assert all(passed[name] for name in NAMES[: NAMES.index(stage) if stage else None])
    assert all(one["advice"] for one in found["stages"])


def test_a_collection_that_does_not_hold_it(stored: Tenant, media: str, elsewhere: str) -> None:
    found = explain(stored, encoded(WHOLE), media, collection=elsewhere)

    assert (found["stage"], found["tried"][0]["found"]) == ("filters", True)
    assert "collection" in found["advice"]


def test_a_rank_beyond_the_limit(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """One candidate is looked at, and refused; what follows is not looked at any more."""
    tenant = new_tenant(portal)
    large = tenant.client.add(tenant.application, jpeg(35, 900, 640))["id"]
    small = tenant.client.add(tenant.application, encoded(WHOLE[100:300, 100:400]))["id"]
    seen = photo(35, 900, 640)[:, :700]
    seen[400:600, 380:680] = WHOLE[100:300, 100:400]
    monkeypatch.setitem(portal.app.config, "MEDIADB_SEARCH_CANDIDATES", 1)
    client = portal.app.test_client()
    key = {"X-API-KEY": tenant.client.key or ""}
    asked = {"media": small, "query": keep(tenant, encoded(seen)), "min_box": "0.95", **NEVER}
    found = client.get("/api/1/mediadb/explain/", query_string=asked, headers=key).get_json()
    stages = {one["stage"]: one for one in found["stages"]}

    assert found["stage"] == "shortlisted"
    assert (stages["shortlisted"]["value"], stages["shortlisted"]["threshold"]) == (2, 1)
    assert stages["shortlisted"]["of"] == 2
    first = client.get(
        "/api/1/mediadb/explain/", query_string={**asked, "media": large}, headers=key
    )
    assert first.get_json()["stage"] == "box_share"


def test_a_picture_that_cannot_be_read(stored: Tenant, media: str) -> None:
    named = {"media": media, "application": stored.application}
    answer = stored.client.post("explain/", data=named, files={"image": b"no picture"})

    assert (answer.status_code, answer.json()["stage"]) == (200, "readable")
    assert {one["passed"] for one in answer.json()["stages"]} == {False, None}


def test_a_stored_file_that_is_damaged_and_was_never_described(own_portal: Portal) -> None:
    tenant = new_tenant(own_portal)
    media = tenant.client.add(tenant.application, encoded(WHOLE))["id"]
    with own_portal.app.app_context():
        StoredSignature.objects(media=media).delete()
    for file in Path(own_portal.environment["TEST_FS_ROOT"]).rglob("original*"):
        file.write_bytes(b"damaged")

    assert ask(tenant, media)["stage"] == "readable"


def ask(tenant: Tenant, media: str) -> dict[str, Any]:
    params = {"query": keep(tenant, encoded(WHOLE[:400])), "media": media}
    return tenant.client.get("explain/", params=params).json()


def test_what_is_not_described_yet_damaged_or_by_another_signature(portal: Portal) -> None:
    tenant = new_tenant(portal, signatures=["match", "colors"])
    media = tenant.client.add(tenant.application, encoded(WHOLE))["id"]
    with portal.app.app_context():
        stored = StoredSignature.objects(media=media, signature__startswith="match")
        stored.update(set__data=b"damaged")
        damaged = ask(tenant, media)
        stored.delete()
        absent = ask(tenant, media)
    portal.set_signatures(tenant.application, ["colors"])
    without = ask(tenant, media)

    assert [one["stage"] for one in (damaged, absent, without)] == ["described"] * 3
    assert "damaged" in damaged["advice"]
    assert "yet" in absent["advice"]
    assert "signature match" in without["advice"]


def test_what_the_index_lost(mongodb_uri: str, database_name: str, tmp_path: Path) -> None:
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"
    with running_portal(uri, tmp_path / "files", workers=1) as portal:  # each has its own index
        tenant = new_tenant(portal)
        media = tenant.client.add(tenant.application, encoded(WHOLE))["id"]
        tenant.client.add(tenant.application, jpeg(32))
        with portal.app.app_context():
            Media.objects(id=media).update(set__state=DELETED)
            log.append(tenant.application, "remove", [media])
            assert tenant.client.post("search/", files={"image": jpeg(32)}).status_code == 200
            Media.objects(id=media).update(set__state=ACTIVE)
        found = ask(tenant, media)

    assert found["stage"] == "indexed"


def test_another_own_application_is_named_and_another_tenants_does_not_exist(
    portal: Portal, stored: Tenant, stranger: Tenant, media: str
) -> None:
    other = portal.application(stored.user, name="The other one")
    there = stored.client.add(other, encoded(WHOLE))["id"]
    foreign = stranger.client.add(stranger.application, encoded(WHOLE))["id"]
    query = keep(stored, encoded(WHOLE[:400]))
    found = stored.client.get("explain/", params={"query": query, "media": there}).json()
    unknown = "00000000-0000-4000-8000-000000000000"
    answers = [
        stored.client.get("explain/", params={"query": query, "media": one})
        for one in (foreign, unknown)
    ]

    assert (found["stage"], found["found"]) == ("rights", False)
    assert "The other one" in found["advice"]
    assert [one.status_code for one in answers] == [404, 404]
    texts = {one.text.replace(foreign, "?").replace(unknown, "?") for one in answers}
    assert len(texts) == 1
    assert (
        stranger.client.get("explain/", params={"query": query, "media": foreign}).status_code
        == 404
    )


@pytest.mark.parametrize(
    ("image", "asked", "setting"),
    [
        (lambda: encoded(WHOLE[100:340, 100:420]), {"min_box": "0.9"}, "min_box"),
        (lambda: scene(300, 180), NEVER, "include_shared"),
        (lambda: scene(300, 150), NEVER, "thorough"),
    ],
)
def test_what_would_have_found_it_does(
    stored: Tenant, media: str, image: Callable[[], bytes], asked: dict[str, str], setting: str
) -> None:
    """Tried and not guessed: the search with that setting says the same."""
    found = explain(stored, image(), media, **asked)
    tried = {one["setting"]: one for one in found["tried"]}
    assert setting in tried
    for name, one in tried.items():
        again = explain(stored, image(), media, **{**asked, name: one["value"]})
        assert again["found"] == one["found"], one


@pytest.mark.parametrize("asked", [{}, {"media": ""}, {"query": "A" * 32}, {"region": "0,0,0,1"}])
def test_a_question_that_is_none(stored: Tenant, media: str, asked: dict[str, str]) -> None:
    both = {"query": keep(stored, jpeg(1)), "media": media}
    sent = {**both, **asked} if asked else {"media": media}

    assert stored.client.get("explain/", params=sent).status_code in (400, 404)


def test_what_would_have_found_a_picture_that_replaced_another_is_told(stored: Tenant) -> None:
    media = stored.client.add(stored.application, jpeg(41))["id"]
    new = {"image": ("new.jpg", jpeg(42))}
    assert stored.client.request("PUT", f"media/{media}/file/", files=new).status_code == 200
    found = explain(stored, encoded(photo(42)[60:420, 80:520].copy()), media, min_score="1")

    assert (found["stage"], found["tried"][0]["found"]) == ("filters", True)
