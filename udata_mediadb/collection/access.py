"""Which collections the caller of a request may see and change; for the udata dialect."""

from typing import Literal, TypeVar

from ..authorization.caller import (
    find_application,
    require_allowed,
    require_caller,
    require_visible,
)
from ..errors import NotFound
from .models import Collection, SmartCollection

C = TypeVar("C", Collection, SmartCollection)


def require_collection(action: Literal["read", "edit"], collection: C) -> C:
    """The collection, if the caller may do this with it.

    One of an application that the caller may not read does not exist for the caller.
    """
    if action == "edit":
        require_caller()
    application = find_application(collection.application)
    require_visible(application, NotFound(f"There is no collection {collection.id!r}."))
    require_allowed(action, application)
    return collection
