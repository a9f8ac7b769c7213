"""Watches over HTTP: who is told of what, how, and what becomes of receivers that do not answer."""

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from udata_mediadb.crypto.keyring import Keyring
from udata_mediadb.mongo.clock import now
from udata_mediadb.mongo.documents import durable
from udata_mediadb.operations.sealing import renew_seals
from udata_mediadb.search.watches.delivering import signed
from udata_mediadb.search.watches.models import Watch

from ..docs.pages import blocks
from ..hosts import SECRET
from ..images import encoded, jpeg, photo
from ..portal_here import PortalHere, new_application
from .receiver import Receiver
from .world import crop_of, deliveries, kept_query, watch, work

HOW_TO = "how-to/be-told-when-a-picture-appears.md"

ATOM = "{http://www.w3.org/2005/Atom}"


def test_who_adds_the_picture_or_a_part_of_it_causes_one_message(
    here: PortalHere, receiver: Receiver
) -> None:
    here.add(jpeg(1))  # was there before
    made = watch(here, query=kept_query(here, jpeg(1)), webhook=receiver.url, name="Bridge")

    here.add(jpeg(2))
    part = here.add(crop_of(1), name="Postcard")
    work(here)
    work(here)

    ((headers, body),) = receiver.got
    message = json.loads(body)
    assert message["type"] == "media.matched"
    assert message["data"]["watch"] == {"id": made["id"], "name": "Bridge"}
    assert message["data"]["media"]["id"] == part["id"]
    assert message["data"]["media"]["uri"] == part["uri"]
    assert message["data"]["found"]["decision"] == "match"
    moment = int(headers["webhook-timestamp"])
    expected = signed(made["secret"], headers["webhook-id"], moment, body)
    assert headers["webhook-signature"] == expected
    scope: dict[str, Any] = {}
    (python,) = [one for one in blocks(HOW_TO) if one.language == "python"]
    exec(python.text, scope)
    assert scope["is_genuine"](made["secret"], headers, body)
    assert not scope["is_genuine"](made["secret"], headers, body + b" ")
    (told,) = deliveries(here, made)
    assert (told["state"], told["attempts"], told["log"][0]["status"]) == ("delivered", 1, 204)


def test_a_feed_needs_its_token_or_a_key(here: PortalHere) -> None:
    media = here.add(jpeg(1), name="<b>&\x01")
    made = watch(here, media=media["id"])
    assert made["secret"] is None
    again = here.add(jpeg(1), name="Again & again")
    work(here)

    client = here.app.test_client()
    feed = client.get(made["feed_url"])
    assert feed.mimetype == "application/atom+xml", feed.text
    root = ElementTree.fromstring(feed.data)
    (entry,) = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Again & again"
    assert entry.find(f"{ATOM}link").attrib["href"] == again["uri"]  # type: ignore[union-attr]
    bare = made["feed_url"].partition("?")[0]
    assert client.get(bare).status_code == 401
    assert client.get(f"{bare}?reader=wrong").status_code == 401
    assert here.get(bare).status_code == 200


def test_what_looks_alike_or_has_these_colours_is_seen(here: PortalHere) -> None:
    signatures = ["match", "similarity", "colors"]
    here.application = new_application(here.app, here.user, name="All", signatures=signatures)
    alike = watch(here, query=kept_query(here, jpeg(1)), signature="similarity")
    red = watch(here, palette=["#e60a0a"], signature="colors")

    near = here.add(encoded(photo(1)[:, ::-1].copy()))["id"]
    plain = here.add(encoded(np.full((64, 96, 3), (230, 10, 10), np.uint8)))["id"]
    work(here)

    assert near in {one["media"] for one in deliveries(here, alike)}
    assert [one["media"] for one in deliveries(here, red)] == [plain]


def test_a_new_use_of_a_media_is_told_and_earlier_ones_are_not(
    here: PortalHere, receiver: Receiver
) -> None:
    old = [{"class": "Dataset", "id": "d1"}]
    media = here.add(jpeg(1), related=json.dumps(old))["id"]
    made = watch(here, event="use", webhook=receiver.url)

    here.request("PATCH", f"media/{media}/", json={"name": "Changed"})
    work(here)
    assert receiver.got == []
    new = {"class": "Reuse", "id": "r1"}
    here.request("PATCH", f"media/{media}/", json={"related": [*old, new]})
    with here.app.app_context():  # as if the slack between machines had passed
        long_ago = now() - timedelta(minutes=5)
        durable(Watch).update_one({"_id": made["id"]}, {"$set": {"looked_at": long_ago}})
    work(here)
    work(here)

    ((_headers, body),) = receiver.got
    message = json.loads(body)
    assert message["type"] == "media.used"
    assert message["data"]["found"] == {"object": new}


def test_a_paused_watch_sees_nothing_and_a_deleted_one_is_gone(
    here: PortalHere, receiver: Receiver
) -> None:
    made = watch(here, query=kept_query(here, jpeg(1)), webhook=receiver.url)
    paused = here.request("PATCH", f"watches/{made['id']}/", json={"state": "paused"})
    assert paused.json["state"] == "paused"
    here.add(jpeg(1))
    work(here)
    here.request("PATCH", f"watches/{made['id']}/", json={"state": "active"})
    here.add(crop_of(1))
    work(here)
    assert len(receiver.got) == 1
    assert here.get("watches/").json["total"] == 1

    assert here.delete(f"watches/{made['id']}/").status_code == 204
    assert here.get(f"watches/{made['id']}/").status_code == 404
    assert here.app.test_client().get(made["feed_url"]).status_code == 401


def test_a_secret_is_sealed_anew_with_the_portals(here: PortalHere) -> None:
    made = watch(here, event="use", webhook="http://127.0.0.1:8009/")
    newer = Keyring("another secret of the portal, long enough", (SECRET,))
    with here.app.app_context():
        before = Watch.objects.get(id=made["id"]).secret
        assert renew_seals(newer).renewed >= 1
        assert Watch.objects.get(id=made["id"]).secret != before


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"media": "x", "query": "y" * 32},
        {"palette": "red-ish"},
        {"event": "use", "palette": ["red"]},
        {"query": "y" * 32, "signature": "colors"},
        {"media": "0" * 32},
    ],
)
def test_bad_watches_are_refused(here: PortalHere, properties: dict[str, Any]) -> None:
    answer = here.post("watches/", json={"application": here.application, **properties})
    assert answer.status_code in (400, 404)
    assert here.get("watches/").json["total"] == 0
