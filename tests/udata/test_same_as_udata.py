"""Our answers beside those of udata's own `/api/1/reuses/`, case by case, on one live portal.

The cases are in same_cases.py. Codes, messages and headers are the same but where a case says why
not. Everywhere, our errors have two keys more, `status` and `error` (docs/reference/api.md).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from ..fixtures import new_tenant
from ..hosts import current_host
from ..images import jpeg
from ..portal import Portal
from .same_cases import CASES, REUSE, Case


@dataclass
class World:
    """Two reuses and two collections of one user, one of each deleted; and keys."""

    portal: Portal
    keys: dict[str, str]
    application: str
    ids: dict[str, str]

    def ask(self, side: str, case: Case) -> requests.Response:
        """Send the request of the case; `side`: theirs or ours."""
        path, body = (case.theirs, case.their_body) if side == "theirs" else (case.ours, case.body)
        for name, identifier in self.ids.items():
            path = path.replace(f"<{name}>", identifier)
        headers = dict(case.headers)
        if case.key:
            headers["X-API-KEY"] = self.keys[case.key]
        if isinstance(body, dict) and "organization" in body:
            named = body["organization"].strip("<>")
            body = {**body, "organization": self.ids.get(named, named)}
        if isinstance(body, dict) and side == "ours":
            inside = {} if "applications/" in path else {"application": self.application}
            body = {**inside, **body}
        sent: dict[str, Any] = {"data": body} if isinstance(body, str) else {"json": body}
        url = f"{self.portal.url}/api/1/{path}"
        cookies = {"session": self.keys["cookie"]} if case.cookie else None
        return requests.request(
            case.method, url, headers=headers, cookies=cookies, timeout=300, **sent
        )


@pytest.fixture(scope="module")
def world(portal: Portal) -> Iterator[World]:
    tenant, stranger = new_tenant(portal, public=True), new_tenant(portal)
    host = current_host()
    with portal.app.app_context():
        revoked = host.create_user("revoked", "revoked@example.org")
        gone = host.create_user("gone", "gone@example.org")
        keys = {
            "revoked": host.create_key(revoked),
            "inactive": host.create_key(gone),
            "owner": str(tenant.client.key),
            "stranger": str(stranger.client.key),
            "wrong": "garbage",
        }
        host.revoke_keys(revoked)
        host.set_active(gone, False)
        organization = host.create_organization("Others", tenant.user)
    session = requests.Session()
    session.get(f"{portal.url}/api/1/me/", headers={"X-API-KEY": keys["owner"]}, timeout=300)
    keys["cookie"] = session.cookies["session"]
    ids = {"application": tenant.application, "organization": organization}
    world = World(portal, keys, tenant.application, ids)
    for number in range(5):
        ours = {"application": tenant.application}
        reuse = {**REUSE, "title": f"R {number}", "url": f"https://example.org/{number}"}
        for name, path, body in (
            ("reuse", "reuses/", reuse),
            ("collection", "mediadb/collections/", {**ours, "name": f"C {number}"}),
        ):
            made = requests.post(
                f"{portal.url}/api/1/{path}",
                json=body,
                headers={"X-API-KEY": keys["owner"]},
                timeout=300,
            )
            assert made.status_code == 201, made.text
            assert "Location" not in made.headers
            world.ids[name if number else f"deleted {name}"] = made.json()["id"]
    media = tenant.client.add(tenant.application, jpeg(1, 160, 120))
    world.ids["media"] = media["id"]
    gone_media = tenant.client.add(tenant.application, jpeg(2, 160, 120))
    world.ids["deleted media"] = gone_media["id"]
    for path in (
        f"reuses/{world.ids['deleted reuse']}/",
        f"mediadb/media/{gone_media['id']}/",
        f"mediadb/collections/{world.ids['deleted collection']}/",
    ):
        answer = requests.delete(
            f"{portal.url}/api/1/{path}", headers={"X-API-KEY": keys["owner"]}, timeout=300
        )
        assert (answer.status_code, answer.content) == (204, b"")
    yield world
    # everybody's lists show what is public, and the suite shares one portal
    hidden = tenant.client.put(f"applications/{tenant.application}/", json={"public": False})
    assert hidden.json()["public"] is False


# udata 16 answers these otherwise: 404 to pages that are none, 500 to a body that is a list
SINCE_17 = {"page=0", "page=-1", "page_size=0", "page_size=-1", "a list"}
IS_OLDER = int(version("udata").partition(".")[0]) < 17


@pytest.mark.parametrize("name", [one for one in CASES if not (IS_OLDER and one in SINCE_17)])
def test_the_answers_are_the_same(world: World, name: str) -> None:
    case = CASES[name]
    theirs, ours = world.ask("theirs", case), world.ask("ours", case)

    if case.meant:
        assert (theirs.status_code, ours.status_code) != (case.our_status,) * 2, "same by now"
        assert ours.status_code == case.our_status
        return
    assert ours.status_code == theirs.status_code, f"{theirs.text}\n{ours.text}"
    for header in ("WWW-Authenticate", "Content-Type", "Access-Control-Allow-Origin"):
        assert ours.headers.get(header) == theirs.headers.get(header)
    if case.same or case.same_errors:
        their_body, our_body = theirs.json(), ours.json()
        assert {k: our_body.get(k) for k in case.same} == {k: their_body[k] for k in case.same}
        if case.same_errors:
            assert set(our_body["errors"]) == set(their_body["errors"])


@pytest.mark.parametrize(
    "query",
    [
        "page_size=2",
        "page_size=2&page=2",
        "page=2&page_size=2&parent=&parent=",
        "page_size=2&page=2&lang=fr&parent=",
        "lang=%C3%A9&page_size=2",
    ],
)
def test_links_to_other_pages_keep_what_was_asked(world: World, query: str) -> None:
    api = f"{world.portal.url}/api/1/"
    query += f"&application={world.application}"
    theirs = requests.get(f"{api}reuses/?{query}", timeout=300).json()
    ours = requests.get(f"{api}mediadb/collections/?{query}", timeout=300)

    for link in ("next_page", "previous_page"):
        assert (ours.json()[link] is None) == (theirs[link] is None)
        if theirs[link]:
            one, other = urlsplit(ours.json()[link]), urlsplit(theirs[link])
            assert one.query == other.query
            assert (one.scheme, one.netloc) == (other.scheme, other.netloc)


def test_dates_and_deletions_look_the_same(world: World) -> None:
    api = f"{world.portal.url}/api/1/"
    reuse = requests.get(f"{api}reuses/{world.ids['reuse']}/", timeout=300).json()
    media = requests.get(f"{api}mediadb/media/{world.ids['media']}/", timeout=300).json()
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00"

    assert re.fullmatch(form, reuse["created_at"])
    assert re.fullmatch(form, media["created_at"])
    assert reuse["deleted"] is media["deleted"] is None


def test_browsers_of_other_sites_are_answered_alike(world: World) -> None:
    headers = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "x-api-key",
    }
    answers = [
        requests.options(f"{world.portal.url}/api/1/{path}", headers=headers, timeout=300)
        for path in ("reuses/", "mediadb/media/")
    ]

    assert answers[0].status_code == answers[1].status_code == 204
    for header in ("Origin", "Methods", "Headers"):
        name = f"Access-Control-Allow-{header}"
        assert answers[0].headers[name] == answers[1].headers[name]
