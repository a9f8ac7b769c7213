"""P6: why a picture that was expected was not found, stage by stage, and what would find it."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from ...authorization.caller import require_active, require_allowed
from ...errors import NotFound
from ...filters.compose import Criteria, compose
from ...media.access import readable_media
from ...media.counts import current_counts
from ...media.cursors import NEWEST_FIRST
from ...media.listing import active_in, list_page
from ...search.explain_api import explained
from ...search.explaining.stage import NAMES, Explanation, Name, Tried
from ...search.querying import Sought
from ...search.request import read_search
from ...web.bodies import Upload
from ...web.pages import PageRequest
from .kept import asked_region, kept_query
from .languages import gettext, marked
from .presenting import presented
from .rendering import page
from .told import told

CHOICES_SHOWN = 24
STAGE_WORDS: Mapping[Name, str] = {
    "readable": marked("Both can be read"),
    "texture": marked("There is enough to see in both"),
    "described": marked("The stored one is described"),
    "indexed": marked("The stored one is in the index"),
    "shortlisted": marked("It is among those that are looked at closely"),
    "early_rejection": marked("A first look finds something in common"),
    "agreeing_points": marked("Points lie alike in both"),
    "nfa": marked("That is no chance"),
    "agreement": marked("What lies around the points agrees"),
    "box_share": marked("What both show is large enough"),
    "filters": marked("The filters of the search let it through"),
    "rights": marked("You may see it"),
}
assert tuple(STAGE_WORDS) == NAMES


def choose(query: str) -> str:
    """Which picture was expected: found by words."""
    kept, library = kept_query(query)
    words = request.args.get("q", "").strip()
    meeting = active_in([library.id], compose(Criteria(text=words)))
    found = list_page(
        meeting,
        NEWEST_FIRST,
        PageRequest(1, CHOICES_SHOWN),
        counts=current_counts(),
        application=library.id,
    )
    return page(
        "why_choose.html",
        library=library,
        section="search",
        query=kept,
        words=words,
        region=asked_region(),
        found=found,
        media=presented(found.items, library) if words else [],
    )


def why(query: str, media: str) -> str:
    """Each stage of the search for this picture."""
    kept, library = kept_query(query)
    require_allowed("search", library)
    require_active(library)
    found, home = readable_media(media)
    if home.id != library.id:
        raise NotFound(gettext("There is no such picture."))
    region = asked_region()
    asked = read_search({"signatures": "match", **({"region": region} if region else {})})
    explanation = explained(library, asked, Upload(), Sought(kept=kept), found, home)
    return page(
        "why.html",
        library=library,
        section="search",
        query=kept,
        region=region,
        media=presented([found], library)[0],
        explanation=explanation,
        stages=_stages(explanation),
        helps=[link for one in explanation.tried if one.found and (link := _link(kept.id, one))],
    )


def _stages(explanation: Explanation) -> list[dict[str, Any]]:
    failed = explanation.failed
    return [
        {
            "words": gettext(STAGE_WORDS[one.name]),
            "passed": one.passed,
            "advice": told(one.advice) if one.passed is False else "",
            "here": one is failed,
        }
        for one in explanation.stages
    ]


def _link(query: str, tried: Tried) -> dict[str, str] | None:
    """The search as it finds the picture; None for a setting that pages have not."""
    if tried.setting == "region":
        words = gettext("Look for this part of your picture alone")
        return {"href": url_for(".results", query=query, region=tried.value), "words": words}
    if tried.setting == "include_shared":
        words = gettext("Show also what shares only a logo or a band")
        return {"href": url_for(".results", query=query, include_shared="true"), "words": words}
    return None
