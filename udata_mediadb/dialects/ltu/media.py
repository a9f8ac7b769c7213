"""Routes of media: list, add (or search, with a public key), get, change, delete, restore."""

from typing import Any

from flask import Response, request

from ...application.models import Application
from ...authorization.caller import acting_user
from ...errors import Conflict, NotFound
from ...media.actions import delete_media, restore_media, update_media
from ...media.counts import current_counts
from ...media.current import add_upload
from ...media.files import current_storage
from ...media.listing import active_in, list_page
from ...media.models import ACTIVE, DELETED, Media
from ...media.removal import purge_media
from ...media.visibility import require_not_taken_down
from ...mongo.ids import hyphened_id
from ...web.bodies import with_query_string
from ...web.readers import read_flag_field
from .about import split_about
from .answers import answer
from .body import read_body
from .fields import media_item, media_items
from .folding import ADD_FIELDS, fold_unknown
from .guard import administered, means_search
from .paging import ltu_envelope, ltu_page, requested_order
from .search import search_media

NAMED_MAX = 100  # ids that an answer about an ambiguous name shows


class AmbiguousName(Conflict):
    """Several media have the name; `ids` are theirs."""

    def __init__(self, name: str, ids: list[str]) -> None:
        super().__init__(f"{len(ids)} media are named {name!r:.60}: name one by its id.")
        self.ids = ids

    def body(self) -> dict[str, object]:
        return {**super().body(), "ids": self.ids}


def list_or_add() -> Response:
    """GET: the media of the application. POST: add a picture; with a public key, search by it."""
    if request.method == "GET":
        return _list()
    return search_media() if means_search() else _add()


def one(name: str) -> Response:
    """GET, PATCH and DELETE the media of this id or name."""
    application = administered()
    if request.method == "DELETE":
        return _delete(application, name)
    media = _find(application, name)
    if media.state == DELETED:
        raise NotFound("This media is deactivated; POST to …/restore brings it back.")
    if request.method in ("PATCH", "PUT"):
        properties, about = split_about(read_body().properties)
        media = update_media(media, properties, about=about)
    else:
        require_not_taken_down(media)
    return answer(media_item(media, application))


def restore(identifier: str) -> Response:
    """Make a deactivated media active again."""
    application = administered()
    media = restore_media(_find(application, identifier))
    return answer(media_item(media, application))


def _list() -> Response:
    application = administered()
    page = list_page(
        active_in(application.id),
        requested_order(request.args),
        ltu_page(request.args),
        counts=current_counts(),
        application=application.id,
    )
    return answer(ltu_envelope(page, media_items(page.items, application), "medias"))


def _add() -> Response:
    application = administered()
    upload = read_body()
    sent, about = split_about(upload.properties)
    properties, warnings = fold_unknown(sent, ADD_FIELDS)
    owner = acting_user(application)
    media = add_upload(application, upload, properties, owner, about=about).media
    body: dict[str, Any] = {"id": media.id, "md5": media.md5}
    if media.duplicate_of is not None:
        body["duplicate_of"] = media.duplicate_of
    if media.similar_to is not None:
        body["similar_to"] = media.similar_to
    if warnings:
        body["warnings"] = warnings
    return answer(body, 201)


def _delete(application: Application, name: str) -> Response:
    asked = with_query_string(read_body().properties)
    media = _find(application, name)
    if read_flag_field(asked, "force"):
        purge_media(current_storage(), media)
    elif media.state == ACTIVE:
        delete_media(media)
    return answer({"id": media.id})


def _find(application: Application, name: str) -> Media:
    """By id, else by exact name: an active one, else a deactivated one."""
    mine = Media.objects(application=application.id)
    if key := hyphened_id(name):
        found = mine.filter(id=key, state__in=(ACTIVE, DELETED)).first()
        if found is not None:
            return found
    for state in (ACTIVE, DELETED):
        named = list(mine.filter(state=state, name__in=[name, name.strip()]).limit(NAMED_MAX))
        if len(named) > 1:
            raise AmbiguousName(name, [media.id for media in named])
        if named:
            return named[0]
    raise NotFound(f"There is no media {name!r:.60}.")
