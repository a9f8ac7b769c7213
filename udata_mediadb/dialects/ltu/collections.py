"""Routes of collections."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from ...application.models import Application
from ...collection.actions import (
    create_collection,
    delete_collection,
    find_collection,
    update_collection,
)
from ...collection.listing import POSITION, list_members
from ...collection.membership import add_members, remove_members
from ...collection.models import Collection, SmartCollection
from ...media.counts import current_counts
from ...web.bodies import with_query_string
from ...web.bulk_results import Outcome, overall_status, read_ids
from ...web.readers import read_flag_field
from .answers import answer
from .body import read_body
from .fields import collection_items, media_items
from .guard import administered
from .paging import ltu_envelope, ltu_page, requested_order


def list_or_create() -> Response:
    """GET: those of the first level, `full=true` for all. POST: a new one."""
    application = administered()
    if request.method == "POST":
        made = create_collection(application.id, read_body().properties)
        return answer(collection_items([made], application)[0], 201)
    found = Collection.objects(application=application.id)
    if not read_flag_field(request.args, "full"):
        found = found.filter(parent=None)
    return answer(collection_items(list(found.order_by("-created_at", "-id")), application))


def one(identifier: str) -> Response:
    """GET, PATCH and DELETE a collection; `recursive=true` deletes what lies in it, too."""
    application = administered()
    found = find_collection(identifier, application.id)
    if request.method == "DELETE":
        asked = with_query_string(read_body().properties)
        delete_collection(found, recursive=read_flag_field(asked, "recursive"))
        return answer({"id": found.id})
    if request.method in ("PATCH", "PUT"):
        found = update_collection(found, read_body().properties)
    return answer(collection_items([found], application)[0])


def members(identifier: str) -> Response:
    """GET (or POST without `medias`): a page. PATCH or POST: add `medias`. DELETE: remove them."""
    application = administered()
    found = find_collection(identifier, application.id)
    if request.method == "GET":
        return list_answer(found, application, f"collection/{found.id}")
    properties = read_body().properties
    if request.method == "POST" and "medias" not in properties:
        return list_answer(found, application, f"collection/{found.id}")
    asked = read_ids(_listed(properties), "medias")
    if request.method == "DELETE":
        return _outcomes(found, remove_members(found, asked), "removed", "absent")
    return _outcomes(found, add_members(found, asked), "added", "already")


def list_answer(
    collection: Collection | SmartCollection, application: Application, path: str
) -> Response:
    """The requested page of what it holds."""
    order = requested_order(request.args, further=_further_orders(collection))
    page = list_members(collection, order, ltu_page(request.args), counts=current_counts())
    return answer(ltu_envelope(page, media_items(page.items, application), f"{path}/media_listing"))


def _further_orders(collection: Collection | SmartCollection) -> Sequence[str]:
    return (POSITION,) if isinstance(collection, Collection) else ()


def _listed(properties: Mapping[str, Any]) -> Any:
    """`medias` as a list; a text with commas is one as well."""
    value = properties.get("medias")
    if isinstance(value, str):
        return [text for item in value.strip("[]").split(",") if (text := item.strip(" \"'"))]
    return value


def _outcomes(
    collection: Collection, outcomes: Sequence[Outcome], done: str, idle: str
) -> Response:
    """Which changed (`done`), which needed no change (`idle`), and each one's own status."""
    status = overall_status(outcomes)
    changed = [o.id for o in outcomes if o.status == 200 and o.message == _MESSAGES[done]]
    kept = [o.id for o in outcomes if o.status == 200 and o.message != _MESSAGES[done]]
    message = f"{len(changed) + len(kept)} of {len(outcomes)} media"
    return answer(
        {
            "id": collection.id,
            done: changed,
            idle: kept,
            "results": [{"id": o.id, "status": o.status, "message": o.message} for o in outcomes],
            "message": message,
            "detail": message,
            "status": status,
        },
        status,
    )


_MESSAGES = {"added": "added", "removed": "removed"}  # of `collection.membership`
