"""Media as lists read them: what MongoDB gave, by the names of `Media`, and nothing behind it.

To make a document of MongoEngine costs 70 us, a third of all that a page takes; this costs one.
Not for what is to be changed: it cannot be saved.
"""

from collections.abc import Mapping
from typing import Any, cast

from mongoengine import DictField, ListField

from .models import Media


class ListedMedia:
    """What `Media` has, to be read; what is not stored, or was not asked for, is as in a new one
    (None, or empty)."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        self.__dict__.update(stored)
        self.__dict__["id"] = stored["_id"]

    def __getattr__(self, name: str) -> Any:
        """Called for what is not there."""
        if name not in Media._fields:
            raise AttributeError(name)
        field = Media._fields[name]
        if isinstance(field, ListField):
            return []
        return {} if isinstance(field, DictField) else None

    @property
    def picture_id(self) -> str:
        """See `Media`."""
        return str(self.picture or self.id)


def listed(stored: Mapping[str, Any]) -> Media:
    """A document of MongoDB, to be read as a Media is."""
    return cast(Media, ListedMedia(stored))
