"""Lists of objects are marshalled quickly, and as restx does it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask_restx import Model, fields, marshal

from udata_mediadb.web.item_lists import ItemList
from udata_mediadb.web.page_fields import nullable, shaped

INMOST = Model("Inmost", {"name": fields.String, "size": fields.Integer})
INNER = Model(
    "Inner",
    {
        "edit": fields.Boolean,
        "n": fields.Integer(default=3),
        "inmost": fields.Nested(INMOST, allow_null=True),
    },
)
MASKED = Model("Masked", {"shown": fields.String, "hidden": fields.String}, mask="{shown}")
ITEM = Model(
    "Item",
    {
        "name": fields.String,
        "told": nullable(fields.String, description="x"),
        "size": fields.Integer(),
        "share": fields.Float,
        "at": fields.DateTime,
        "free": shaped({"type": "object"}),
        "words": fields.List(fields.String),
        "more": fields.List(shaped({"type": "object"})),
        "inner": fields.Nested(INNER),
        "perhaps": fields.Nested(INNER, allow_null=True),
        "without": fields.Nested(INMOST, skip_none=True),
        "masked": fields.Nested(MASKED),
        "other": fields.String(attribute="name"),
        "usual": fields.String(default="usual"),
        "items": fields.String,
        "a.b": fields.String,
    },
)
AT = datetime(2026, 11, 26, 1, 2, 3, 4000, tzinfo=UTC)
WHOLE: dict[str, Any] = {
    **{"name": "a", "told": None, "size": 3, "share": 0.5, "at": AT, "free": {"x": [1, None]}},
    **{"words": ["a", "b"], "more": [{"y": 1}], "inner": {"edit": True}, "perhaps": None},
    **{"usual": None, "items": "i", "a.b": "x", "a": {"b": "y"}, "unshown": 1},
}


@pytest.mark.parametrize(
    "item",
    [
        WHOLE,
        {},
        {"name": 5, "size": "7", "at": "2026-11-26T01:02:03Z", "words": ("a", 2), "free": ""},
        {"name": True, "size": True, "words": [], "more": None, "inner": None, "perhaps": {}},
        {"inner": {"inmost": {"name": 5}}, "perhaps": {"inmost": None}, "without": {"name": None}},
        {"inner": {"inmost": [{"name": "a"}]}, "masked": {"shown": "a", "hidden": "b"}},
        {"name": "", "size": 0, "words": {"a"}, "free": {"x": 0}, "share": 2, "told": 1.5},
    ],
)
@pytest.mark.parametrize(
    "mask", [None, "{data{name,size,inner{edit,inmost{name}}}}", "{data{free{x},words}}"]
)
def test_what_is_answered_is_what_restx_answers(item: dict[str, Any], mask: str | None) -> None:
    quick = {"data": ItemList(fields.Nested(ITEM))}
    usual = {"data": fields.List(fields.Nested(ITEM))}
    with Flask(__name__).test_request_context():
        answers = [marshal({"data": [item, WHOLE]}, one, mask=mask) for one in (quick, usual)]

    assert answers[0] == answers[1]
    assert [list(one) for one in answers[0]["data"]] == [list(one) for one in answers[1]["data"]]


def test_objects_and_nothing_are_left_to_restx() -> None:
    class Thing:
        name, size = "a", 3

    quick, usual = ItemList(fields.Nested(ITEM)), fields.List(fields.Nested(ITEM))

    assert quick.format([Thing(), WHOLE]) == usual.format([Thing(), WHOLE])
    assert quick.format([]) == []
