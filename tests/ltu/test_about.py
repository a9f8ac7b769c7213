"""What is said of a picture, in LTU's forms: fields of its own, and keys of the metadata."""

import pytest
import requests

from ..hosts import plain_only
from ..images import jpeg
from .conftest import LTUTenant

pytestmark = plain_only  # udata has a list of licences of its own
IMAGE = jpeg(5, 320, 240)
SAID = {"title": "Old bridge", "creator": "Ada", "licence": "CC-BY-4.0", "taken_at": 1932}
# where a client of LTU MediaDB may put it
PLACES = [SAID, {"metadata": {"year": 3, **{f"about:{k}": v for k, v in SAID.items()}}}]


def read(tenant: LTUTenant, media: str) -> dict:
    found = tenant.ltu.request("GET", f"/media/{media}")
    assert found.status_code == 200, found.text
    return dict(found.json())


@pytest.mark.parametrize("sent", PLACES)
def test_what_is_said_is_in_fields_and_in_the_metadata(ltu_tenant: LTUTenant, sent: dict) -> None:
    media = read(ltu_tenant, ltu_tenant.ltu.add_picture(IMAGE, **sent))

    assert (media["title"], media["creator"], media["taken_at"]) == ("Old bridge", "Ada", "1932")
    assert media["licence"]["id"] == media["metadata"]["about:licence"] == "CC-BY-4.0"
    in_udata = ltu_tenant.udata.get(f"media/{media['id']}/").json()
    assert in_udata["metadata"] == ({"year": 3} if "metadata" in sent else {})
    found = ltu_tenant.ltu.search(metadata={"about:creator": "ada"})
    assert [one["id"] for one in found] == [media["id"]]


def test_metadata_can_be_sent_back_as_they_were_read(ltu_tenant: LTUTenant) -> None:
    media = read(ltu_tenant, ltu_tenant.ltu.add_picture(IMAGE, metadata={"title": "mine"}, **SAID))
    body = {"metadata": {**media["metadata"], "published_from": "free"}}
    answer = ltu_tenant.ltu.request("PATCH", f"/media/{media['id']}", json=body)

    assert answer.status_code == 200, answer.text
    assert answer.json()["metadata"] == body["metadata"]
    assert answer.json()["title"] == "Old bridge"


def test_what_is_not_published_is_found_by_no_public_key(ltu_tenant: LTUTenant) -> None:
    hidden = ltu_tenant.ltu.add_picture(IMAGE, published_from="2099-01-01", keywords=["x"])
    public = {"api-key": ltu_tenant.ltu.public_key}
    link = read(ltu_tenant, hidden)["media"]["url"]

    for body in ({"json": {"keywords": ["x"]}}, {"files": {"media": IMAGE}}):
        url = ltu_tenant.ltu.base + "/services/search/media"
        found = requests.post(url, headers=public, timeout=300, **body)
        assert (found.status_code, found.json()) == (200, [])
    assert requests.get(link.partition("?")[0], timeout=300).status_code == 404
    assert requests.get(link, timeout=300).status_code == 200


def test_what_was_taken_down_is_gone(ltu_tenant: LTUTenant) -> None:
    media = ltu_tenant.ltu.add_picture(IMAGE)
    link = read(ltu_tenant, media)["media"]["url"]
    ltu_tenant.ltu.request("PATCH", f"/media/{media}", json={"takedown": "a claim"})
    answer = ltu_tenant.ltu.request("GET", f"/media/{media}")

    assert (answer.status_code, answer.json()["takedown"]) == (410, "a claim")
    assert requests.get(link, timeout=300).status_code == 410
    listed = ltu_tenant.ltu.request("GET", "/medias").json()
    assert listed["results"] == []
