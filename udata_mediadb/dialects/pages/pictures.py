"""P1 and P2: the pictures of an application, and one of them."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, redirect, request, url_for

from ...application.models import Application
from ...collection.models import Collection
from ...errors import Gone, MediaDBError, NotFound
from ...filters.compose import compose
from ...filters.query_string import read_criteria
from ...hosts.current import current_host
from ...hosts.related import loaded
from ...indexing.current import current_registry
from ...media.access import readable_media
from ...media.counts import current_counts
from ...media.facets import current_facets
from ...media.feeds.oembed import discovery
from ...media.listing import active_in, list_page, read_order
from ...media.models import Media
from ...search.colors import media_colors
from ...search.querying import find_by_picture, similar_query
from ...search.request import read_search
from ...web.pages import PageRequest, parse_page, require_in_range
from .editing import deleted_page
from .presenting import presented
from .rendering import PAGE_SIZE, neighbours, page
from .visitor import current_visitor, find_visible, may_edit, visible_applications

SORTS = ("created_at", "name")
KEYWORDS_SHOWN = 16
ALIKE_SHOWN = 8


def home() -> Response:
    """To the pictures of the visitor's first application, else of the first public one."""
    found = visible_applications()
    if not found:
        if current_visitor().principal is None:
            return redirect(url_for(".sign_in", next=request.full_path))  # type: ignore[return-value]
        return redirect(url_for(".applications"))  # type: ignore[return-value]
    return redirect(url_for(".pictures", application=found[0].id))  # type: ignore[return-value]


def pictures(application: str) -> str:
    """All pictures, or those that meet the words and keywords, in pages."""
    library = find_visible(application)
    wanted = parse_page(
        {"page": request.args.get("page"), "page_size": PAGE_SIZE}, max_size=PAGE_SIZE
    )
    order = read_order(request.args.get("sort"), SORTS)
    meeting = active_in([library.id], compose(read_criteria(request.args)))
    counts = current_counts()
    found = list_page(meeting, order, wanted, counts=counts, application=library.id)
    require_in_range(found)
    chosen = request.args.getlist("keyword")
    counted = current_facets().count(library.id, meeting, "keywords")
    return page(
        "pictures.html",
        library=library,
        section="pictures",
        media=presented(found.items, library),
        found=found,
        neighbours=neighbours(found),
        asked=request.args,
        keywords=[one for one in counted if one.value not in chosen][:KEYWORDS_SHOWN],
        editable=may_edit(library),
        with_=_with,
        without=_without,
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
    return colors


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


def _with(name: str, value: str) -> str:
    """This list, narrowed further."""
    return f"{request.path}?{urlencode([*_kept(name, None), (name, value)])}"


def _without(name: str, value: str) -> str:
    """This list without one of its conditions."""
    return f"{request.path}?{urlencode(_kept(name, value))}"


def _kept(name: str, dropped: str | None) -> list[tuple[str, str]]:
    pairs = [(k, v) for k in request.args for v in request.args.getlist(k) if k != "page" and v]
    return [pair for pair in pairs if pair != (name, dropped)]
