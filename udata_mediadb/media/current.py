"""Where a request meets the storing of its picture."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app

from ..application.models import Application
from ..hosts.related import Related
from ..indexing.current import note_added
from ..web.bodies import Upload, image_of
from .describer import describe_if_due
from .ingest import Ingest, add_media
from .models import Media


def current_ingest() -> Ingest:
    """What storing a picture needs, for the current app."""
    ingest: Ingest = current_app.extensions["mediadb"].new_ingest()
    return ingest


def add_upload(
    application: Application,
    upload: Upload,
    properties: Mapping[str, Any],
    owner: str | None,
    related: Sequence[Related] = (),
) -> Media:
    """Store the picture of a request; raises what `image_of` and `add_media` raise."""
    media = add_media(
        current_ingest(),
        application,
        image_of(upload),
        properties,
        filename=upload.filename,
        owner=owner,
        related=related,
    )
    describe_if_due(application)
    note_added(application.id, application.signatures)
    return media
