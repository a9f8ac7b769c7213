"""Where the settings of the app meet the storing of pictures, and their describing later."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app

from ..application.models import Application
from ..application.quotas import Quotas
from ..related import Related
from ..state import current_mediadb
from ..uploads import Upload, image_of
from .ingest import Ingest, add_media
from .models import Media


def current_ingest() -> Ingest:
    """What storing a picture needs, for the current app."""
    state, config = current_mediadb(), current_app.config
    return Ingest(
        storage=state.storage,
        methods=state.methods,
        max_pixels=config["MEDIADB_IMAGE_MAX_PIXELS"],
        thumbnail_side_px=config["MEDIADB_THUMBNAIL_SIDE_PX"],
        quotas=Quotas(config["MEDIADB_QUOTA_MEDIA"], config["MEDIADB_QUOTA_BYTES"]),
    )


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
    keep_described(application)
    current_mediadb().catalogs.note_added(application.id, application.signatures)
    return media


def keep_described(application: Application) -> None:
    """Start to compute the descriptions that the application lacks; at once back.

    Called wherever an application is used: whatever stopped an earlier run, one of them goes on.
    """
    current_mediadb().describer.start_if_due(current_ingest(), application)
