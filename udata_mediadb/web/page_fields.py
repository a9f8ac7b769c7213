"""Pieces of the udata dialect's wire format that several namespaces share."""

from typing import Any

from flask import current_app, request
from flask_restx import Model, fields

from .pages import Page, PageRequest, envelope, parse_page, require_in_range

PAGE_PARAMS = {
    "page": {"in": "query", "type": "integer", "description": "The page to show, from 1"},
    "page_size": {
        "in": "query",
        "type": "integer",
        "description": "Entries on a page, 20, at most 100",
    },
}


def nullable(field: type[fields.Raw], **kwargs: Any) -> fields.Raw:
    """A field that may be null, and says so in the swagger."""

    class Nullable(field):
        def schema(self) -> dict[str, Any]:
            return {**super().schema(), "x-nullable": True}

    return Nullable(**kwargs)


def page_model(name: str, item: Model) -> Model:
    """The envelope of a page of these."""
    return Model(
        name,
        {
            "data": fields.List(fields.Nested(item)),
            "page": fields.Integer(min=1),
            "page_size": fields.Integer(min=1),
            "total": fields.Integer(min=0),
            "next_page": nullable(fields.String),
            "previous_page": nullable(fields.String),
        },
    )


def requested_page() -> PageRequest:
    """The page that the query string asks for."""
    return parse_page(request.args, max_size=current_app.config["MEDIADB_PAGE_SIZE_MAX"])


def page_answer(page: Page[Any], data: list[Any]) -> dict[str, Any]:
    """The envelope with links to this request's neighbours; NotFound beyond the end."""
    require_in_range(page)
    return envelope(page, data, request.url)
