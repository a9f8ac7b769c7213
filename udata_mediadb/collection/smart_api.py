"""Routes of smart collections, udata dialect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request

from ..authorization.caller import name_of_caller, require_application, require_caller
from ..authorization.resource import MediaDBResource
from ..filters.arguments import APPLICATION
from ..filters.conditions import SMART_FORM
from ..media.api_fields import media_page_fields
from ..media.arguments import SORT_KEYS
from ..web.bodies import Upload, read_object
from ..web.declaring import also_as, takes
from ..web.namespace import SECURITY, ns
from ..web.once import KEY, Answer, answered_once
from ..web.page_arguments import PAGE_ARGUMENTS
from ..web.page_fields import as_answered, page_answer
from .access import require_collection
from .actions import (
    Rules,
    create_smart_collection,
    delete_smart_collection,
    find_smart_collection,
    update_smart_collection,
)
from .api import members_answer, newest_first, wanted_applications
from .api_fields import represent_smart, smart_collection_fields, smart_collection_page_fields
from .arguments import IN_PATH, SMART_CHANGING, SMART_CREATING, SMART_MEMBER_FILTERS, TEXT_FILTER
from .models import SmartCollection
from .searching import having_words


@dataclass(frozen=True)
class PictureRules:
    """Of the room above, which compares pictures: what makes and drops the rules of a query."""

    make: Rules
    drop: Callable[[str], None]


def _rules() -> PictureRules:
    found: PictureRules = current_app.extensions["mediadb"].picture_rules
    return found


for model in (smart_collection_fields, smart_collection_page_fields):
    ns.add_model(model.name, model)


@ns.route("/smart_collections/", endpoint="mediadb_smart_collections")
class SmartCollectionListAPI(MediaDBResource):
    """All smart collections that you may read."""

    @takes(query=(*PAGE_ARGUMENTS, APPLICATION, TEXT_FILTER), errors=(403, 404), etag=True)
    @ns.doc("list_mediadb_smart_collections")
    @ns.marshal_with(smart_collection_page_fields)
    def get(self) -> dict[str, Any]:
        """List smart collections, newest first."""
        found = SmartCollection.objects(application__in=wanted_applications())
        page = newest_first(having_words(found, request.args.get("q", "")))
        return page_answer(page, represent_smart(page.items))

    @takes(body=SMART_CREATING, headers=(KEY,), errors=(403, 404, 409, 422, 423))
    @ns.doc("create_mediadb_smart_collection", security=SECURITY)
    @ns.marshal_with(smart_collection_fields, code=201)
    def post(self) -> tuple[dict[str, Any], int]:
        """Create a smart collection of all media that meet `query`, now and later."""
        require_caller()
        properties = read_object()
        application = require_application("edit", properties.get("application"))

        def create(identifier: str | None) -> Answer:
            made = create_smart_collection(
                application.id, properties, identifier, form=SMART_FORM, rules=_rules().make
            )
            return represent_smart([made])[0], 201

        caller = name_of_caller(application)
        return answered_once(caller, Upload(properties=properties), smart_collection_fields, create)


@ns.route("/smart_collections/<string:collection>/", endpoint="mediadb_smart_collection")
class SmartCollectionAPI(MediaDBResource):
    """One smart collection."""

    @takes(path=(IN_PATH,), errors=(403, 404), etag=True)
    @ns.doc("get_mediadb_smart_collection")
    @ns.marshal_with(smart_collection_fields)
    def get(self, collection: str) -> dict[str, Any]:
        """Get a smart collection."""
        found, _application = require_collection("read", find_smart_collection, collection)
        return represent_smart([found])[0]

    @takes(path=(IN_PATH,), body=SMART_CHANGING, errors=(403, 404, 423))
    @ns.doc("update_mediadb_smart_collection", security=SECURITY)
    @ns.marshal_with(smart_collection_fields)
    def put(self, collection: str) -> dict[str, Any]:
        """Change name, keywords, metadata or query."""
        found, _application = require_collection("edit", find_smart_collection, collection)
        properties = read_object(
            lambda: as_answered(represent_smart([found])[0], smart_collection_fields)
        )
        changed = update_smart_collection(found, properties, form=SMART_FORM, rules=_rules().make)
        return represent_smart([changed])[0]

    patch = also_as(put, "patch_mediadb_smart_collection")

    @takes(path=(IN_PATH,), errors=(403, 404, 423))
    @ns.doc("delete_mediadb_smart_collection", security=SECURITY, responses={204: "Deleted"})
    def delete(self, collection: str) -> tuple[str, int]:
        """Delete a smart collection; media stay."""
        found, _application = require_collection("edit", find_smart_collection, collection)
        delete_smart_collection(found, _rules().drop)
        return "", 204


@ns.route(
    "/smart_collections/<string:collection>/media/", endpoint="mediadb_smart_collection_media"
)
class SmartCollectionMediaAPI(MediaDBResource):
    """What a smart collection holds."""

    @takes(path=(IN_PATH,), query=SMART_MEMBER_FILTERS, errors=(403, 404), etag=True)
    @ns.doc("list_mediadb_smart_collection_media")
    @ns.marshal_with(media_page_fields)
    def get(self, collection: str) -> dict[str, Any]:
        """List the media that meet the query at this moment, newest first."""
        found, application = require_collection("read", find_smart_collection, collection)
        return members_answer(found, application, SORT_KEYS)
