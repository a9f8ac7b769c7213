"""The order of a list of media, and cursors: places in a list that stay while it changes.

A cursor holds the sort value and the id of the last media of a page, and the total that was counted
for the first one. It is no secret and grants nothing: the filter is asked of each page anew.
"""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..errors import InvalidFields
from ..mongo.clock import utc
from .models import Media

# What is stored to sort by, where that is not the field itself.
STORED_KEYS = {"name": "name_key"}
_TIMES = ("created_at", "updated_at")
_WRONG = "take it from next_page, with the same sort"
_LENGTH_MAX = 2048  # more than the longest key of a name; gunicorn takes lines of 4,094
_INT64 = 2**63


@dataclass(frozen=True)
class Order:
    """A stored sort key of a Media, ties in the order of the ids."""

    key: str = "created_at"
    descending: bool = True

    def reversed(self) -> "Order":
        return Order(self.key, not self.descending)


NEWEST_FIRST = Order()


def write_cursor(order: Order, last: Media, total: int) -> str:
    """The cursor behind this media in a list of so many."""
    value = getattr(last, order.key)
    if order.key in _TIMES:
        value = round(utc(value).timestamp() * 1000)  # as MongoDB keeps them
    place = [order.key, order.descending, value, last.id, total]
    text = json.dumps(place, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(order: Order, cursor: str) -> tuple[dict[str, Any], int]:
    """The filter for what comes behind it, and the total; InvalidFields for what is no cursor."""
    value, identifier, total = _parts(order, cursor)
    if order.key == "id":
        return {"_id": {"$lt" if order.descending else "$gt": identifier}}, total
    behind = "$lt" if order.descending else "$gt"
    if value is None:  # not yet migrated: null sorts before all texts
        same = {order.key: None, "_id": {behind: identifier}}
        return (same if order.descending else {"$or": [same, {order.key: {"$gt": ""}}]}), total
    # The first clause bounds the index; the second leaves out those of the same value.
    return {
        "$and": [
            {order.key: {f"{behind}e": value}},
            {"$or": [{order.key: {behind: value}}, {"_id": {behind: identifier}}]},
        ]
    }, total


def _parts(order: Order, cursor: str) -> tuple[Any, str, int]:
    try:
        if len(cursor) > _LENGTH_MAX:
            raise ValueError("longer than any")
        padded = cursor + "=" * (-len(cursor) % 4)
        key, descending, value, identifier, total = json.loads(
            base64.b64decode(padded, altchars=b"-_", validate=True)
        )
        if (key, descending) != (order.key, order.descending):
            raise ValueError("another order")
        if not _is_text(identifier) or not _is_count(total):
            raise ValueError("an id and a count")
        return _checked(key, value), identifier, total
    except (ValueError, TypeError, OverflowError, OSError, RecursionError) as exc:
        raise InvalidFields({"after": _WRONG}) from exc


def _checked(key: str, value: Any) -> Any:
    if key in _TIMES:
        return datetime.fromtimestamp(value / 1000, UTC)
    if key == "name_key" and (value is None or _is_text(value)):
        return value
    if key == "id" or (key == "size" and _is_count(value)):
        return value
    raise ValueError("of another type")


def _is_text(value: Any) -> bool:
    """UnicodeEncodeError (a ValueError) for lone surrogates, which MongoDB cannot take."""
    return isinstance(value, str) and value.encode() is not None


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < _INT64
