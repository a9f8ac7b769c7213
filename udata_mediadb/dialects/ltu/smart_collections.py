"""Routes of smart collections."""

from flask import Response, request

from ...collection.actions import (
    create_smart_collection,
    delete_smart_collection,
    find_smart_collection,
    update_smart_collection,
)
from ...collection.models import SmartCollection
from .answers import answer
from .body import read_body
from .collections import list_answer
from .fields import smart_collection_item
from .guard import administered


def list_or_create() -> Response:
    """GET: all of the application. POST: a new one."""
    application = administered()
    if request.method == "POST":
        made = create_smart_collection(application.id, read_body().properties)
        return answer(smart_collection_item(made, application), 201)
    found = SmartCollection.objects(application=application.id).order_by("-created_at", "-id")
    return answer([smart_collection_item(smart, application) for smart in found])


def one(identifier: str) -> Response:
    """GET, PATCH and DELETE a smart collection."""
    application = administered()
    found = find_smart_collection(identifier, application.id)
    if request.method == "DELETE":
        delete_smart_collection(found)
        return answer({"id": found.id})
    if request.method in ("PATCH", "PUT"):
        found = update_smart_collection(found, read_body().properties)
    return answer(smart_collection_item(found, application))


def members(identifier: str) -> Response:
    """A page of what meets its query at this moment."""
    application = administered()
    found = find_smart_collection(identifier, application.id)
    return list_answer(found, application, f"smart_collection/{found.id}")
