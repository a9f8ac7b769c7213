"""What a group was when somebody read it, and what of it is different now."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import InvalidFields
from ...media.models import Media
from ...web.readers import plain

_FIELDS = ("name", "keywords", "metadata", "about", "collections", "related", "owner", "sha256")
_ID, _SUM = 36, 10  # characters of a media's id, and of what stands for all that a merge looks at


def version_of(media: Sequence[Media]) -> str:
    """A text that is another one as soon as a member comes, goes or changes."""
    return ".".join(f"{one.id}{_sum(one)}" for one in sorted(media, key=lambda m: str(m.id)))


def changes_since(version: str, media: Sequence[Media]) -> dict[str, list[str]]:
    """The media that came, went and changed since; {} for none. InvalidFields for no version."""
    before, after = _read(version), _read(version_of(media)) if media else {}
    found = {
        "added": sorted(set(after) - set(before)),
        "removed": sorted(set(before) - set(after)),
        "changed": sorted(k for k in set(before) & set(after) if before[k] != after[k]),
    }
    return {name: ids for name, ids in found.items() if ids}


def _read(version: str) -> Mapping[str, str]:
    parts = version.split(".")
    if any(len(part) != _ID + _SUM for part in parts):
        raise InvalidFields({"version": "the version of the group, as it was read"})
    return {part[:_ID]: part[_ID:] for part in parts}


def _sum(media: Media) -> str:
    said: list[Any] = [plain(getattr(media, name)) for name in _FIELDS]
    return hashlib.sha256(repr(said).encode(errors="replace")).hexdigest()[:_SUM]
