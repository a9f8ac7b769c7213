"""Routes of collections, udata dialect."""

from typing import Any

from flask import request

from ..application.models import Application
from ..authorization.caller import (
    name_of_caller,
    readable_applications,
    require_application,
    require_caller,
)
from ..authorization.resource import MediaDBResource
from ..filters.arguments import APPLICATION
from ..filters.compose import compose
from ..filters.query_string import read_criteria
from ..media.api_fields import media_page_fields
from ..media.api_fields import represent as represent_media
from ..media.counts import current_counts
from ..media.listing import read_order
from ..web.bodies import Upload, read_object
from ..web.bulk_results import read_ids
from ..web.bulk_results_fields import SOME_FAILED, outcomes_fields, represent_outcomes
from ..web.declaring import also_as, takes
from ..web.namespace import SECURITY, ns
from ..web.once import KEY, Answer, answered_once
from ..web.page_arguments import PAGE_ARGUMENTS
from ..web.page_fields import as_answered, page_answer, requested_page
from ..web.pages import Page
from ..web.readers import read_flag_field
from .access import require_collection
from .actions import create_collection, delete_collection, find_collection, update_collection
from .api_fields import collection_fields, collection_page_fields, represent
from .arguments import (
    CHANGING,
    CREATING,
    IN_PATH,
    MEMBER_FILTERS,
    MEMBERS,
    ORDERS,
    PARENT_FILTER,
    RECURSIVE,
    TEXT_FILTER,
)
from .listing import list_members
from .membership import add_members, remove_members
from .models import Collection, SmartCollection
from .searching import having_words

for model in (collection_fields, collection_page_fields):
    ns.add_model(model.name, model)


@ns.route("/collections/", endpoint="mediadb_collections")
class CollectionListAPI(MediaDBResource):
    """All collections that you may read."""

    @takes(
        query=(*PAGE_ARGUMENTS, APPLICATION, PARENT_FILTER, TEXT_FILTER),
        errors=(403, 404),
        etag=True,
    )
    @ns.doc("list_mediadb_collections")
    @ns.marshal_with(collection_page_fields)
    def get(self) -> dict[str, Any]:
        """List collections, newest first."""
        found = Collection.objects(application__in=wanted_applications())
        if (parent := request.args.get("parent")) is not None:
            found = found.filter(parent=parent or None)
        page = newest_first(having_words(found, request.args.get("q", "")))
        return page_answer(page, represent(page.items))

    @takes(body=CREATING, headers=(KEY,), errors=(403, 404, 409, 422, 423))
    @ns.doc("create_mediadb_collection", security=SECURITY)
    @ns.marshal_with(collection_fields, code=201)
    def post(self) -> tuple[dict[str, Any], int]:
        """Create a collection; `parent` puts it into another."""
        require_caller()
        properties = read_object()
        application = require_application("edit", properties.get("application"))

        def create(identifier: str | None) -> Answer:
            return represent([create_collection(application.id, properties, identifier)])[0], 201

        caller = name_of_caller(application)
        return answered_once(caller, Upload(properties=properties), collection_fields, create)


@ns.route("/collections/<string:collection>/", endpoint="mediadb_collection")
class CollectionAPI(MediaDBResource):
    """One collection."""

    @takes(path=(IN_PATH,), errors=(403, 404), etag=True)
    @ns.doc("get_mediadb_collection")
    @ns.marshal_with(collection_fields)
    def get(self, collection: str) -> dict[str, Any]:
        """Get a collection."""
        found, _application = require_collection("read", find_collection, collection)
        return represent([found])[0]

    @takes(path=(IN_PATH,), body=CHANGING, errors=(403, 404, 409, 423))
    @ns.doc("update_mediadb_collection", security=SECURITY)
    @ns.marshal_with(collection_fields)
    def put(self, collection: str) -> dict[str, Any]:
        """Change name, keywords, metadata or parent; a null parent moves to the first level."""
        found, _application = require_collection("edit", find_collection, collection)
        properties = read_object(lambda: as_answered(represent([found])[0], collection_fields))
        return represent([update_collection(found, properties)])[0]

    patch = also_as(put, "patch_mediadb_collection")

    @takes(path=(IN_PATH,), query=(RECURSIVE,), body=(RECURSIVE,), errors=(403, 404, 423))
    @ns.doc("delete_mediadb_collection", security=SECURITY, responses={204: "Deleted"})
    def delete(self, collection: str) -> tuple[str, int]:
        """Delete a collection; what lies in it moves up. Media stay."""
        found, _application = require_collection("edit", find_collection, collection)
        recursive = read_flag_field(read_object(), "recursive")
        delete_collection(found, recursive=recursive)
        return "", 204


@ns.route("/collections/<string:collection>/media/", endpoint="mediadb_collection_media")
class CollectionMediaAPI(MediaDBResource):
    """What a collection holds."""

    @takes(path=(IN_PATH,), query=MEMBER_FILTERS, errors=(403, 404), etag=True)
    @ns.doc("list_mediadb_collection_media")
    @ns.marshal_with(media_page_fields)
    def get(self, collection: str) -> dict[str, Any]:
        """List the media of a collection, newest first."""
        found, application = require_collection("read", find_collection, collection)
        return members_answer(found, application, ORDERS)

    @takes(path=(IN_PATH,), body=MEMBERS, errors=(403, 404, 409, 410, 423))
    @ns.doc("add_mediadb_collection_media", security=SECURITY, responses=SOME_FAILED)
    @ns.marshal_with(outcomes_fields)
    def post(self, collection: str) -> tuple[dict[str, Any], int]:
        """Add media, `{"media": [ids]}`; each id has a result of its own."""
        found, _application = require_collection("edit", find_collection, collection)
        return represent_outcomes(add_members(found, read_ids(_named_ids(), "media")))

    @takes(path=(IN_PATH,), body=MEMBERS, errors=(403, 404, 410, 423))
    @ns.doc("remove_mediadb_collection_media", security=SECURITY, responses=SOME_FAILED)
    @ns.marshal_with(outcomes_fields)
    def delete(self, collection: str) -> tuple[dict[str, Any], int]:
        """Take media out, `{"media": [ids]}`; the media themselves stay."""
        found, _application = require_collection("edit", find_collection, collection)
        return represent_outcomes(remove_members(found, read_ids(_named_ids(), "media")))


def wanted_applications() -> list[str]:
    """The application that the query string names, else all that the caller may read."""
    if named := request.args.get("application"):
        return [require_application("read", named).id]
    return readable_applications()


def newest_first(found: Any) -> Page[Any]:
    """The requested page of a query set of collections."""
    wanted = requested_page()
    ordered = found.order_by("-created_at", "-id").skip(wanted.offset).limit(wanted.page_size)
    return Page(list(ordered), wanted, found.count())


def members_answer(
    collection: Collection | SmartCollection, application: Application, sort_keys: tuple[str, ...]
) -> dict[str, Any]:
    """The requested page of the media that it holds."""
    order = read_order(request.args.get("sort"), sort_keys)
    further = compose(read_criteria(request.args), _elsewhere(collection))
    counts = current_counts()
    page = list_members(collection, order, requested_page(), further, counts=counts)
    return page_answer(page, represent_media(page.items, application))


def _elsewhere(collection: Collection | SmartCollection) -> dict[str, Any]:
    """{} unless the query string names another application than its own: nothing is in both."""
    named = request.args.get("application")
    if not named or require_application("read", named).id == collection.application:
        return {}
    return {"application": {"$in": []}}


def _named_ids() -> object:
    body = read_object()
    return body.get("media", body.get("ids"))
