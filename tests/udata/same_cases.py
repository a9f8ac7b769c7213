"""Requests to udata's own routes, and those to ours that mean the same."""

from dataclasses import dataclass
from typing import Any

REUSE = {
    "title": "R",
    "description": "d",
    "type": "application",
    "topic": "others",
    "url": "https://example.org/reuse",
}
UNKNOWN_REUSE, UNKNOWN_COLLECTION = "f" * 24, "f" * 32


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
