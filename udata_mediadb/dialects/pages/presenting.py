"""A media as pages show it."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...application.models import Application
from ...media.about import represent_about
from ...media.links import links
from ...media.models import Media
from ...web.readers import plain
from .languages import gettext, marked

_SHOWN = ("id", "name", "width", "height", "format", "size", "created_at")
_ABOUT = {
    "description": marked("Description"),
    "creator": marked("By"),
    "credit": marked("Credit"),
    "source": marked("Source"),
    "rights": marked("Rights"),
    "taken_at": marked("Taken"),
}


def presented(found: Sequence[Media], library: Application) -> list[dict[str, Any]]:
    """What is known of each, with its links; all of one library."""
    linked = links(found, {library.id: library})
    return [{**_one(media), **linked[media.id]} for media in found]


def _one(media: Media) -> dict[str, Any]:
    about = represent_about(media.about or {}, media.name)
    said = [(gettext(text), str(about[name])) for name, text in _ABOUT.items() if about[name]]
    if about["licence"]:
        said.append((gettext("Licence"), about["licence"]["title"] or about["licence"]["id"]))
    if about["place"]:
        said.append((gettext("Place"), _place(about["place"])))
    unnamed = gettext("Picture without a name, added on %(day)s") % {
        "day": media.created_at.strftime("%Y-%m-%d")
    }
    return {
        **{name: getattr(media, name) for name in _SHOWN},
        "title": about["title"] or media.name or unnamed,
        "alt": about["alt"] or about["title"] or media.name or unnamed,
        "keywords": list(media.keywords),
        "metadata": plain(media.metadata) if media.metadata else {},
        "about": said,
    }


def _place(place: Mapping[str, Any]) -> str:
    """The name, then the degrees where they are known."""
    degrees = [place.get("latitude"), place.get("longitude")]
    shown = "" if None in degrees else f"{degrees[0]}, {degrees[1]}"
    return " · ".join(filter(None, (place.get("name") or "", shown)))
