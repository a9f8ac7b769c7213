"""P1 and P2: the pictures of an application, and one of them."""

from typing import Any

from flask import Response, redirect, request, url_for

from ...errors import MediaDBError, NotFound
from ...filters.compose import compose
from ...filters.query_string import read_criteria
from ...indexing.current import current_registry
from ...media.access import readable_media
from ...media.counts import current_counts
from ...media.listing import active_in, list_page, read_order
from ...search.colors import media_colors
from ...web.pages import parse_page, require_in_range
from .presenting import presented
from .rendering import PAGE_SIZE, neighbours, page
from .visitor import current_visitor, find_visible, visible_applications

SORTS = ("created_at", "name")


def home() -> Response:
    """To the pictures of the visitor's first application, else of the first public one."""
    found = visible_applications()
    if not found:
        if current_visitor().principal is None:
            return redirect(url_for(".sign_in", next=request.full_path))  # type: ignore[return-value]
        raise NotFound("There is no library yet.")
    return redirect(url_for(".pictures", application=found[0].id))  # type: ignore[return-value]


def pictures(application: str) -> str:
    """All pictures, or those that meet the words and keywords, in pages."""
    library = find_visible(application)
    wanted = parse_page(
        {"page": request.args.get("page"), "page_size": PAGE_SIZE}, max_size=PAGE_SIZE
    )
    order = read_order(request.args.get("sort"), SORTS)
    criteria = compose(read_criteria(request.args))
    found = list_page(
        active_in([library.id], criteria),
        order,
        wanted,
        counts=current_counts(),
        application=library.id,
    )
    require_in_range(found)
    return page(
        "pictures.html",
        library=library,
        media=presented(found.items, library),
        found=found,
        neighbours=neighbours(found),
        asked=request.args,
    )


def picture(application: str, media: str) -> str:
    """One picture with all that is known of it."""
    library = find_visible(application)
    found, home_ = readable_media(media)
    if home_.id != library.id:
        raise NotFound("There is no such picture.")
    shown = presented([found], home_)[0]
    return page("picture.html", library=library, media=shown, colors=_colors(library, found))


def _colors(library: Any, media: Any) -> list[dict[str, Any]]:
    """The palette of the picture; empty where there is none, or not yet."""
    if "colors" not in library.signatures:
        return []
    try:
        colors: list[dict[str, Any]] = media_colors(current_registry(), library, media)["colors"]
    except MediaDBError:
        return []
    return colors
