"""Where LTU's forms have what is said of a picture: fields of their own, and keys of the metadata.

The keys begin with `about:`, so that they take nothing from metadata that clients have already.
"""

from collections.abc import Mapping
from typing import Any

from ...errors import InvalidFields
from ...hosts.about import ABOUT, PUBLISHING, requested_about
from ...media.about import represent_about
from ...media.facts import PREFIX
from ...media.models import Media
from ...mongo.clock import utc
from ...web.readers import plain, read_metadata

FIELDS = frozenset(one.name for one in (*ABOUT, *PUBLISHING))


def split_about(properties: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The properties without what is said of the picture, and that, checked.

    A field of its own is more than the same in the metadata. InvalidFields as in the other dialect.
    """
    kept = {name: value for name, value in properties.items() if name not in FIELDS}
    said = {name: value for name, value in properties.items() if name in FIELDS}
    metadata = _metadata(kept.get("metadata"))
    named = {key.removeprefix(PREFIX): key for key in metadata if key.startswith(PREFIX)}
    if unknown := sorted(set(named) - FIELDS - {"attribution"}):
        raise InvalidFields({"metadata": f"{PREFIX}{unknown[0]:.40}: no field of a media"})
    if named:
        said = {**{name: metadata[key] for name, key in named.items() if name in FIELDS}, **said}
        rest = {key: value for key, value in metadata.items() if not key.startswith(PREFIX)}
        kept["metadata"] = rest
    return kept, requested_about({name: _text(value) for name, value in said.items()})


def about_fields(media: Media) -> dict[str, Any]:
    """The fields of a media beside LTU's, as the other dialect has them; times as text."""
    said = represent_about(plain(media.about), media.name)
    return {name: _shown(value) for name, value in said.items()}


def with_about(media: Media) -> dict[str, Any]:
    """Its metadata, and in it what is said of the picture; nothing where nothing is."""
    said = {f"{PREFIX}{k}": _shown(v) for k, v in plain(media.about).items() if v}
    return {**plain(media.metadata), **said}


def _shown(value: Any) -> Any:
    return utc(value).isoformat() if hasattr(value, "isoformat") else value


def _text(value: Any) -> Any:
    """Forms of this dialect have numbers where a text is meant: a year."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


def _metadata(value: Any) -> dict[str, Any]:
    if value is None or value == "":
        return {}
    try:
        return read_metadata(value)
    except ValueError as exc:
        raise InvalidFields({"metadata": str(exc)}) from exc
