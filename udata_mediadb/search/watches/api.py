"""Routes of watches, udata dialect."""

import hmac
from typing import Any

from flask import Response, request, url_for
from flask_restx import Model, fields

from ...application.models import Application
from ...authorization.caller import (
    acting_user,
    find_application,
    require_allowed,
    require_application,
    require_caller,
)
from ...authorization.resource import MediaDBResource
from ...errors import NotFound
from ...hosts.current import endpoint_prefix
from ...media.links import MEDIA_ENDPOINT
from ...mongo.ids import compact_id
from ...web.bodies import read_object
from ...web.declaring import takes
from ...web.namespace import SECURITY, ns
from ...web.page_arguments import PAGE_ARGUMENTS
from ...web.page_fields import FREE, nullable, page_answer, page_model, requested_page, shaped
from ...web.pages import Page
from ...web.readers import plain
from ..rules.models import PictureRule
from .arguments import CHANGING, IN_PATH, LISTING, MAKING, READER
from .feed import ENTRIES, atom
from .making import create_watch, delete_watch, update_watch
from .models import ACTIVE, DELIVERED, FAILED, MEDIA, PAUSED, SEEN, USE, WAITING, Watch, WatchEvent

ENDPOINT, FEED = "mediadb_watch", "mediadb_watch_feed"
watch_fields = Model(
    "MediaDBWatch",
    {
        "id": fields.String,
        "application": fields.String,
        "name": fields.String,
        "event": fields.String(enum=[MEDIA, USE]),
        "state": fields.String(enum=[ACTIVE, PAUSED]),
        "signature": nullable(fields.String),
        "min_score": nullable(fields.Float),
        "webhook": nullable(fields.String),
        "secret": nullable(fields.String, description="Shown once, when the watch is made"),
        "waiting": fields.Integer(description="Events that are not delivered yet"),
        "feed_url": fields.String(description="Atom; who has this address may read it"),
        "deliveries_url": fields.String,
        "uri": fields.String,
        "created_at": fields.DateTime,
        "updated_at": fields.DateTime,
    },
)
delivery_fields = Model(
    "MediaDBWatchDelivery",
    {
        "id": fields.String(description="The `webhook-id`"),
        "media": fields.String,
        "name": nullable(fields.String),
        "found": shaped(FREE),
        "state": fields.String(enum=[WAITING, DELIVERED, FAILED, SEEN]),
        "attempts": fields.Integer,
        "next_at": nullable(fields.DateTime),
        "log": fields.List(shaped(FREE), description="The last tries: at, status, reason, took_ms"),
        "at": fields.DateTime,
    },
)
watch_page_fields = page_model("MediaDBWatchPage", watch_fields)
delivery_page_fields = page_model("MediaDBWatchDeliveryPage", delivery_fields)
for model in (watch_fields, watch_page_fields, delivery_fields, delivery_page_fields):
    ns.add_model(model.name, model)


@ns.route("/watches/", endpoint="mediadb_watches")
class WatchListAPI(MediaDBResource):
    """Who is told when a picture appears."""

    @takes(query=LISTING, errors=(403, 404))
    @ns.doc("list_mediadb_watches", security=SECURITY)
    @ns.marshal_with(watch_page_fields)
    def get(self) -> dict[str, Any]:
        """List the watches of an application, newest first."""
        application = require_application("edit", request.args.get("application"))
        wanted = requested_page()
        found = Watch.objects(application=application.id).order_by("-created_at", "-id")
        items = found.skip(wanted.offset).limit(wanted.page_size)
        return page_answer(
            Page(list(items), wanted, found.count()), [represent(one) for one in items]
        )

    @takes(body=MAKING, errors=(403, 404, 410, 423))
    @ns.doc("create_mediadb_watch", security=SECURITY)
    @ns.marshal_with(watch_fields, code=201)
    def post(self) -> tuple[dict[str, Any], int]:
        """Watch for a picture, or for uses of the application's media."""
        require_caller()
        asked = read_object()
        application = require_application("edit", asked.get("application"))
        uri = url_for(endpoint_prefix() + MEDIA_ENDPOINT, media="MEDIA", _external=True)
        watch, secret = create_watch(application, asked, acting_user(application), uri)
        return {**represent(watch), "secret": secret}, 201


@ns.route("/watches/<string:watch>/", endpoint=ENDPOINT)
class WatchAPI(MediaDBResource):
    """One watch."""

    @takes(path=(IN_PATH,), errors=(403, 404))
    @ns.doc("get_mediadb_watch", security=SECURITY)
    @ns.marshal_with(watch_fields)
    def get(self, watch: str) -> dict[str, Any]:
        """Get a watch."""
        return represent(require_watch(watch)[0])

    @takes(path=(IN_PATH,), body=CHANGING, errors=(403, 404, 423))
    @ns.doc("change_mediadb_watch", security=SECURITY)
    @ns.marshal_with(watch_fields)
    def patch(self, watch: str) -> dict[str, Any]:
        """Change name or webhook, pause it or let it go on."""
        found, _application = require_watch(watch)
        return represent(update_watch(found, read_object()))

    @takes(path=(IN_PATH,), errors=(403, 404, 423))
    @ns.doc("delete_mediadb_watch", security=SECURITY, responses={204: "Deleted"})
    def delete(self, watch: str) -> tuple[str, int]:
        """Watch no longer."""
        found, _application = require_watch(watch)
        delete_watch(found)
        return "", 204


@ns.route("/watches/<string:watch>/deliveries/", endpoint="mediadb_watch_deliveries")
class WatchDeliveriesAPI(MediaDBResource):
    """What a watch saw, and how that was told."""

    @takes(path=(IN_PATH,), query=PAGE_ARGUMENTS, errors=(403, 404))
    @ns.doc("list_mediadb_watch_deliveries", security=SECURITY)
    @ns.marshal_with(delivery_page_fields)
    def get(self, watch: str) -> dict[str, Any]:
        """List the events, newest first, each with its tries."""
        found, _application = require_watch(watch)
        wanted, events = requested_page(), _events(found)
        items = events.skip(wanted.offset).limit(wanted.page_size)
        page = Page(list(items), wanted, events.count())
        return page_answer(page, [_delivery(one) for one in page.items])


@ns.route("/watches/<string:watch>/feed/", endpoint=FEED)
class WatchFeedAPI(MediaDBResource):
    """What a watch saw, for feed readers."""

    @takes(path=(IN_PATH,), query=(READER,), errors=(403, 404))
    @ns.doc("get_mediadb_watch_feed", produces=["application/atom+xml"])
    def get(self, watch: str) -> Response:
        """The newest events as an Atom feed, for who has its address or may edit."""
        token, key = request.args.get("reader"), compact_id(watch)
        found = Watch.objects(id=key).first() if token and key else None
        if found is None or not hmac.compare_digest(
            found.feed_token.encode(), str(token).encode(errors="replace")
        ):
            found, _application = require_watch(watch)
        url = _feed_url(found)
        events = list(_events(found).limit(ENTRIES))
        return Response(atom(found, events, url), mimetype="application/atom+xml")


def require_watch(identifier: str) -> tuple[Watch, Application]:
    """The watch, if the caller may change its application; else NotFound, Forbidden, …"""
    require_caller()
    key = compact_id(identifier)
    watch = Watch.objects(id=key).first() if key else None
    missing = NotFound(f"There is no watch {identifier!r:.60}.")
    if watch is None:
        raise missing
    application = find_application(watch.application)
    require_allowed("edit", application, missing)
    return watch, application


def represent(watch: Watch) -> dict[str, Any]:
    """A watch with its links."""
    rule = PictureRule.objects(owner=watch.id).only("signature", "min_score").first()
    names = ("id", "application", "name", "event", "state", "webhook", "created_at", "updated_at")
    prefix = endpoint_prefix()
    deliveries = url_for(f"{prefix}mediadb_watch_deliveries", watch=watch.id, _external=True)
    return {
        **{name: getattr(watch, name) for name in names},
        "signature": rule and rule.signature,
        "min_score": rule and rule.min_score,
        "secret": None,
        "waiting": WatchEvent.objects(watch=watch.id, state=WAITING).count(),
        "feed_url": _feed_url(watch),
        "deliveries_url": deliveries,
        "uri": url_for(prefix + ENDPOINT, watch=watch.id, _external=True),
    }


def _feed_url(watch: Watch) -> str:
    where = endpoint_prefix() + FEED
    return str(url_for(where, watch=watch.id, reader=watch.feed_token, _external=True))


def _events(watch: Watch) -> Any:
    """All but what was there before the watch was made."""
    return WatchEvent.objects(watch=watch.id, found__ne={}).order_by("-at", "-id")


def _delivery(event: WatchEvent) -> dict[str, Any]:
    names = ("id", "media", "name", "state", "attempts", "at")
    tries = [{**plain(one), "at": one["at"].isoformat()} for one in event.log]
    waits = event.next_at if event.state == WAITING else None
    shown = {name: getattr(event, name) for name in names}
    return {**shown, "found": plain(event.found), "next_at": waits, "log": tries}
