"""P1: which pictures an address names, in which order; by colours, the best first."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from ...application.models import Application
from ...filters.compose import compose
from ...filters.query_string import read_criteria
from ...media.counts import current_counts
from ...media.listing import active_in, list_page, read_order
from ...media.models import Media
from ...web.pages import Page, PageRequest
from .by_colours import ALL, SHARE, coloured

SORTS = ("created_at", "name", "size")


def listed(
    library: Application, args: MultiDict[str, str], wanted: PageRequest
) -> tuple[Page[Media], Mapping[str, Any]]:
    """One page of them, and the filter that all of them meet."""
    criteria = read_criteria(args)
    colours = [one for one in args.getlist("color") if one]
    if not colours:
        meeting = active_in([library.id], compose(criteria))
        order = read_order(args.get("sort"), SORTS)
        counts = current_counts()
        return list_page(
            meeting, order, wanted, counts=counts, application=library.id
        ), meeting  # fmt: skip
    share = min(float(SHARE), 100 / len(colours))
    asked = [(one, share) for one in colours]
    found = [hit.media for hit in coloured(library, asked, criteria, PageRequest(1, ALL)).items]
    meeting = active_in([library.id], {"_id": {"$in": [one.id for one in found]}})
    return Page(found[wanted.offset :][: wanted.page_size], wanted, len(found)), meeting
