"""Where what a client names as related meets the portal, which knows whether it exists."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..authorization.caller import current_principal
from ..errors import InvalidFields
from ..hosts.current import current_host
from ..hosts.related import Related, loaded, read_related
from ..web.readers import read_properties
from .models import Media


def requested_related(
    properties: Mapping[str, Any], held: Collection[Related] = ()
) -> list[Related] | None:
    """The property `related` of a request, None where it is absent.

    `held`: what the media names already and may keep naming, though it be gone. InvalidFields for
    anything else that the portal has not, or that the caller may not see.
    """
    if properties.get("related") is None:
        return None
    related: list[Related] = read_properties(properties, {"related": read_related})["related"]
    _require_known([one for one in related if one not in held])
    return related


def related_references(found: Sequence[Media]) -> dict[str, list[dict[str, Any]]]:
    """What to show of all that these media name, by media, as far as the caller may see it.

    The number of queries is at most that of classes.
    """
    named = {media.id: loaded(media.related) for media in found}
    known = _references({one for related in named.values() for one in related})
    return {
        media: [known.get(one, one.bare()) for one in related] for media, related in named.items()
    }


def _require_known(related: Collection[Related]) -> None:
    if not related:
        return
    classes = current_host().related_classes
    known = _references(related)
    for one in related:
        if classes is not None and one.kind not in classes:
            accepted = f"class is one of {', '.join(classes)}"
            raise InvalidFields({"related": f"Unknown reference '{one}': {accepted}"})
        if one not in known:
            raise InvalidFields({"related": f"Unknown reference '{one.id}'"})


def _references(related: Iterable[Related]) -> dict[Related, dict[str, Any]]:
    return current_host().related_refs(related, current_principal())
