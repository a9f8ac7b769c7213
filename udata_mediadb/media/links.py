"""Links to the files of a media, and the check of those that are signed."""

import time
from typing import Any

from flask import current_app, request, url_for

from ..application.models import Application
from ..authentication.keyring import current_keyring
from ..crypto.signatures import is_signature, sign
from ..hosts.current import endpoint_prefix
from .files import Kind
from .models import Media

FILE_ENDPOINT = "mediadb_media_file"
MEDIA_ENDPOINT = "mediadb_media"
PURPOSE = "file-link"  # of the signature


def media_uri(media: Media) -> str:
    """Where the API has the media itself."""
    return url_for(_endpoint(MEDIA_ENDPOINT), media=media.id, _external=True)


def file_url(media: Media, application: Application, kind: Kind) -> str:
    """The absolute link to a file; signed, with an end, where the application is not public.

    The end moves in steps of the lifetime, so the link of a picture stays the same for a while
    and browsers can keep what they fetched.
    """
    arguments = link_arguments(media, application, kind)
    return url_for(_endpoint(FILE_ENDPOINT), media=media.id, kind=kind, _external=True, **arguments)


def link_arguments(media: Media, application: Application, kind: Kind) -> dict[str, Any]:
    """The query of a link to a file, for `is_signed`; none where the application is public."""
    if application.public:
        return {}
    lifetime = int(current_app.config["MEDIADB_LINK_LIFETIME_S"])
    expires = (int(time.time()) // lifetime + 2) * lifetime
    signature = sign(_message(media.id, kind, expires), current_keyring(), PURPOSE)
    return {"expires": expires, "signature": signature}


def is_signed(media: str, kind: str) -> bool:
    """Whether this request's link to a file of the media is one that we signed and not ended."""
    expires, signature = request.args.get("expires", ""), request.args.get("signature", "")
    if not (expires.isascii() and expires.isdigit() and len(expires) < 16):
        return False
    message = _message(media, kind, int(expires))
    is_ours = is_signature(signature, message, current_keyring(), PURPOSE)
    return is_ours and int(expires) > time.time()


def _message(media: str, kind: str, expires: int) -> str:
    return f"{media} {kind} {expires}"


def _endpoint(name: str) -> str:
    prefix = endpoint_prefix()
    return prefix + name
