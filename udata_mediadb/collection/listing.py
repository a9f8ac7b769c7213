"""Pages of what a collection or smart collection holds, and the filters that say what that is."""

import json
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidFields
from ..filters.conditions import both, clause
from ..media.counts import Counts
from ..media.cursors import Order
from ..media.hints import Index, with_hint
from ..media.listing import active_in, list_page
from ..media.models import ACTIVE, Media
from ..media.visibility import shown
from ..web.pages import Page, PageRequest
from .models import Collection, SmartCollection

POSITION = "position"  # the order in which media were added
_PLACINGS_INDEX = [("state", 1), ("placings", 1)]


def members_clause(collection: Collection | SmartCollection) -> dict[str, Any]:
    """A part of a filter over the media of its application: those that it holds."""
    if isinstance(collection, Collection):
        return {"collections": collection.id}
    return clause(json.loads(collection.query))


def list_members(
    collection: Collection | SmartCollection,
    order: Order,
    request: PageRequest,
    further: Mapping[str, Any] | None = None,
    *,
    counts: Counts,
) -> Page[Media]:
    """The active media that it holds and that also meet `further`, one page."""
    remembered: dict[str, Any] = {"counts": counts, "application": collection.application}
    if isinstance(collection, SmartCollection):
        wanted = active_in(
            [collection.application], both(members_clause(collection), further or {})
        )
        return list_page(wanted, order, request, **remembered)
    if order.key == POSITION:
        if further:
            raise InvalidFields({"sort": f"{POSITION} goes without filters"})
        if request.after is not None:
            raise InvalidFields({"after": f"sort={POSITION} has pages by number alone"})
        return _by_position(collection, order, request, counts)
    unhidden = both(further or {}, shown(collection.application))
    wanted = {"collections": collection.id, "state": ACTIVE, **unhidden}
    return list_page(wanted, order, request, **remembered)


def _by_position(
    collection: Collection, order: Order, request: PageRequest, counts: Counts
) -> Page[Media]:
    """The index itself between two of its keys, as it lies.

    A sort would compare the least placing of each media, whatever collection that is of.
    """
    further = shown(collection.application)
    held = {"collections": collection.id, "state": ACTIVE, **further}
    total = counts.count(collection.application, held)
    skip = (
        max(0, total - request.offset - request.page_size) if order.descending else request.offset
    )
    size = min(request.page_size, max(0, total - request.offset))
    if not size:
        return Page([], request, total)
    found = with_hint(
        lambda index: _placed(collection.id, further, skip, size, index), _PLACINGS_INDEX
    )
    media = [Media._from_son(document) for document in found]
    return Page(media[::-1] if order.descending else media, request, total)


_UNSHOWN = {"terms": 0, "words": 0, "placings": 0}


def _placed(
    collection: str, further: Mapping[str, Any], skip: int, size: int, index: Index
) -> list[dict[str, Any]]:
    """The active media of a collection by their places in it; all are sorted without the index."""
    first, beyond = f"{collection}:", f"{collection};"  # ; follows : in ASCII
    documents = Media._get_collection()
    if index is None:
        inside = {"$and": [{"$gte": ["$$this", first]}, {"$lt": ["$$this", beyond]}]}
        place = {"$first": {"$filter": {"input": "$placings", "cond": inside}}}
        stages = [
            {"$match": {"collections": collection, "state": ACTIVE, **further}},
            {"$set": {"place": place}},
            {"$sort": {"place": 1}},
            {"$skip": skip},
            {"$limit": size},
            {"$project": {**_UNSHOWN, "place": 0}},
        ]
        return list(documents.aggregate(stages))
    found = documents.find(dict(further), _UNSHOWN)
    found = found.min([("state", ACTIVE), ("placings", first)])
    found = found.max([("state", ACTIVE), ("placings", beyond)])
    return list(found.hint(list(index)).skip(skip).limit(size))
