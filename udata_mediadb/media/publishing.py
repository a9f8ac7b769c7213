"""What an application wants to be said of its pictures: what must be, and what is by default."""

from collections.abc import Mapping
from typing import Any

from ..application.arguments import PRESET, REQUIRED
from ..application.models import Application
from ..errors import InvalidFields
from ..hosts.about import requested_about

_COORDINATES = ("latitude", "longitude")


def whole_about(
    application: Application, sent: Mapping[str, Any], embedded: Mapping[str, Any]
) -> dict[str, Any]:
    """What is said of a new media: as it was sent, else as its file says where the application
    takes that over, else as the application has it by default.

    InvalidFields names what the application requires and is lacking.
    """
    takes = application.default_option("embedded", "propose") == "take"
    preset = application.default_option(PRESET, {})
    usual = requested_about(preset) if preset else {}
    about = {**usual, **(taken_over(embedded) if takes else {}), **sent}
    require_complete(application, about)
    return {name: value for name, value in about.items() if value}


def taken_over(embedded: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says, without keywords; where it was taken only by name: coordinates tell where
    somebody lives."""
    about = {name: value for name, value in embedded.items() if name != "keywords"}
    place = about.pop("place", {})
    named = {key: value for key, value in place.items() if key not in _COORDINATES}
    return {**about, "place": named} if named else about


def require_complete(
    application: Application, about: Mapping[str, Any], changed: Mapping[str, Any] | None = None
) -> None:
    """InvalidFields where something lacks that the application requires for publication.

    `changed`: only what a change names; what lacks already hinders no change of something else.
    """
    required = application.default_option(REQUIRED, [])
    lacking = [name for name in required if not about.get(name)]
    if changed is not None:
        lacking = [name for name in lacking if name in changed]
    if lacking:
        raise InvalidFields(
            dict.fromkeys(lacking, "required by the application for publication, and lacking")
        )
