"""P5: a query and a stored picture beside each other, over each other, and drawn by the server."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from ...application.models import Application
from ...authorization.caller import require_allowed
from ...errors import InvalidFields, NotFound
from ...imaging import thumbnail
from ...media.access import readable_media
from ...media.models import Media
from ...recognition.match.overlay import View
from ...search.comparing import Compared, compare, compare_sides
from ...search.models import KeptQuery
from ...search.overlays import MIME, aligned, overlay
from ...search.sent import COPY_SIDE_PX
from ...search.sides import side_of_media, side_of_query
from .kept import asked_region, kept_query, read_asked
from .languages import gettext, marked
from .presenting import presented
from .proof import boxes, homography
from .rendering import page
from .wording import TABS, how_sure, in_words, seen

# How two pictures can be looked at beside or over each other.
VIEWS: Mapping[str, str] = {
    "side": marked("Side by side"),
    "slide": marked("Slide"),
    "blink": marked("Blink"),
    "difference": marked("Difference"),
    "points": marked("Agreeing points"),
}
# What the server draws for each: for `points`, and where no script runs.
_DRAWN: Mapping[str, View] = {
    "side": "side",
    "slide": "over",
    "blink": "over",
    "difference": "difference",
    "points": "points",
}
_DRAWN_SIDE_PX = 768


def compared(query: str, media: str) -> str:
    """The two, with what they share marked in both."""
    kept, library, found = _pair(query, media)
    view = _view(request.args.get("view", "side"))
    region = asked_region()
    part = read_asked(region)
    comparisons = compare(library, kept, found, part)
    proof = comparisons.get("match")
    size = part.size((kept.width, kept.height)) if part else (kept.width, kept.height)
    return page(
        "compare.html",
        library=library,
        section="search",
        query=kept,
        region=region,
        size=size,
        media=presented([found], library)[0],
        stored=found,
        boxes=boxes(proof, size, (found.width, found.height)),
        homography=homography(proof),
        seen=seen(proof),
        view=view,
        views=VIEWS,
        findings=[_finding(name, one) for name, one in comparisons.items()],
    )


def drawn(query: str, media: str, view: str) -> Response:
    """A view as the server draws it."""
    kept, _library, found = _pair(query, media)
    sides = side_of_query(kept, read_asked(asked_region())), side_of_media(found)
    pair: Compared = compare_sides(*sides)
    if aligned(pair) is None:
        raise NotFound("Nothing aligns the two.")
    data = overlay(pair, _DRAWN[_view(view)], "jpeg", _DRAWN_SIDE_PX)
    return _picture(data, MIME["jpeg"])


def copy(query: str) -> Response:
    """The picture of a query, or the part of it that is looked for."""
    kept, _ = kept_query(query)
    region = read_asked(asked_region())
    if region is None:
        return _picture(bytes(kept.copy), MIME["jpeg"])
    return _picture(*thumbnail(side_of_query(kept, region).picture, side=COPY_SIDE_PX))


def _pair(query: str, media: str) -> tuple[KeptQuery, Application, Media]:
    kept, library = kept_query(query)
    require_allowed("search", library)
    found, home = readable_media(media)
    if home.id != library.id:
        raise NotFound("There is no such picture.")
    return kept, library, found


def _view(name: str) -> str:
    if name not in VIEWS:
        raise InvalidFields({"view": f"one of {', '.join(VIEWS)}"})
    return name


def _finding(name: str, comparison: Any) -> dict[str, Any]:
    return {
        "tab": gettext(TABS.get(name, name)),
        "words": in_words(name, comparison),
        "sure": how_sure(name, comparison),
        "points": comparison.details.get("inliers"),
    }


def _picture(data: bytes, kind: str) -> Response:
    response = Response(data, mimetype=kind)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
