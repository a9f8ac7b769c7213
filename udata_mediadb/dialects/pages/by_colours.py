"""P3 and P4 by colours: pictures that have these colours in these shares."""

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from ...application.models import Application
from ...authorization.caller import require_active, require_allowed
from ...errors import InvalidFields
from ...filters.compose import Criteria
from ...indexing.current import current_registry
from ...media.access import readable_media
from ...search.colors import media_colors
from ...search.query import Hit
from ...search.querying import Sought, find_by_picture, new_query
from ...search.request import SearchRequest, read_search
from ...web.bodies import Upload
from ...web.pages import Page, PageRequest, parse_page, require_in_range
from .colour_names import COLOURS, colour_of
from .languages import gettext
from .presenting import presented
from .rendering import PAGE_SIZE, neighbours, page
from .visitor import find_visible

MOST = 5  # colours of the form
SHARE = 30  # percent of one that nothing is said of
LEAST = 0.15  # score: of the demo's thirty pictures, what is below has hardly any of the colour
ALL = 100_000  # hits: all of them, to be narrowed and counted


def by_colours(application: str) -> str:
    """The form, and below it what has these colours."""
    library = find_visible(application)
    asked = _asked(library)
    found, media = None, []
    if asked:
        wanted = parse_page(
            {"page": request.args.get("page"), "page_size": PAGE_SIZE}, max_size=PAGE_SIZE
        )
        found = coloured(library, asked, Criteria(), wanted)
        require_in_range(found)
        media = presented([hit.media for hit in found.items], library)
    rows = [(*colour_of(colour), share) for colour, share in asked]
    return page(
        "colours.html",
        library=library,
        section="search",
        rows=rows,
        more=len(rows) < MOST,
        rest=max(0, 100 - round(sum(share for _, share in asked))),
        colours={name: (gettext(text), value) for name, (text, value) in COLOURS.items()},
        share=SHARE,
        added=lambda colour: _address(library, [*asked, (colour, float(SHARE))]),
        found=found,
        media=media,
        neighbours=neighbours(found) if found else {},
    )


def coloured(
    library: Application,
    colours: list[tuple[str, float]],
    criteria: Criteria,
    wanted: PageRequest,
) -> Page[Hit]:
    """What has these colours, in percent, best first; the rest may be of any colour."""
    if "colors" not in library.signatures:
        raise InvalidFields({"color": gettext("This library is not searched by colours.")})
    require_allowed("search", library)
    require_active(library)
    palette = [{"color": colour_of(colour)[1], "weight": share / 100} for colour, share in colours]
    asked = read_search({"palette": palette, "signatures": ["colors"], "min_score": LEAST})
    asked = SearchRequest(criteria=criteria, comparing=asked.comparing)
    return find_by_picture(library, new_query(library, asked, Upload(), Sought()), wanted)


def _address(library: Application, rows: list[tuple[str, float]]) -> str:
    pairs = [pair for colour, share in rows for pair in (("color", colour), ("share", share))]
    return f"{url_for('.by_colours', application=library.id)}?{urlencode(pairs)}"


def _asked(library: Application) -> list[tuple[str, float]]:
    """Colours and their shares in percent: those of the form, or of a picture of the library."""
    named = request.args.get("media")
    if named:
        media, home = readable_media(named)
        if home.id == library.id:
            found: list[dict[str, Any]] = media_colors(current_registry(), library, media)["colors"]
            return [(one["hex"], round(one["weight"] * 100, 1)) for one in found[:MOST]]
    colours = request.args.getlist("color")
    shares = request.args.getlist("share")
    rows = []
    for number, colour in enumerate(colours[: MOST + 1]):
        share = _share(shares[number] if number < len(shares) else str(SHARE))
        if colour and share:
            rows.append((colour, share))
    return rows[:MOST]


def _share(text: str) -> float:
    try:
        share = float(text or 0)
    except ValueError as exc:
        raise InvalidFields({"share": gettext("A share is a number from 0 to 100.")}) from exc
    if not 0 <= share <= 100:
        raise InvalidFields({"share": gettext("A share is a number from 0 to 100.")})
    return share
