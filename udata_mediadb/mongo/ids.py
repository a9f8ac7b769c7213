"""Ids: UUIDs, with hyphens for media and without for the rest; either form is accepted."""

from uuid import UUID

_FORMS = (32, 36)  # str(UUID) and UUID.hex; UUID() itself accepts braces and urn: as well


def compact_id(value: object) -> str | None:
    """32 hexadecimal digits, None for what is no id."""
    parsed = _parse(value)
    return parsed.hex if parsed else None


def hyphened_id(value: object) -> str | None:
    """The form with hyphens, None for what is no id."""
    parsed = _parse(value)
    return str(parsed) if parsed else None


def _parse(value: object) -> UUID | None:
    if not isinstance(value, str) or len(value) not in _FORMS:
        return None
    try:
        parsed = UUID(value)
    except ValueError:
        return None
    return parsed if value.lower() in (parsed.hex, str(parsed)) else None
