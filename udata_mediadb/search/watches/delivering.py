"""Telling the webhooks of watches, in the form of Standard Webhooks.

In order, one at a time for each watch: as long as its oldest event cannot be delivered the others
wait behind it, so a receiver that is away, hangs or answers 500 for a day is asked a dozen times in
that day, whatever happens meanwhile. Who is told twice sees the same `webhook-id`.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from ...authentication.keyring import current_keyring
from ...crypto.seals import unseal
from ...fetching import Undelivered, send
from ...jobs.kinds import JobKind, Step, Task
from ...jobs.queue import enqueue
from ...mongo.clock import now, utc
from ...mongo.documents import durable
from ...web.readers import plain
from .models import ACTIVE, DELIVERED, FAILED, SEEN, WAITING, Watch, WatchEvent

# Together a bit more than two days, then an event is given up.
WAITS_S = (10, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 43_200, 43_200, 43_200)
LOG_LENGTH = 20
AT_ONCE = 50  # events of one watch, before others have their turn
SECRET_PREFIX = "whsec_"  # noqa: S105  of Standard Webhooks


def due_deliveries() -> None:
    """Put the job into the queue where somebody is to be told by now."""
    if WatchEvent.objects(state=WAITING, next_at__lte=now()).first() is not None:
        enqueue(WEBHOOKS.name, only_one=WEBHOOKS.name)


def _deliver(task: Task) -> Iterator[Step]:
    waiting = WatchEvent.objects(state=WAITING, next_at__lte=now())
    for identifier in waiting.distinct("watch"):
        watch = Watch.objects(id=identifier).first()
        if watch is None:
            durable(WatchEvent).delete_many({"watch": identifier, "state": WAITING})
        elif not watch.webhook:  # the feed alone, by now
            seen = {"$set": {"state": SEEN}}
            durable(WatchEvent).update_many({"watch": identifier, "state": WAITING}, seen)
        elif watch.state != ACTIVE:
            _postpone(watch.id, now() + timedelta(hours=1))
        else:
            yield from _tell_in_order(watch)
    yield Step()


WEBHOOKS = JobKind("webhooks", "Telling the webhooks of watches", _deliver, is_kept=False)


def deadline_s() -> float:
    """How long a receiver may take, as long as a picture that is fetched."""
    return float(current_app.config["MEDIADB_FETCH_DEADLINE_S"])


def signed(secret: str, identifier: str, moment: int, body: bytes) -> str:
    """The `webhook-signature` of a message (Standard Webhooks 1.0, "Signature scheme")."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    content = f"{identifier}.{moment}.".encode() + body
    digest = hmac.new(key, content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _tell_in_order(watch: Watch) -> Iterator[Step]:
    waiting = WatchEvent.objects(watch=watch.id, state=WAITING).order_by("at", "id")
    for event in waiting[:AT_ONCE]:
        if event.next_at and utc(event.next_at) > now():
            _postpone(watch.id, event.next_at)  # what came since waits behind it
            return
        if not _tell(watch, event):
            return
        yield Step(done=1)


def _tell(watch: Watch, event: WatchEvent) -> bool:
    """Whether it was delivered; the try is in its log."""
    secret = unseal(watch.secret, current_keyring(), watch.id) if watch.secret else None
    began = time.monotonic()
    said: dict[str, Any] = {"at": now(), "status": None, "reason": None}
    try:
        if secret is None:
            raise Undelivered("No secret of the portal opens the watch's: make it anew.")
        said["status"] = _post(watch, event, secret)
    except Undelivered as exc:
        said |= {"status": exc.status, "reason": exc.reason}
    said["took_ms"] = int(1000 * (time.monotonic() - began))
    if said["reason"] is None:
        _log(event, said, {"state": DELIVERED})
        return True
    over = event.attempts >= len(WAITS_S)
    _log(event, said, {"state": FAILED} if over else {})
    if not over:
        _postpone(watch.id, now() + timedelta(seconds=WAITS_S[event.attempts]))
    return over  # the next one, where this one is given up


def _post(watch: Watch, event: WatchEvent, secret: str) -> int:
    body = json.dumps(_message(watch, event), separators=(",", ":")).encode()
    moment = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": event.id,
        "webhook-timestamp": str(moment),
        "webhook-signature": signed(secret, event.id, moment, body),
    }
    allow = tuple(current_app.config["MEDIADB_FETCH_ALLOW"])
    return send(watch.webhook, body, headers, deadline_s=deadline_s(), allow=allow)


def _message(watch: Watch, event: WatchEvent) -> dict[str, Any]:
    return {
        "type": "media.matched" if watch.event == "media" else "media.used",
        "timestamp": utc(event.at).isoformat(),
        "data": {
            "watch": {"id": watch.id, "name": watch.name},
            "media": {
                "id": event.media,
                "name": event.name,
                "uri": watch.media_uri.replace("MEDIA", event.media),
            },
            "found": plain(event.found),
        },
    }


def _log(event: WatchEvent, said: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    push = {"log": {"$each": [dict(said)], "$slice": -LOG_LENGTH}}
    update: dict[str, Any] = {"$push": push, "$inc": {"attempts": 1}}
    if changes:
        update["$set"] = dict(changes)
    durable(WatchEvent).update_one({"_id": event.id}, update)


def _postpone(watch: str, until: datetime) -> None:
    waiting = {"watch": watch, "state": WAITING}
    durable(WatchEvent).update_many(waiting, {"$set": {"next_at": until}})
