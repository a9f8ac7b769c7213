"""The pixels of a stored picture: for a search with it whose description leaves a doubt."""

import logging

from ..errors import MediaDBError
from ..imaging import Picture
from ..media.current import current_ingest
from ..media.models import Media
from ..media.serving import original_of

log = logging.getLogger(__name__)


def pixels_of(media: Media, *, in_request: bool = False) -> Picture | None:
    """Decoded as for its description; None, and a warning, where its file cannot be read."""
    try:
        return current_ingest().decode_stored(original_of(media), in_request=in_request)
    except MediaDBError as exc:
        log.warning("media %s is compared by its description alone: %s", media.id, exc)
        return None
