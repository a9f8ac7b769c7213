"""Messages to webhooks: to whom none goes, what is tried again, and for how long."""

import json
from pathlib import Path

from udata_mediadb.mongo.documents import durable
from udata_mediadb.search.watches.delivering import WAITS_S
from udata_mediadb.search.watches.models import Watch

from ..images import jpeg
from ..portal_here import PortalHere, portal_here
from .receiver import Receiver, receiving
from .world import crop_of, deliveries, kept_query, later, watch, work


def test_private_addresses_are_refused(
    mongodb_uri: str, database_name: str, tmp_path: Path
) -> None:
    uri = mongodb_uri.rstrip("/") + f"/{database_name}"
    with portal_here(uri, tmp_path, MEDIADB_JOBS_IN_WEB=False) as here, receiving() as receiver:
        media = here.add(jpeg(1))["id"]
        for webhook in (
            receiver.url,
            "http://localhost:8080/",
            "http://[::1]/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest",
            "ftp://example.org/",
            "http://u:p@a.org/",
        ):
            sent = {"application": here.application, "media": media, "webhook": webhook}
            answer = here.post("watches/", json=sent)
            assert answer.status_code == 400, webhook
            assert "webhook" in answer.json["errors"]
        made = watch(here, media=media)
        change = {"webhook": receiver.url}  # as a name that leads elsewhere by now
        assert here.request("PATCH", f"watches/{made['id']}/", json=change).status_code == 400
        durable(Watch).update_one({"_id": made["id"]}, {"$set": change})
        here.add(jpeg(1))
        work(here)
        assert receiver.got == []
        (told,) = deliveries(here, made)
        assert told["state"] == "waiting"
        assert "public address" in told["log"][0]["reason"]


def test_redirects_are_not_followed(here: PortalHere, receiver: Receiver) -> None:
    made = watch(here, query=kept_query(here, jpeg(1)), webhook=receiver.url)
    with receiving() as inside:
        receiver.status, receiver.location = 302, inside.url
        here.add(jpeg(1))
        work(here)
        assert (len(receiver.got), inside.got) == (1, [])
    (told,) = deliveries(here, made)
    assert (told["state"], told["log"][0]["status"]) == ("waiting", 302)
    assert "not followed" in told["log"][0]["reason"]


def test_a_receiver_that_hangs_holds_up_no_other(here: PortalHere, receiver: Receiver) -> None:
    here.app.config["MEDIADB_FETCH_DEADLINE_S"] = 5.0  # which the other one keeps, on any machine
    query = kept_query(here, jpeg(1))
    with receiving() as hanging:
        hanging.answers.clear()
        slow = watch(here, query=query, webhook=hanging.url)
        watch(here, query=query, webhook=receiver.url)
        here.add(jpeg(1))
        here.add(crop_of(1))
        work(here)
        assert len(receiver.got) == 2
        assert len(hanging.got) == 1, "what is behind it waits"
    told = deliveries(here, slow)
    assert {one["state"] for one in told} == {"waiting"}
    assert "within 5 s" in told[1]["log"][0]["reason"]


def test_500_for_a_day_loses_nothing_and_keeps_the_order(
    here: PortalHere, receiver: Receiver
) -> None:
    made = watch(here, query=kept_query(here, jpeg(1)), webhook=receiver.url)
    receiver.status = 500
    first, second = here.add(jpeg(1))["id"], here.add(crop_of(1))["id"]
    work(here)
    work(here)
    assert len(receiver.got) == 1, "not again at once"
    for _ in range(8):  # the waits until here are more than a day
        later(here)
    assert sum(WAITS_S[:9]) > 4 * 3600
    assert len(receiver.got) == 9
    assert here.get(f"watches/{made['id']}/").json["waiting"] == 2

    receiver.status = 200
    later(here)

    assert [json.loads(b)["data"]["media"]["id"] for _, b in receiver.got[-2:]] == [first, second]
    assert len({headers["webhook-id"] for headers, _ in receiver.got[:10]}) == 1
    assert [one["state"] for one in deliveries(here, made)] == ["delivered"] * 2
    assert here.get(f"watches/{made['id']}/").json["waiting"] == 0


def test_an_event_is_given_up_in_the_end(here: PortalHere, receiver: Receiver) -> None:
    made = watch(here, query=kept_query(here, jpeg(1)), webhook=receiver.url)
    receiver.status = 500
    here.add(jpeg(1))
    work(here)
    for _ in WAITS_S:
        later(here)
    (told,) = deliveries(here, made)
    assert (told["state"], told["attempts"]) == ("failed", len(WAITS_S) + 1)
    later(here)
    assert len(receiver.got) == len(WAITS_S) + 1
