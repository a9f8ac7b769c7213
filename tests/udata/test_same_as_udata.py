"""Our answers beside those of udata's own `/api/1/reuses/`, case by case, on one live portal.

Codes, messages and headers are the same but where a case says why not. Everywhere, our errors have
two keys more, `status` and `error` (docs/reference/api.md).
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

REUSE = {
    "title": "R",
    "description": "d",
    "type": "application",
    "topic": "others",
    "url": "https://example.org/reuse",
}
UNKNOWN_REUSE, UNKNOWN_COLLECTION = "f" * 24, "f" * 32


@dataclass
class World:
    """Two reuses and two collections of one user, one of each deleted; and keys."""

    portal: Portal
    keys: dict[str, str]
    application: str
    ids: dict[str, str]

    def ask(self, side: str, case: "Case") -> requests.Response:
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
            case.method, url, headers=headers, cookies=cookies, timeout=60, **sent
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
    session.get(f"{portal.url}/api/1/me/", headers={"X-API-KEY": keys["owner"]}, timeout=60)
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
                timeout=60,
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
            f"{portal.url}/api/1/{path}", headers={"X-API-KEY": keys["owner"]}, timeout=60
        )
        assert (answer.status_code, answer.content) == (204, b"")
    yield world
    # everybody's lists show what is public, and the suite shares one portal
    hidden = tenant.client.put(f"applications/{tenant.application}/", json={"public": False})
    assert hidden.json()["public"] is False


@dataclass(frozen=True)
class Case:
    """A request to udata's routes and the one to ours that means the same.

    `same`: keys of the body that are compared; `same_errors`: only which fields `errors` names.
    `meant`: why the status differs, and then `our_status`.
    """

    method: str = "GET"
    theirs: str = "reuses/"
    ours: str = "mediadb/collections/?application=<application>"
    key: str | None = None
    cookie: bool = False
    their_body: Any = None
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    same: tuple[str, ...] = ("message",)
    same_errors: bool = False
    meant: str | None = None
    our_status: int | None = None


LIST = {"theirs": "reuses/", "ours": "mediadb/collections/"}
ONE = {"theirs": "reuses/<reuse>/", "ours": "mediadb/collections/<collection>/"}
BAD_PAGE = {"same": (), "same_errors": True}
JSON = (("Content-Type", "application/json"),)
TEXT = (("Content-Type", "text/plain"),)
FREE: dict[str, Any] = {"same": ()}  # a message of free words

CASES: dict[str, Case] = {
    # who asks
    "no key": Case("POST", **LIST, their_body=REUSE, body={"name": "x"}),
    "no key, to change": Case("PUT", **ONE, their_body=REUSE, body={"name": "x"}),
    "wrong key": Case("POST", **LIST, key="wrong", their_body=REUSE, body={"name": "x"}),
    "wrong key on what is public": Case(key="wrong"),
    "revoked key": Case(key="revoked"),
    "key of somebody inactive": Case(
        "POST", **LIST, key="inactive", their_body=REUSE, body={"name": "x"}
    ),
    "key of somebody inactive on what is public": Case(key="inactive", same=()),
    "cookie": Case(
        "DELETE", "reuses/<deleted reuse>/", "mediadb/media/<deleted media>/", cookie=True, **FREE
    ),
    "cookie beside a wrong key": Case(
        "PUT", **ONE, key="wrong", cookie=True, their_body={}, body={}, same=()
    ),
    "wrong bearer token on what is public": Case(
        headers=(("Authorization", "Bearer nonsense"),),
        same=(),
        our_status=401,
        meant="a client whose token is over would find less, and not know why",
    ),
    # who may
    "no permission to change": Case("PUT", **ONE, key="stranger", their_body=REUSE, body={}),
    "no permission to delete": Case("DELETE", **ONE, key="stranger"),
    "an unknown organisation": Case(
        "POST",
        "reuses/",
        "mediadb/applications/",
        key="stranger",
        their_body={**REUSE, "organization": UNKNOWN_REUSE},
        body={"name": "x", "organization": UNKNOWN_REUSE},
        same=("errors",),
    ),
    "an organisation of others": Case(
        "POST",
        "reuses/",
        "mediadb/applications/",
        key="stranger",
        their_body={**REUSE, "organization": "<organization>"},
        body={"name": "x", "organization": "<organization>"},
        same=("errors",),
    ),
    # what is there
    "deleted": Case(
        theirs="reuses/<deleted reuse>/", ours="mediadb/media/<deleted media>/", **FREE
    ),
    "deleted, changed": Case(
        "PUT",
        "reuses/<deleted reuse>/",
        "mediadb/media/<deleted media>/",
        key="owner",
        their_body=REUSE,
        body={},
        **FREE,
    ),
    "deleted, deleted again": Case(
        "DELETE", "reuses/<deleted reuse>/", "mediadb/media/<deleted media>/", key="owner", **FREE
    ),
    "deleted, for the owner": Case(
        theirs="reuses/<deleted reuse>/",
        ours="mediadb/media/<deleted media>/",
        key="owner",
        same=(),
        our_status=410,
        meant="it is restored by its id, and is gone until then",
    ),
    "unknown id": Case(
        theirs=f"reuses/{UNKNOWN_REUSE}/", ours=f"mediadb/collections/{UNKNOWN_COLLECTION}/", **FREE
    ),
    "no id at all": Case(theirs="reuses/a-b/", ours="mediadb/collections/a-b/", **FREE),
    "unknown route": Case(
        theirs="reuses/x/y/z/w/", ours="mediadb/x/y/z/w/", same=("error", "status")
    ),
    "unknown route, in a browser": Case(
        theirs="reuses/x/y/z/w/",
        ours="mediadb/x/y/z/w/",
        headers=(("Accept", "text/html"),),
        same=(),
    ),
    "unknown id, in a browser": Case(
        theirs=f"reuses/{UNKNOWN_REUSE}/",
        ours=f"mediadb/collections/{UNKNOWN_COLLECTION}/",
        headers=(("Accept", "text/html"),),
        same=(),
    ),
    "wrong verb": Case("PATCH", **LIST, key="owner"),
    "without the last slash": Case(theirs="reuses", ours="mediadb/collections", same=()),
    # pages
    "page beyond the end": Case(
        theirs="reuses/?page=99",
        ours="mediadb/collections/?application=<application>&page=99",
        **FREE,
    ),
    **{
        f"{name}={value}": Case(
            theirs=f"reuses/?{name}={value}",
            ours=f"mediadb/collections/?application=<application>&{name}={value}",
            **BAD_PAGE,
        )
        for name in ("page", "page_size")
        for value in ("0", "-1", "x", "1.5")
    },
    "a huge page": Case(
        theirs="reuses/?page_size=100000",
        ours="mediadb/collections/?application=<application>&page_size=100000",
        same=("total", "page", "next_page", "previous_page"),
    ),
    "another order than there is": Case(
        theirs="reuses/?sort=nonsense",
        ours="mediadb/media/?application=<application>&sort=nonsense",
        same=(),
        same_errors=True,
    ),
    # bodies
    "a field is missing": Case(
        "POST", **LIST, key="owner", same=(), their_body={**REUSE, "title": None}, body={}
    ),
    "a list": Case("POST", **LIST, key="owner", their_body=[1], body=[1], same=("errors",)),
    "not JSON": Case(
        "POST", **LIST, key="owner", their_body="{no", body="{no", headers=JSON, **FREE
    ),
    "another type of content": Case(
        "POST",
        **LIST,
        key="owner",
        their_body="{}",
        body="{}",
        headers=TEXT,
        same=(),
        our_status=400,
        meant="curl -d sends JSON as a form; it is read by what it holds",
    ),
    "a mask": Case(headers=(("X-Fields", "total"),), same=()),
    "a bad mask": Case(headers=(("X-Fields", "data{id"),)),
}


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
    theirs = requests.get(f"{api}reuses/?{query}", timeout=60).json()
    ours = requests.get(f"{api}mediadb/collections/?{query}", timeout=60)

    for link in ("next_page", "previous_page"):
        assert (ours.json()[link] is None) == (theirs[link] is None)
        if theirs[link]:
            one, other = urlsplit(ours.json()[link]), urlsplit(theirs[link])
            assert one.query == other.query
            assert (one.scheme, one.netloc) == (other.scheme, other.netloc)


def test_dates_and_deletions_look_the_same(world: World) -> None:
    api = f"{world.portal.url}/api/1/"
    reuse = requests.get(f"{api}reuses/{world.ids['reuse']}/", timeout=60).json()
    media = requests.get(f"{api}mediadb/media/{world.ids['media']}/", timeout=60).json()
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
        requests.options(f"{world.portal.url}/api/1/{path}", headers=headers, timeout=60)
        for path in ("reuses/", "mediadb/media/")
    ]

    assert answers[0].status_code == answers[1].status_code == 204
    for header in ("Origin", "Methods", "Headers"):
        name = f"Access-Control-Allow-{header}"
        assert answers[0].headers[name] == answers[1].headers[name]
