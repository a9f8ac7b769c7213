"""Embargo, end of publication, takedown: what is not shown, to whom, and until when."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from udata_mediadb.media import visibility
from udata_mediadb.media.listing import active_in
from udata_mediadb.media.models import Media

from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import Client, Portal

FUTURE = "2099-01-01T00:00:00Z"
PAST = "2001-01-01"
BRIEFLY_S = (2, 8, 32, 128)  # as long as one look takes, on a quiet machine or on a busy one


class WithPublicKey(Client):
    """A client with nothing but the public key of an application."""

    def request(self, method: str, path: str, **arguments: Any) -> requests.Response:
        headers = {"api-key": self.key}
        return requests.request(method, self.api + path, headers=headers, timeout=300, **arguments)


@pytest.fixture
def public(portal: Portal) -> Tenant:
    return new_tenant(portal, public=True)


@pytest.fixture
def visitor(portal: Portal, public: Tenant) -> Client:
    """Somebody with the public key."""
    key = public.client.get(f"applications/{public.application}/").json()["public_key"]
    return WithPublicKey(portal.api, key)


def add(tenant: Tenant, seed: int = 1, **said: object) -> dict:
    media = tenant.client.add(tenant.application, jpeg(seed))
    answer = tenant.client.put(f"media/{media['id']}/", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(client: Client, tenant: Tenant, **query: str) -> list[str]:
    found = client.get("media/", params={"application": tenant.application, **query})
    assert found.status_code == 200, found.text
    body = found.json()
    assert body["total"] == len(body["data"])
    return [one["id"] for one in body["data"]]


def searched(client: Client, seed: int = 1) -> list[str]:
    found = client.post("search/", files={"image": jpeg(seed)})
    assert found.status_code == 200, found.text
    return [hit["media"]["id"] for hit in found.json()["data"]]


@pytest.mark.parametrize("said", [{"published_from": FUTURE}, {"published_until": PAST}])
def test_what_is_not_published_is_there_for_its_editors_alone(
    public: Tenant, visitor: Client, anonymous: Client, said: dict
) -> None:
    media = add(public, **said)
    shown = add(public, seed=2)

    assert anonymous.get(f"media/{media['id']}/").status_code == 404
    assert anonymous.get(f"media/{media['id']}/files/media/").status_code == 404
    assert anonymous.get(f"media/{media['id']}/colors/").status_code == 404
    assert listed(anonymous, public) == [shown["id"]]
    assert listed(visitor, public) == [shown["id"]]
    assert searched(visitor) == []
    assert visitor.post("search/", json={"media": media["id"]}).status_code == 404
    assert (
        visitor.post("search/", json={"query": {"not": {"keywords": ["x"]}}}).json()["total"] == 1
    )
    assert listed(public.client, public) == [shown["id"], media["id"]]
    assert searched(public.client) == [media["id"]]
    assert public.client.get(f"media/{media['id']}/").json()["id"] == media["id"]


def test_links_that_an_editor_sees_show_what_is_under_embargo(
    public: Tenant, anonymous: Client
) -> None:
    media = add(public, published_from=FUTURE)
    picture = requests.get(media["url"], timeout=300)

    assert picture.status_code == 200
    assert picture.headers["Cache-Control"] == "private, no-store"


def test_links_of_before_an_embargo_show_nothing_any_more(tenant: Tenant) -> None:
    media = add(tenant)
    assert requests.get(media["url"], timeout=300).status_code == 200
    held = tenant.client.put(f"media/{media['id']}/", json={"published_from": FUTURE}).json()

    assert requests.get(media["url"], timeout=300).status_code == 404
    assert requests.get(held["url"], timeout=300).status_code == 200


def test_an_embargo_ends_when_it_ends(public: Tenant, anonymous: Client) -> None:
    media = add(public, published_from=FUTURE)
    for briefly_s in BRIEFLY_S:
        end = datetime.now(UTC) + timedelta(seconds=briefly_s)
        held = {"published_from": end.isoformat()}
        assert public.client.put(f"media/{media['id']}/", json=held).status_code == 200
        before = listed(anonymous, public)
        if datetime.now(UTC) < end:
            break
    time.sleep(max(0.0, (end - datetime.now(UTC)).total_seconds()) + 0.01)

    assert before == []
    assert listed(anonymous, public) == [media["id"]]
    assert anonymous.get(f"media/{media['id']}/files/thumbnail/").status_code == 200


def test_caches_keep_a_picture_no_longer_than_it_is_published(
    public: Tenant, anonymous: Client
) -> None:
    end = datetime.now(UTC) + timedelta(seconds=100)
    media = add(public, published_until=end.isoformat())
    kept = anonymous.get(f"media/{media['id']}/files/media/").headers["Cache-Control"]

    assert 0 < int(kept.split("max-age=")[1].split(",")[0]) <= 100


def test_what_is_under_embargo_is_named_by_no_duplicate(public: Tenant, anonymous: Client) -> None:
    first = add(public)["id"]
    second = add(public)["id"]
    path = f"media/{second}/"
    assert anonymous.get(path).json()["duplicate_of"] == first
    public.client.put(f"media/{first}/", json={"published_from": FUTURE})

    assert anonymous.get(path).json()["duplicate_of"] is None
    named = anonymous.get("media/", params={"application": public.application}).json()["data"]
    assert [one["duplicate_of"] for one in named] == [None]
    assert public.client.get(path).json()["duplicate_of"] == first
    public.client.put(f"media/{first}/", json={"published_from": PAST})
    assert anonymous.get(path).json()["duplicate_of"] == first


def test_collections_show_what_is_published(public: Tenant, anonymous: Client) -> None:
    hidden, shown = add(public, published_from=FUTURE), add(public, seed=2)
    made = public.client.post("collections/", json={"name": "x", "application": public.application})
    path = f"collections/{made.json()['id']}/media/"
    public.client.post(path, json={"media": [hidden["id"], shown["id"]]})

    for query in ({}, {"sort": "position"}, {"sort": "name"}):
        found = anonymous.get(path, params=query).json()
        assert ([one["id"] for one in found["data"]], found["total"]) == ([shown["id"]], 1)
    assert public.client.get(path).json()["total"] == 2


def test_many_that_are_hidden_are_told_by_their_times(
    public: Tenant, anonymous: Client, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = [add(public, seed, published_from=FUTURE)["id"] for seed in (1, 2, 3)]
    down = add(public, 4, takedown="a claim")["id"]
    shown = add(public, 5)["id"]
    monkeypatch.setattr(visibility, "HIDDEN_LISTED_MAX", 1)
    with portal.app.test_request_context():
        found = Media.objects(__raw__=active_in(public.application)).scalar("id")
        assert list(found) == [shown]
    assert listed(anonymous, public) == [shown]
    assert set(listed(public.client, public)) == {*hidden, shown}
    assert down not in listed(public.client, public)


def test_what_was_taken_down_is_gone_with_its_reason(
    public: Tenant, visitor: Client, anonymous: Client
) -> None:
    media = add(public, takedown="Claim of the heirs")
    path = f"media/{media['id']}/"

    for client in (public.client, anonymous):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["takedown"]) == (410, "Claim of the heirs")
        assert "Claim of the heirs" in answer.json()["message"]
        assert client.get(path + "files/media/").status_code == 410
        assert listed(client, public) == []
    assert public.client.get(path + "files/original/").status_code == 410
    assert requests.get(media["url"], timeout=300).status_code == 410
    assert searched(visitor) == searched(public.client) == []


def test_what_was_taken_down_is_listed_for_its_editors_and_brought_back(
    public: Tenant, anonymous: Client
) -> None:
    media = add(public, takedown="by mistake")
    query = {"application": public.application, "takedown": "true"}
    found = public.client.get("media/", params=query).json()
    back = public.client.put(f"media/{media['id']}/", json={"takedown": None})

    assert [(one["id"], one["takedown"]) for one in found["data"]] == [(media["id"], "by mistake")]
    assert anonymous.get("media/", params=query).status_code == 401
    assert back.json()["takedown"] is None
    assert listed(anonymous, public) == [media["id"]]


def test_a_publication_does_not_end_before_it_begins(tenant: Tenant) -> None:
    media = add(tenant)
    said = {"published_from": "2030-01-02", "published_until": "2030-01-02"}
    answer = tenant.client.put(f"media/{media['id']}/", json=said)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["published_until"]


def test_an_application_requires_what_publication_needs(portal: Portal) -> None:
    tenant = new_tenant(portal, options={"default": {"required": ["alt", "creator"]}})
    files = {"image": jpeg(1)}
    refused = tenant.client.post("media/", data={"creator": "Ada"}, files=files)
    taken = tenant.client.post("media/", data={"creator": "Ada", "alt": "A bridge"}, files=files)
    path = f"media/{taken.json()['id']}/"

    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["alt"])
    assert "lacking" in refused.json()["errors"]["alt"]
    assert taken.status_code == 201
    assert tenant.client.put(path, json={"alt": ""}).status_code == 400
    assert tenant.client.put(path, json={"keywords": ["x"]}).status_code == 200
    both = tenant.client.patch("media/", json={"ids": [taken.json()["id"]], "creator": None})
    assert [one["status"] for one in both.json()["results"]] == [400]


def test_an_application_has_defaults_for_what_nothing_is_said_of(portal: Portal) -> None:
    about = {"credit": "City archive", "rights": "ask"}
    tenant = new_tenant(portal, options={"default": {"about": about, "required": ["credit"]}})
    media = tenant.client.add(tenant.application, jpeg(1), rights="none")

    assert (media["credit"], media["rights"]) == ("City archive", "none")


WRONG = [{"required": ["colour"]}, {"about": {"licence": "CC-BY-9.0"}}, {"about": {"x": "y"}}]


@pytest.mark.parametrize("wrong", WRONG)
def test_options_that_cannot_be_met_are_refused(tenant: Tenant, wrong: dict) -> None:
    path = f"applications/{tenant.application}/"
    assert tenant.client.put(path, json={"options": {"default": wrong}}).status_code == 400


def test_many_get_the_same_said_of_them_at_once(tenant: Tenant) -> None:
    ids = [add(tenant, seed, creator="Ada")["id"] for seed in (1, 2)]
    body = {"ids": ids, "credit": "City archive", "published_from": FUTURE}
    answer = tenant.client.patch("media/", json=body)

    assert answer.status_code == 200, answer.text
    for one in tenant.client.get("media/").json()["data"]:
        assert (one["creator"], one["credit"]) == ("Ada", "City archive")
        assert one["published_from"].startswith("2099-01-01")
