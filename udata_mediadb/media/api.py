"""Routes of media, udata dialect."""

from functools import partial
from typing import Any

from flask import Response, after_this_request, request

from ..application.models import Application
from ..authorization.caller import (
    acting_user,
    name_of_caller,
    require_application,
    require_caller,
)
from ..authorization.resource import MediaDBResource
from ..filters.arguments import FILTERS, SCOPES
from ..filters.compose import compose
from ..filters.query_string import read_criteria
from ..hosts.about import requested_about
from ..hosts.related import loaded
from ..web.arguments import readers
from ..web.bodies import Upload, read_object, read_upload
from ..web.bulk_results import read_ids
from ..web.bulk_results_fields import (
    SOME_FAILED,
    outcome_fields,
    outcomes_fields,
    represent_outcomes,
)
from ..web.declaring import also_as, takes
from ..web.namespace import SECURITY, ns
from ..web.once import KEY, Answer, answered_once
from ..web.page_arguments import AFTER, PAGE_ARGUMENTS, sort_argument
from ..web.page_fields import as_answered, page_answer, requested_page
from ..web.preconditions import MATCH, is_conditional, note_changed, require_match
from ..web.readers import plain, read_flag_field, read_properties
from .access import editable_media, readable_media
from .actions import delete_media, restore_media, update_media
from .adding import (
    FILES_MAX,
    Destination,
    answer_one,
    answer_several,
    upload_results_fields,
)
from .api_fields import embedded_fields, media_fields, media_page_fields, represent
from .arguments import (
    ADDING,
    BULK_EDIT,
    CHANGING,
    FORCE,
    IDS,
    IN_PATH,
    KIND,
    SIGNED_LINK,
    SORT_KEYS,
)
from .bulk import delete_listed, restore_listed
from .bulk_editing import edit_many
from .copies import names_others
from .counts import current_counts
from .facets import FACETS
from .facets_api import media_facets_fields, only_one, with_facets
from .feeds.oembed import link_to_oembed
from .files import current_storage
from .links import FILE_ENDPOINT, MEDIA_ENDPOINT, links_since
from .listing import list_page, read_order
from .models import Media
from .relating import requested_related
from .removal import purge_media
from .scope import requested_scope
from .serving import serve
from .visibility import require_not_taken_down

for model in (media_fields, embedded_fields, media_page_fields, outcome_fields, outcomes_fields):
    ns.add_model(model.name, model)

ADDED = {
    201: ("Added", media_fields),
    200: ("It was there (duplicates: return)", media_fields),
    207: ("Several files, each with a result", upload_results_fields),
}
LISTING = (*PAGE_ARGUMENTS, AFTER, *SCOPES, *FILTERS, FACETS, sort_argument(SORT_KEYS))


@ns.marshal_with(media_page_fields)
def _as_page(answer: dict[str, Any]) -> dict[str, Any]:
    return answer


def _embeddable(uri: str, response: Response) -> Response:
    link_to_oembed(response, uri)
    return response


@ns.route("/media/", endpoint="mediadb_media_list")
class MediaListAPI(MediaDBResource):
    """All media that you may read."""

    @takes(query=LISTING, errors=(403, 404), etag=True)
    @ns.doc("list_mediadb_media", model=media_facets_fields)
    def get(self) -> Any:
        """List media, newest first."""
        asked, criteria = requested_page(), compose(read_criteria(request.args))
        order = read_order(request.args.get("sort"), SORT_KEYS)
        names = read_properties(request.args, readers(FACETS)).get("facets")
        scope = requested_scope(request.args)
        page = list_page(
            scope.filter(criteria),
            order,
            asked,
            counts=current_counts(),
            application=only_one(scope),
        )
        answer = page_answer(page, represent(page.items, *scope.held))
        return with_facets(answer, names, scope, criteria) if names else _as_page(answer)

    @takes(
        body=ADDING,
        headers=(KEY,),
        image=True,
        files_max=FILES_MAX,
        errors=(403, 404, 409, 413, 415, 422, 423),
    )
    @ns.doc("create_mediadb_media", security=SECURITY, responses=ADDED)
    def post(self) -> Any:
        """Add a picture: a file part `image`, or JSON with a `url`.

        A form may have up to 20 files; then each has a result of its own (207).
        """
        require_caller()
        upload = read_upload()
        named = upload.properties.get("application")
        application = require_application("edit", named, active=True)
        related = requested_related(upload.properties) or ()
        about = requested_about(upload.properties)
        destination = Destination(application, acting_user(application), related, about)
        if upload.further:
            return answer_several(destination, upload)
        return answer_one(destination, upload)

    @takes(body=BULK_EDIT, headers=(KEY,), errors=(403, 404, 409, 410, 422, 423))
    @ns.doc("edit_mediadb_media_list", security=SECURITY, responses=SOME_FAILED)
    @ns.marshal_with(outcomes_fields)
    def patch(self) -> Answer:
        """Change many: keywords and metadata are added and taken away, a collection gets them.

        They are named by `ids` or by a `query`; each has a result of its own.
        """
        caller, properties = name_of_caller(), read_object()

        def edit(_identifier: str | None) -> Answer:
            return represent_outcomes(edit_many(properties))

        return answered_once(caller, Upload(properties=properties), outcomes_fields, edit)

    @takes(body=(IDS, FORCE), errors=(403, 404, 410, 423))
    @ns.doc("delete_mediadb_media_list", security=SECURITY, responses=SOME_FAILED)
    @ns.marshal_with(outcomes_fields)
    def delete(self) -> tuple[dict[str, Any], int]:
        """Delete many, `{"ids": [ids], "force": false}`; each id has a result of its own.

        With `force` for good, else they can be restored.
        """
        require_caller()
        body = read_object()
        asked = read_ids(body.get("ids"), "ids")
        force = read_flag_field(body, "force")
        return represent_outcomes(delete_listed(asked, force=force))


def _shown(media: Media, application: Application) -> dict[str, Any]:
    return represent([media], application)[0]


@ns.route("/media/<string:media>/", endpoint=MEDIA_ENDPOINT)
class MediaAPI(MediaDBResource):
    """One media."""

    @takes(path=(IN_PATH,), errors=(403, 404, 410), etag=True)
    @ns.doc("get_mediadb_media")
    @ns.marshal_with(media_fields)
    def get(self, media: str) -> dict[str, Any]:
        """Get a media."""
        found, application = readable_media(media)
        if not found.restricted and not names_others(found):  # what is shown follows the time
            note_changed(found.updated_at, application.updated_at, links_since(application))
        shown = represent([found], application)[0]
        if application.public:
            after_this_request(partial(_embeddable, shown["uri"]))
        return shown

    @takes(path=(IN_PATH,), body=CHANGING, headers=(MATCH,), errors=(403, 404, 410, 412, 423))
    @ns.doc("update_mediadb_media", security=SECURITY)
    @ns.marshal_with(media_fields)
    def put(self, media: str) -> dict[str, Any]:
        """Change name, keywords, metadata or related."""
        found, application = editable_media(media)
        shown = partial(_shown, found, application)
        require_match(self.api, shown, media_fields)
        properties = read_object(lambda: as_answered(shown(), media_fields))
        related = requested_related(properties, held=loaded(found.related))
        about = requested_about(properties)
        changed = update_media(found, properties, related, about, as_read=is_conditional())
        return represent([changed], application)[0]

    patch = also_as(put, "patch_mediadb_media")

    @takes(
        path=(IN_PATH,),
        query=(FORCE,),
        body=(FORCE,),
        headers=(MATCH,),
        errors=(403, 404, 410, 412, 423),
    )
    @ns.doc("delete_mediadb_media", security=SECURITY, responses={204: "Deleted"})
    def delete(self, media: str) -> tuple[str, int]:
        """Delete a media; it can be restored, unless `force` is true."""
        force = read_flag_field(read_object(), "force")
        found, application = editable_media(media, deleted=force)
        require_match(self.api, partial(_shown, found, application), media_fields)
        if force:
            purge_media(current_storage(), found)
        else:
            delete_media(found)
        return "", 204


@ns.route("/media/<string:media>/embedded/", endpoint="mediadb_media_embedded")
class MediaEmbeddedAPI(MediaDBResource):
    """What the file of a media says of itself."""

    @takes(path=(IN_PATH,), errors=(403, 404, 410))
    @ns.doc("get_mediadb_media_embedded", security=SECURITY)
    @ns.marshal_with(embedded_fields)
    def get(self, media: str) -> dict[str, Any]:
        """Read the EXIF, IPTC and XMP of the original, as proposals; for who may edit."""
        found, _application = editable_media(media)
        embedded: dict[str, Any] = plain(found.embedded)
        return embedded


@ns.route("/media/<string:media>/restore/", endpoint="mediadb_media_restore")
class MediaRestoreAPI(MediaDBResource):
    """Undo a deletion."""

    @takes(path=(IN_PATH,), errors=(403, 404, 409, 423))
    @ns.doc("restore_mediadb_media", security=SECURITY)
    @ns.marshal_with(media_fields)
    def post(self, media: str) -> dict[str, Any]:
        """Restore a deleted media."""
        found, application = editable_media(media, deleted=True)
        return represent([restore_media(found)], application)[0]


@ns.route("/media/restore/", endpoint="mediadb_media_list_restore")
class MediaListRestoreAPI(MediaDBResource):
    """Undo many deletions."""

    @takes(body=(IDS,), errors=(403, 404, 409, 423))
    @ns.doc("restore_mediadb_media_list", security=SECURITY, responses=SOME_FAILED)
    @ns.marshal_with(outcomes_fields)
    def post(self) -> tuple[dict[str, Any], int]:
        """Restore many, `{"ids": [ids]}`; each id has a result of its own."""
        require_caller()
        return represent_outcomes(restore_listed(read_ids(read_object().get("ids"), "ids")))


@ns.route(
    "/media/<string:media>/files/<any(original,media,thumbnail,preview):kind>/",
    endpoint=FILE_ENDPOINT,
)
class MediaFileAPI(MediaDBResource):
    """The files of a media."""

    @takes(path=(IN_PATH, KIND), query=SIGNED_LINK, errors=(403, 404, 410, 416))
    @ns.doc(
        "get_mediadb_media_file",
        produces=["image/jpeg", "image/png", "image/webp"],
        responses={302: "Where the portal wishes so: to a link into its bucket, which ends soon."},
    )
    def get(self, media: str, kind: Any) -> Response:
        """The picture in one of its sizes, inline; the original as a download for editors."""
        if kind == "original":
            found, application = editable_media(media)
            require_not_taken_down(found)
        else:
            found, application = readable_media(media, file=kind)
        return serve(found, kind, public=application.public)
