"""The document of a new picture: what was sent of it, what its file says, and the sums of both."""

import hashlib
from collections.abc import Mapping
from typing import Any

from ..application.models import Application
from ..errors import InvalidFields
from ..imaging import Picture
from .described import Described
from .facts import facts_of
from .models import Media
from .publishing import whole_about


def check_sums(data: bytes, clean: Mapping[str, Any]) -> None:
    """InvalidFields where the md5 or the sha256 that was sent is not that of the bytes."""
    for name in set(clean) & {"md5", "sha256"}:
        actual = hashlib.new(name, data, usedforsecurity=False).hexdigest()
        if clean[name] != actual:
            raise InvalidFields({name: f"the file's {name} is {actual}, not {clean[name]}"})


def with_proposals(
    application: Application,
    clean: Mapping[str, Any],
    about: Mapping[str, Any] | None,
    proposals: Mapping[str, Any],
) -> dict[str, Any]:
    """The properties with what the file proposes, in the way that the application wants it.

    `about`: already checked. InvalidFields for what the application requires and is lacking.
    """
    whole = {**clean, "embedded": proposals}
    whole["about"] = whole_about(application, about or {}, proposals)
    if application.default_option("embedded", "propose") == "take":
        whole.setdefault("keywords", proposals.get("keywords", []))
    return whole


def new_document(
    application: Application,
    data: bytes,
    picture: Picture | Described,
    clean: Mapping[str, Any],
    identifier: str,
) -> Media:
    """The media of these bytes, pending and not stored. `clean`: as `with_proposals` gives it."""
    media = Media(
        id=identifier,
        application=application.id,
        name=clean.get("name", identifier),
        keywords=clean.get("keywords", []),
        metadata=clean.get("metadata", {}),
        external_id=clean.get("external_id"),
        about=clean.get("about", {}),
        embedded=clean.get("embedded", {}),
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        width=picture.width,
        height=picture.height,
        format=picture.format,
    )
    for name, values in facts_of(media.name, media.keywords, media.metadata, media.about).items():
        setattr(media, name, values)
    return media
