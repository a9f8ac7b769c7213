"""Colours of stored pictures: of one, and of many together with how many have which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..application.models import Application
from ..errors import Unavailable
from ..indexing.versions import in_use
from ..media.models import Media
from ..recognition.colors import (
    ColorsDescription,
    background_of,
    colors_of,
    combined_colors,
    count_colors,
)
from ..recognition.registered import RegisteredSignature
from .actions import choose_signatures, stored_descriptions

NAME = "colors"
MOST_MEDIA = 10_000  # summed up at once: 2 MB of descriptions, and under a second
LATER_S = 10  # descriptions of an application's older pictures are being computed


@dataclass(frozen=True)
class Summary:
    """Colours of many pictures: of the newest `media` of `total`."""

    colors: list[dict[str, Any]]
    counts: list[dict[str, Any]]
    media: int
    total: int


def media_colors(
    registry: Mapping[str, RegisteredSignature], application: Application, media: Media
) -> dict[str, Any]:
    """The palette of one picture and what of it is background.

    InvalidFields where the application has no colors; Unavailable while they are computed.
    """
    registered = _registered(registry, application)
    for _, description in stored_descriptions(registered.signature, [media.picture_id]):
        return shown(description)
    raise Unavailable("The colours of this media are being computed.", LATER_S)


def shown(description: ColorsDescription) -> dict[str, Any]:
    """A description for JSON: `colors` without the background, heaviest first; `background`."""
    return {"colors": colors_of(description), "background": background_of(description)}


def summarize_colors(
    registry: Mapping[str, RegisteredSignature],
    application: Application,
    wanted: Mapping[str, Any],
    counted: Sequence[str],
) -> Summary:
    """Colours of the media that meet a filter of ours; `counted`: colours to count, hex or names.

    Without any the colours found are counted. InvalidFields where the application has no colors;
    ValueError for a text that names no colour.
    """
    registered = _registered(registry, application)
    found = Media.objects(__raw__=dict(wanted)).order_by("-created_at", "-id")
    shown = found.limit(MOST_MEDIA).scalar("id", "picture").no_cache()
    ids = [str(picture or media) for media, picture in shown]
    total = len(ids) if len(ids) < MOST_MEDIA else int(Media.objects(__raw__=dict(wanted)).count())
    described = [one for _, one in stored_descriptions(registered.signature, ids)]
    colors = combined_colors(described)
    counts = count_colors(described, counted or [color["hex"] for color in colors])
    return Summary(colors, counts, len(described), total)


def _registered(
    registry: Mapping[str, RegisteredSignature], application: Application
) -> RegisteredSignature:
    choose_signatures(application, [NAME])
    return registry[in_use(registry, application.described_versions, NAME)]
