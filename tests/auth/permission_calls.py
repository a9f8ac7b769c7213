"""The requests of the table of permissions in reference/authentication.md: one for each line."""

from .calls import application, collection, ltu, media, operations, search
from .calls.making import Call, Maker

__all__ = ["CALLS", "READING", "Call"]

# The lines of the table; a new route gets a line in its room and in the table.
CALLS: dict[str, Maker] = {
    **application.CALLS,
    **media.CALLS,
    **collection.CALLS,
    **search.CALLS,
    **operations.CALLS,
    **ltu.CALLS,
}

# Lines that change nothing, whatever their answer is.
READING = {
    "POST search/",
    "POST explain/",
    "POST compare/",
    "POST compare/overlay",
    "POST colors/",
    "POST /ltu/search/media",
    *(line for line in CALLS if line.startswith("GET ")),
}
