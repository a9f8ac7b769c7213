"""Pieces of the udata dialect's wire format that several namespaces share."""

from collections.abc import Mapping
from typing import Any

from flask import Response, after_this_request, request
from flask_restx import Model, fields, marshal

from .bodies import with_query_string
from .item_lists import ItemList
from .pages import (
    Page,
    PageRequest,
    largest_page,
    parse_page,
    require_in_range,
    udata_envelope,
)

# udata has more of each class, such as first_name and acronym.
REFERENCE: Mapping[str, Any] = {
    "type": "object",
    "required": ["class", "id"],
    "properties": {
        "class": {"type": "string", "example": "Organization"},
        "id": {"type": "string"},
        "name": {"type": "string"},
        "uri": {"type": "string"},
        "page": {"type": "string", "x-nullable": True},
    },
}
FREE: Mapping[str, Any] = {"type": "object", "additionalProperties": True}
PAGE_SIZE_MAX = 100  # unless MEDIADB_PAGE_SIZE_MAX says otherwise


def nullable(field: type[fields.Raw], **kwargs: Any) -> fields.Raw:
    """A field that may be null, and says so in the swagger."""

    made = field(**kwargs)
    # On the object, not in a class of its own: restx picks fields (X-Fields) within Raw alone.
    made.schema = lambda: {**field.schema(made), "x-nullable": True}
    return made


def shaped(schema: Mapping[str, Any], **kwargs: Any) -> fields.Raw:
    """A field that is shown as it is, and documented by a JSON Schema."""
    made = fields.Raw(**kwargs)
    made.schema = lambda: {**fields.Raw.schema(made), **schema}
    return made


def reference(**kwargs: Any) -> fields.Raw:
    """A user or an organisation as the portal shows it, or null."""
    return shaped({**REFERENCE, "x-nullable": True}, **kwargs)


def page_model(name: str, item: Model) -> Model:
    """The envelope of a page of these."""
    return Model(
        name,
        {
            "data": ItemList(fields.Nested(item)),
            "page": fields.Integer(min=1),
            "page_size": fields.Integer(min=1),
            "total": fields.Integer(min=0),
            "next_page": nullable(fields.String),
            "previous_page": nullable(fields.String),
        },
    )


def as_answered(found: Mapping[str, Any], model: Model) -> dict[str, Any]:
    """What a route answers, as it is in the JSON."""
    return dict(marshal(found, model))


def requested_page(properties: Mapping[str, Any] | None = None) -> PageRequest:
    """The page that the query string asks for, else the body's `properties`."""
    return parse_page(with_query_string(properties or {}), max_size=largest_page(PAGE_SIZE_MAX))


def page_answer(page: Page[Any], data: list[Any], url: str | None = None) -> dict[str, Any]:
    """The envelope with links to its neighbours; NotFound beyond the end.

    `url`: where this page is, without one that of the request.
    """
    require_in_range(page)
    answer = udata_envelope(page, data, url or request.url)
    _add_links(answer["next_page"], answer["previous_page"])
    return answer


def _add_links(following: str | None, previous: str | None) -> None:
    """The same links as a header, for clients that know RFC 8288."""
    links = {"next": following, "prev": previous}
    text = ", ".join(f'<{link}>; rel="{name}"' for name, link in links.items() if link)
    if not text:
        return

    @after_this_request
    def add(response: Response) -> Response:
        response.headers["Link"] = text
        return response
