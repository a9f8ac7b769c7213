"""Which collections the caller of a request may see and change; for the udata dialect."""

from collections.abc import Callable
from typing import Literal, TypeVar

from ..application.models import Application
from ..authorization.caller import (
    find_application,
    require_allowed,
    require_caller,
)
from ..errors import NotFound
from .models import Collection, SmartCollection

C = TypeVar("C", Collection, SmartCollection)


def require_collection(
    action: Literal["read", "edit"], find: Callable[[object], C], identifier: object
) -> tuple[C, Application]:
    """The collection of this id and its application, if the caller may do this with it.

    One of an application that the caller may not read does not exist for the caller.
    """
    if action == "edit":
        require_caller()
    collection = find(identifier)
    application = find_application(collection.application)
    missing = NotFound(f"There is no collection {collection.id!r}.")
    require_allowed(action, application, missing)
    return collection, application
