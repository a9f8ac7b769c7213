"""Which collections the caller of a request may see and change; for the udata dialect."""

from typing import Literal, TypeVar

from ..application.models import Application
from ..auth.guard import current_principal, find_application, require_principal
from ..auth.permissions import may, require
from ..errors import NotFound
from .models import Collection, SmartCollection

C = TypeVar("C", Collection, SmartCollection)


def require_collection(action: Literal["read", "edit"], collection: C) -> C:
    """The collection, if the caller may do this with it.

    One of an application that the caller may not read does not exist for the caller.
    """
    principal = current_principal() if action == "read" else require_principal()
    application: Application = find_application(collection.application)
    if not may(principal, "read", application):
        raise NotFound(f"There is no collection {collection.id!r}.")
    if action == "edit":
        require(principal, "edit", application)
    return collection
