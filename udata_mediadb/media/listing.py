"""Pages of media: every list of both dialects, each order served by an index."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.cursor import Cursor

from ..errors import InvalidFields
from ..filters.conditions import both
from ..web.pages import Page, PageRequest
from .arguments import SORT_ALIASES
from .counts import Counts
from .cursors import NEWEST_FIRST, STORED_KEYS, Order, read_cursor, write_cursor
from .hints import Index, with_hint
from .leading import led
from .listed import listed
from .models import ACTIVE, Media
from .visibility import shown

# What a list never shows; some kilobytes per media.
_UNSHOWN = {"terms": 0, "words": 0, "placings": 0, "embedded": 0}


def read_order(sort: str | None, keys: tuple[str, ...]) -> Order:
    """`name` or `-name`; newest first for None; InvalidFields for a key that is not among these."""
    if not sort:
        return NEWEST_FIRST
    named = sort.removeprefix("-")
    key = SORT_ALIASES.get(named, named)
    if key not in keys:
        raise InvalidFields({"sort": f"one of {', '.join(keys)}, with - for descending"})
    return Order(STORED_KEYS.get(key, key), sort.startswith("-"))


def active_in(
    applications: str | Sequence[str], clause: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The filter for active media of one application, or of several, that meet a clause of ours.

    Without those that the one who asks may not see (`visibility`).
    """
    held: Any = applications
    if not isinstance(applications, str):
        held = applications[0] if len(applications) == 1 else {"$in": list(applications)}
    return {"application": held, "state": ACTIVE, **both(clause or {}, shown(applications))}


def list_page(
    wanted: Mapping[str, Any],
    order: Order,
    request: PageRequest,
    *,
    counts: Counts,
    application: str | None,
) -> Page[Media]:
    """The media of a filter of ours, one page; two queries, three where many are counted.

    `application`: whose media these are, None for those of several. A page in the second half is
    read from the end: to skip costs what is skipped.
    """

    wanted = led(wanted)

    def read(index: Index) -> Page[Media]:
        if request.after is not None:
            return _behind(wanted, order, request, index)
        return _numbered(wanted, order, request, index, counts, application)

    return with_hint(read, index_of(wanted, order))


def _numbered(
    wanted: Mapping[str, Any],
    order: Order,
    request: PageRequest,
    index: Index,
    counts: Counts,
    application: str | None,
) -> Page[Media]:
    total = counts.count(application, wanted, index)
    offset, size = request.offset, max(0, min(request.page_size, total - request.offset))
    if not size:
        return Page([], request, total)
    if offset > total // 2:
        found = _read(wanted, order.reversed(), index, total - offset - size, size)[::-1]
    else:
        found = _read(wanted, order, index, offset, size)
    return Page(found, request, total, write_cursor(order, found[-1], total) if found else None)


def _behind(
    wanted: Mapping[str, Any],
    order: Order,
    request: PageRequest,
    index: Index,
) -> Page[Media]:
    """The page behind a cursor, in one query; the total is that of when the first page was read."""
    clause, total = read_cursor(order, request.after or "")
    wanted = both(wanted, clause)
    found = _read(wanted, order, index, 0, request.page_size + 1)
    items = found[: request.page_size]
    is_more = len(found) > len(items)
    return Page(items, request, total, write_cursor(order, items[-1], total) if is_more else None)


def index_of(wanted: Mapping[str, Any], order: Order) -> Index:
    """The index that gives all of a filter in order, where there is one.

    Named, because MongoDB tries its candidates on the first documents only, and has been seen to
    sort 100,000 for a page in their middle.
    """
    scopes = set(wanted) - {"state", "_id"}
    if order.key not in _ORDERS or len(scopes) != 1 or not isinstance(wanted.get("state"), str):
        return None
    if "$nin" not in wanted.get("_id", ("$nin",)):
        return None
    (scope,) = scopes
    if scope not in ("application", "collections") or not isinstance(wanted[scope], str):
        return None
    if scope == "collections" and order.key in _OF_APPLICATIONS:
        return None
    return [(scope, 1), ("state", 1), *_ORDERS[order.key]]


_OF_APPLICATIONS = ("size", "updated_at")  # a collection is sorted by these without an index
# The last keys of the indexes of Media on (application, state) and (collections, state).
_ORDERS: Mapping[str, list[tuple[str, int]]] = {
    "created_at": [("created_at", -1), ("_id", -1)],
    "name_key": [("name_key", 1), ("_id", 1)],
    "size": [("size", 1), ("_id", 1)],
    "updated_at": [("updated_at", 1), ("_id", 1)],
    "id": [("_id", 1)],
}


def _read(
    wanted: Mapping[str, Any], order: Order, index: Index, skip: int, size: int
) -> list[Media]:
    return [listed(one) for one in found_in(wanted, order, index).skip(skip).limit(size)]


def found_in(wanted: Mapping[str, Any], order: Order, index: Index) -> Cursor[dict[str, Any]]:
    """What is stored of the media of a filter, in order, by this index."""
    direction = -1 if order.descending else 1
    key = "_id" if order.key == "id" else order.key
    cursor: Cursor[dict[str, Any]] = Media._get_collection().find(
        dict(wanted),
        _UNSHOWN,
        sort=list(dict.fromkeys(((key, direction), ("_id", direction)))),
        hint=list(index) if index else None,
    )
    return cursor
