"""Files of an import come in pieces, and go on where they were: for the script of P9.

What tus does for the API (`uploads/`), with the session and the forms of the pages.
"""

from typing import Any

from flask import Request, jsonify, request
from flask.typing import ResponseReturnValue

from ...authorization.caller import require_active
from ...errors import InvalidFields, MediaDBError, NotFound
from ...media.files import current_storage
from ...operations.imports import uploads
from ...operations.imports.models import ResumableUpload
from ...web.bodies import Upload, read_limited
from .csrf import require_own_form
from .told import told
from .visitor import editable

_NAME_LENGTH = 255


def begin_upload(application: str) -> ResponseReturnValue:
    """A new one: its id, to which pieces are sent."""
    try:
        require_own_form()
        library = editable(application)
        require_active(library)
        name = request.form.get("name", "")[:_NAME_LENGTH] or None
        return _answer(uploads.begin(library.id, _number("length"), name))
    except MediaDBError as error:
        return _refused(error)


def upload_state(application: str, upload: str) -> ResponseReturnValue:
    """How much of it is there."""
    try:
        return _answer(_find(application, upload))
    except MediaDBError as error:
        return _refused(error)


def add_piece(application: str, upload: str) -> ResponseReturnValue:
    """One piece more."""
    try:
        sent = read_limited(_read)
        require_own_form()
        found = _find(application, upload)
        piece = sent.image or b""
        uploads.add(current_storage(), found, _number("offset"), piece)
        return _answer(found)
    except MediaDBError as error:
        return _refused(error)


def _read(sent: Request) -> Upload:
    file = sent.files.get("piece")
    return Upload(file.read() if file else None)


def _find(application: str, upload: str) -> ResumableUpload:
    library = editable(application)
    found = uploads.find(upload)
    if found.application != library.id:
        raise NotFound(f"There is no upload {upload!r:.60}.")
    return found


def _answer(upload: ResumableUpload) -> ResponseReturnValue:
    return jsonify(id=upload.id, offset=upload.offset, length=upload.length)


def _refused(error: MediaDBError) -> ResponseReturnValue:
    """For the script, which says it on the page."""
    said: dict[str, Any] = getattr(error, "errors", None) or {"": error.message}
    return jsonify(message=" ".join(told(str(one)) for one in said.values())), error.status


def _number(field: str) -> int:
    text = request.form.get(field, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise InvalidFields({field: "a whole number of bytes"})
    return int(text)
