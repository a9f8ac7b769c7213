"""P1 and P2: the pictures of an application, and one of them."""

from typing import Any

from flask import Response, redirect, request, url_for

from ...application.models import Application
from ...collection.models import Collection
from ...errors import Gone, MediaDBError, NotFound
from ...hosts.current import current_host
from ...hosts.related import loaded
from ...indexing.current import current_registry
from ...media.access import readable_media
from ...media.feeds.oembed import discovery
from ...media.models import Media
from ...search.colors import media_colors
from ...search.querying import find_by_picture, similar_query
from ...search.request import read_search
from ...web.pages import PageRequest, parse_page, require_in_range
from .bulk import choices
from .colour_words import colour_word
from .deleted import count_deleted
from .editing import deleted_page
from .listing import listed
from .narrowing import asked_metadata, chosen, kept, keywords_of, narrower, ways, without_one
from .neighbours import naming, place_in_list
from .presenting import presented
from .rendering import PAGE_SIZE, neighbours, page
from .visitor import current_visitor, find_visible, may_edit, visible_applications

ALIKE_SHOWN = 8


def home() -> Response:
    """To the pictures of the visitor's first application, else of the first public one."""
    found = visible_applications()
    if not found:
        if current_visitor().principal is None:
            return redirect(url_for(".sign_in", next=request.full_path))  # type: ignore[return-value]
        return redirect(url_for(".applications"))  # type: ignore[return-value]
    return redirect(url_for(".pictures", application=found[0].id))  # type: ignore[return-value]


def pictures(application: str) -> str | Response:
    """All pictures, or those that meet what the address says, in pages."""
    library = find_visible(application)
    canonical = asked_metadata()
    if canonical is not None:
        return redirect(canonical)  # type: ignore[return-value]
    wanted = parse_page(
        {"page": request.args.get("page"), "page_size": PAGE_SIZE}, max_size=PAGE_SIZE
    )
    found, meeting = listed(library, request.args, wanted)
    require_in_range(found)
    conditions, narrow = chosen(request.args), bool(request.args.get("narrow"))
    is_empty = not found.total and len(conditions) > 1
    return page(
        "pictures.html",
        library=library,
        section="pictures",
        media=presented(found.items, library),
        found=found,
        neighbours=neighbours(found),
        asked=request.args,
        kept=kept("q", "sort"),
        chosen=conditions,
        fewer=without_one(library, request.args, conditions) if is_empty else [],
        keywords=keywords_of(library, meeting, found.total, asked=narrow),
        ways=ways(library, meeting) if narrow else None,
        narrower=narrower,
        in_list=naming(wanted.offset),
        choosing=choices(library) if may_edit(library) else None,
        deleted=count_deleted(library) if may_edit(library) else 0,
        editable=may_edit(library),
    )


def picture(application: str, media: str) -> str | tuple[str, int]:
    """One picture with all that is known of it; a deleted one, for who may bring it back."""
    library = find_visible(application)
    try:
        found, home_ = readable_media(media)
    except Gone:
        if not may_edit(library):
            raise
        return deleted_page(library, media)
    if home_.id != library.id:
        raise NotFound("There is no such picture.")
    return page(
        "picture.html",
        library=library,
        section="pictures",
        media=presented([found], home_)[0],
        colors=_colors(library, found),
        related=_related(found),
        collections=Collection.objects(id__in=found.collections).only("id", "name"),
        alike=_alike(library, found),
        place_in_list=place_in_list(library, found),
        editable=may_edit(library),
        oembed=discovery(request.base_url) if library.public else None,
    )


def _colors(library: Application, media: Media) -> list[dict[str, Any]]:
    """The palette of the picture; empty where there is none, or not yet."""
    if "colors" not in library.signatures:
        return []
    try:
        colors: list[dict[str, Any]] = media_colors(current_registry(), library, media)["colors"]
    except MediaDBError:
        return []
    return [{**one, "name": colour_word(one["name"])} for one in colors]


def _related(media: Media) -> list[dict[str, Any]]:
    """What the picture illustrates, as far as the visitor may see it."""
    named = loaded(media.related)
    refs = current_host().related_refs(named, current_visitor().principal)
    return [
        {
            "kind": one.kind,
            "title": refs[one].get("title") or one.id,
            "page": _safe(refs[one].get("self_web_url") or refs[one].get("page")),
        }
        for one in named
        if one in refs
    ]


def _alike(library: Application, media: Media) -> list[dict[str, Any]]:
    """What looks like it, a few; empty where that is not known, or not now."""
    if "similarity" not in library.signatures or library.status != "Active":
        return []
    try:
        query = similar_query(library, read_search({}), media)
        hits = find_by_picture(library, query, PageRequest(1, ALIKE_SHOWN))
    except MediaDBError:
        return []
    return presented([hit.media for hit in hits.items], library)


def _safe(url: Any) -> str | None:
    """A link of the portal; None for what is no web address."""
    return url if isinstance(url, str) and url.startswith(("https://", "http://", "/")) else None
