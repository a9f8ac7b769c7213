"""The files of a media, at paths of the shape of LTU's storage."""

from flask import Response

from ...errors import NotFound
from ...media.access import readable_media
from ...media.files import Kind
from ...media.serving import serve


def serve_file(key: str, media: str, kind: Kind) -> Response:
    """The picture or the thumbnail; with a signed link, or for whoever may read it."""
    found, application = readable_media(media, file=kind)
    if application.public_key != key:
        raise NotFound(f"There is no media {media!r:.60}.")
    return serve(found, kind, public=application.public)
