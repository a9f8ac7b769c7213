"""What tus 1.0.0 has in headers: which of it the portal speaks, said and asked.

Core, creation (also with the first part), checksum, termination and expiration
(https://tus.io/protocols/resumable-upload). What a client asks for beyond that is refused: a part
that was to be joined with others is not taken as it is.
"""

import hashlib
import hmac
from base64 import b64decode

from flask import Flask, Response, request

from ...errors import ChecksumMismatch, InvalidFields, PreconditionFailed
from ...web.bodies import FORM_TYPES, read_upload, refuse_body
from .uploads import MAX_BYTES, VERSION

PART = "application/offset+octet-stream"
ENDPOINTS = ("mediadb_uploads", "mediadb_upload")
_ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
_SPOKEN = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,creation-with-upload,checksum,termination,expiration",
    "Tus-Max-Size": str(MAX_BYTES),
    "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
}
_OTHERS = {"Upload-Concat": "concatenation", "Upload-Defer-Length": "creation-defer-length"}
_DIGITS = 15
_NAME_LENGTH = 255


def tell(app: Flask) -> None:
    """Every answer of these routes has the version, errors too; OPTIONS says what is spoken."""

    def head(response: Response) -> Response:
        if (request.endpoint or "").rpartition(".")[2] in ENDPOINTS:
            response.headers["Tus-Resumable"] = VERSION
            if request.method == "OPTIONS":
                response.headers.update(_SPOKEN)
            elif response.status_code == PreconditionFailed.status:
                response.headers["Tus-Version"] = VERSION
        return response

    app.after_request(head)


def require_spoken() -> None:
    """PreconditionFailed for another version, InvalidFields for what no extension here does."""
    version = request.headers.get("Tus-Resumable", VERSION)
    if version != VERSION:
        raise PreconditionFailed(f"tus {VERSION} is spoken here, not {version!r:.40}.")
    for header, extension in _OTHERS.items():
        if header in request.headers:
            raise InvalidFields({header: f"the extension {extension} of tus is not spoken here"})


def number(header: str) -> int:
    """Of a header; InvalidFields for anything but digits."""
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise InvalidFields({header: "a whole number of bytes"})
    return int(text)


def metadata() -> dict[str, str]:
    """What `Upload-Metadata` says; a key may stand without a value, and stands once."""
    found: dict[str, str] = {}
    pairs = request.headers.get("Upload-Metadata", "").split(",")
    for pair in filter(None, map(str.strip, pairs)):
        key, _, value = pair.partition(" ")
        if key in found:
            raise InvalidFields({"Upload-Metadata": "each key stands once"})
        try:
            found[key] = b64decode(value, validate=True).decode()
        except ValueError as exc:
            raise InvalidFields({"Upload-Metadata": "values are Base64 of UTF-8"}) from exc
    return found


def filename() -> str | None:
    """Of the file, as its client says; None where it says none."""
    return metadata().get("filename", "")[:_NAME_LENGTH] or None


def first_part() -> bytes:
    """What comes with the request that begins an upload; nothing, usually."""
    is_form = request.mimetype in FORM_TYPES and bool(request.content_length)
    if request.mimetype != PART and not is_form:
        refuse_body()
        return b""
    data = read_upload().image
    if data is None:
        raise InvalidFields({"file": f"send bytes as {PART}"})
    check_sum(data)
    return data


def check_sum(data: bytes) -> None:
    """ChecksumMismatch where `Upload-Checksum` is of other bytes."""
    said = request.headers.get("Upload-Checksum")
    if said is None:
        return
    algorithm, _, value = said.partition(" ")
    if algorithm not in _ALGORITHMS:
        raise InvalidFields({"Upload-Checksum": f"one of {', '.join(_ALGORITHMS)}, and Base64"})
    try:
        wanted = b64decode(value, validate=True)
    except ValueError as exc:
        raise InvalidFields({"Upload-Checksum": "the sum is Base64"}) from exc
    if not hmac.compare_digest(wanted, hashlib.new(algorithm, data).digest()):
        raise ChecksumMismatch("This part is not what was sent: send it again.")
