"""What waits to be told: behind the oldest, also as media come; in the feed without a webhook."""

from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.mongo.documents import durable

from ..images import jpeg
from ..portal_here import PortalHere
from .receiver import Receiver
from .world import crop_of, deliveries, kept_query, later, watch, work


def test_media_that_come_meanwhile_are_no_further_tries(
    here: PortalHere, receiver: Receiver
) -> None:
    made = watch(here, query=kept_query(here, jpeg(1)), webhook=receiver.url)
    receiver.status = 500
    here.add(jpeg(1))
    work(here)
    for _ in range(3):
        here.add(crop_of(1))
        work(here)

    assert len(receiver.got) == 1
    told = deliveries(here, made)
    assert [one["attempts"] for one in told] == [0, 0, 0, 1]
    receiver.status = 204
    later(here)
    assert [one["state"] for one in deliveries(here, made)] == ["delivered"] * 4


def test_what_waits_stays_in_the_feed_of_a_watch_that_gives_up_its_webhook(
    here: PortalHere, receiver: Receiver
) -> None:
    made = watch(here, query=kept_query(here, jpeg(1)), webhook=receiver.url)
    receiver.status = 500
    media = here.add(jpeg(1))
    work(here)
    here.request("PATCH", f"watches/{made['id']}/", json={"webhook": None})
    work(here)

    (told,) = deliveries(here, made)
    assert (told["media"], told["state"]) == (media["id"], "seen")
    assert media["uri"] in here.app.test_client().get(made["feed_url"]).text


def test_a_token_of_other_letters_is_a_wrong_one(here: PortalHere) -> None:
    made = watch(here, event="use")
    bare = made["feed_url"].partition("?")[0]
    answer = here.app.test_client().get(bare, query_string={"reader": "é"})
    assert answer.status_code == 401


def test_a_media_whose_description_is_damaged_holds_up_no_other(here: PortalHere) -> None:
    made = watch(here, query=kept_query(here, jpeg(1)))
    broken, whole = here.add(crop_of(1))["id"], here.add(jpeg(1))["id"]
    damage = {"$set": {"data": b"no description"}}
    assert durable(StoredSignature).update_many({"media": broken}, damage).modified_count
    work(here)

    assert [one["media"] for one in deliveries(here, made)] == [whole]
    assert here.get("jobs/?kind=new-media").json["total"] == 0


def test_a_picture_that_replaces_another_is_the_one_that_is_looked_at(
    here: PortalHere,
) -> None:
    made = watch(here, query=kept_query(here, jpeg(1)))
    media = here.add(jpeg(2))["id"]
    work(here)
    headers = {"Content-Type": "image/jpeg"}
    assert here.put(f"media/{media}/file/", data=crop_of(1), headers=headers).status_code == 200
    work(here)

    assert [one["media"] for one in deliveries(here, made)] == [media]
