"""What can be done with watches."""

import base64
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import current_app

from ...application.models import Application
from ...authentication.keyring import current_keyring
from ...crypto.keyring import Keyring
from ...crypto.seals import is_newest, seal
from ...errors import FetchRefused, InvalidFields, QuotaExceeded
from ...fetching import require_sendable
from ...mongo.clock import now
from ...mongo.documents import durable
from ...web.arguments import readers
from ...web.readers import read_properties
from ..duplicates.following import follow
from ..rules.making import new_rule
from ..rules.models import PictureRule
from .arguments import CHANGING, MAKING
from .delivering import SECRET_PREFIX, deadline_s
from .models import MEDIA, USE, WAITING, Watch, WatchEvent
from .seeing import note_uses_before

WATCHES_MAX = 100  # of an application: each new media is compared with each, some 5 ms
_SECRET_BYTES = 24  # Standard Webhooks: 24 to 64


def create_watch(
    application: Application, properties: Mapping[str, Any], user: str | None, media_uri: str
) -> tuple[Watch, str | None]:
    """A new watch, and the secret of its webhook, which is shown this once."""
    clean = read_properties(properties, readers(*MAKING))
    if Watch.objects(application=application.id).count() >= WATCHES_MAX:
        raise QuotaExceeded(f"An application has at most {WATCHES_MAX} watches: delete one.")
    event = clean.get("event", MEDIA)
    identifier = uuid4().hex
    _require_sendable(clean.get("webhook"))
    rule = None
    if event == MEDIA:
        rule = new_rule(application, identifier, {**clean, "palette": properties.get("palette")})
    elif any(properties.get(name) for name in ("media", "query", "palette")):
        raise InvalidFields({"event": "a watch for uses has no picture: it is about all media"})
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    watch = Watch(
        id=identifier,
        application=application.id,
        user=user,
        name=clean.get("name", f"Watch {identifier[:8]}"),
        event=event,
        webhook=clean.get("webhook"),
        secret=seal(secret, current_keyring(), identifier),
        feed_token=secrets.token_urlsafe(_SECRET_BYTES),
        media_uri=media_uri,
    )
    if rule is not None:
        rule.save(force_insert=True)
    follow(application.id)
    if event == USE:
        note_uses_before(watch)
    watch.save(force_insert=True)
    return watch, secret if watch.webhook else None


def update_watch(watch: Watch, properties: Mapping[str, Any]) -> Watch:
    """Change name, webhook or state; a webhook of null is none. What waits is told the new one."""
    clean = read_properties(properties, readers(*CHANGING))
    if "webhook" in properties:
        clean["webhook"] = clean.get("webhook")
        _require_sendable(clean["webhook"])
    durable(Watch).update_one({"_id": watch.id}, {"$set": {**clean, "updated_at": now()}})
    if {"webhook", "state"} & set(clean):
        again = {"$set": {"next_at": now(), "attempts": 0}}
        durable(WatchEvent).update_many({"watch": watch.id, "state": WAITING}, again)
    found: Watch = watch.reload()
    return found


def delete_watch(watch: Watch) -> None:
    """With its rule and all that it saw."""
    watch.delete()
    durable(PictureRule).delete_many({"owner": watch.id})
    durable(WatchEvent).delete_many({"watch": watch.id})


def renew_secret(watch: Watch, text: str, keyring: Keyring) -> bool:
    """Seal it under the newest secret of the portal; False where it is."""
    if is_newest(watch.secret, keyring, watch.id):
        return False
    change = {"$set": {"secret": seal(text, keyring, watch.id)}}
    return bool(
        durable(Watch).update_one({"_id": watch.id, "secret": watch.secret}, change).matched_count
    )


def _require_sendable(webhook: str | None) -> None:
    if webhook is None:
        return
    allow = tuple(current_app.config["MEDIADB_FETCH_ALLOW"])
    try:
        require_sendable(webhook, deadline_s=deadline_s(), allow=allow)
    except FetchRefused as exc:
        raise InvalidFields({"webhook": exc.message}) from exc
