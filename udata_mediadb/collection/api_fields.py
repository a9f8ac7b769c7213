"""How collections look on the wire of the udata dialect."""

from collections.abc import Sequence
from typing import Any

from flask_restx import Model, fields

from ..web.page_fields import FREE, nullable, page_model, shaped
from ..web.readers import plain
from .actions import stored_query
from .models import Collection, SmartCollection
from .tree import children_of

_described = {
    "id": fields.String(description="The id, 32 hexadecimal digits"),
    "application": fields.String(description="Id of the application that holds it"),
    "name": fields.String,
    "keywords": fields.List(fields.String),
    "metadata": shaped(FREE, description="Free keys and values"),
    "created_at": fields.DateTime,
    "updated_at": fields.DateTime,
}
collection_fields = Model(
    "MediaDBCollection",
    {
        **_described,
        "parent": nullable(fields.String, description="The collection that it lies in"),
        "collections": fields.List(fields.String, description="Ids of its direct children"),
    },
)
collection_page_fields = page_model("MediaDBCollectionPage", collection_fields)

smart_collection_fields = Model(
    "MediaDBSmartCollection",
    {
        **_described,
        "query": shaped(FREE, description="What media must meet; see reference/collections.md"),
    },
)
smart_collection_page_fields = page_model("MediaDBSmartCollectionPage", smart_collection_fields)


def represent(collections: Sequence[Collection]) -> list[dict[str, Any]]:
    """Collections with their children's ids, fetched in one query for each application."""
    children: dict[str, list[str]] = {}
    for application in {collection.application for collection in collections}:
        mine = [c.id for c in collections if c.application == application]
        children |= children_of(application, mine)
    return [
        {
            **_description(collection),
            "parent": collection.parent,
            "collections": children.get(collection.id, []),
        }
        for collection in collections
    ]


def represent_smart(collections: Sequence[SmartCollection]) -> list[dict[str, Any]]:
    """Smart collections; no query."""
    return [{**_description(smart), "query": stored_query(smart)} for smart in collections]


def _description(document: Collection | SmartCollection) -> dict[str, Any]:
    stored = ("id", "application", "name", "created_at", "updated_at")
    return {
        **{field: getattr(document, field) for field in stored},
        "keywords": list(document.keywords),
        "metadata": plain(document.metadata),
    }
