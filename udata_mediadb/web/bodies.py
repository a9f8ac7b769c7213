"""A request -> the image and the properties in it.

The image is a file part, a raw image body, or is named by `url`; properties are form fields beside
the file, or JSON. Nothing is read beyond the byte limit.
"""

import base64
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Request, Response, after_this_request, current_app, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from ..errors import InvalidFields, InvalidRequest, TooLarge
from ..fetching import fetch
from .arguments import shown
from .contract import FILE_PARTS, Held, check_body, check_form, current_contract
from .readers import parse_json

IMAGE_PARTS = FILE_PARTS
FORM_TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")
BYTES = "application/octet-stream"  # what clients say that do not know, of JSON as well
FIELDS_MAX_BYTES = 1024 * 1024  # room for the form fields beside the file

_JOINERS = "\u200c\u200d"  # of emoji and of Indic and Persian letters
# After a refusal the rest of the body is read away for a moment: a client that is still sending
# would otherwise see a reset connection in place of the answer. Until it is silent for so long, but
# no longer than that.
SILENCE_S, LINGER_S = 2.0, 10.0
LINGER_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """What a request carries. `image`: bytes as sent, None where it has no file.

    `further`: other files of the same form, where the contract lets it have several; with the same
    properties."""

    image: bytes | None = None
    filename: str | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    further: tuple["Upload", ...] = ()

    @property
    def has_picture(self) -> bool:
        """Whether it holds a picture, or names one by `url`."""
        return self.image is not None or bool(self.properties.get("url"))


def read_upload() -> Upload:
    """The current request's file and properties.

    Raises TooLarge before reading too much, InvalidRequest for what cannot be understood.
    """
    return read_limited(_read)


def read_limited(read: Callable[[Request], Upload]) -> Upload:
    """What `read` makes of the current request; TooLarge before it has read too much."""
    limit = int(current_app.config["MEDIADB_UPLOAD_MAX_BYTES"])
    request.max_content_length = limit + FIELDS_MAX_BYTES
    if (request.content_length or 0) > request.max_content_length:
        raise refuse_size(limit)
    try:
        upload = read(request)
    except RequestEntityTooLarge as exc:
        raise refuse_size(limit) from exc
    if upload.image is not None and len(upload.image) > limit:
        raise refuse_size(limit)
    return upload


def read_object(held: Held = None) -> dict[str, Any]:
    """The current request's JSON object, or its form fields; an empty body is an empty object.

    With what may stand in the query string as well; `held` and what is raised: see `check_body`.
    """
    request.max_content_length = FIELDS_MAX_BYTES
    if (request.content_length or 0) > FIELDS_MAX_BYTES:
        raise refuse_size(FIELDS_MAX_BYTES)
    try:
        if request.mimetype in FORM_TYPES:
            require_names(request.form, request.files)
            return check_form(request.form.lists(), request.files, held)
        return check_body(json_object(request.get_data()), held)
    except RequestEntityTooLarge as exc:
        raise refuse_size(FIELDS_MAX_BYTES) from exc


def refuse_body() -> None:
    """InvalidRequest or InvalidFields where the current request has a body that says something."""
    if request.content_length or "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        read_object()


def with_query_string(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties of a body and arguments of the URL in one, for routes that take either."""
    return {**properties, **request.args.to_dict()}


def image_of(upload: Upload) -> bytes:
    """The uploaded image, or the one that `url` names; InvalidRequest where there is neither."""
    url = upload.properties.get("url")
    if upload.image is not None:
        if url:
            raise InvalidFields({"url": "send a file or a url, not both"})
        if not upload.image:
            raise InvalidFields({"image": "the file is empty"})
        return upload.image
    if url is None or url == "":
        raise InvalidFields({"image": "send a file part named image, or a url"})
    if not isinstance(url, str):
        raise InvalidFields({"url": "a url is text"})
    if url[:5].lower() == "data:":
        return _inline(url)
    config = current_app.config
    fetched = fetch(
        url,
        max_bytes=config["MEDIADB_UPLOAD_MAX_BYTES"],
        deadline_s=config["MEDIADB_FETCH_DEADLINE_S"],
        allow=tuple(config["MEDIADB_FETCH_ALLOW"]),
    )
    return fetched.data


def _inline(url: str) -> bytes:
    """The bytes of a `data:` URI (RFC 2397)."""
    head, comma, data = url[5:].partition(",")
    try:
        if not comma:
            raise ValueError("no comma")
        content = unquote_to_bytes(data)
        if head.lower().endswith(";base64"):
            content = base64.b64decode(b"".join(content.split()), validate=True)
    except ValueError as exc:
        raise InvalidFields({"url": "a data: URI such as data:image/png;base64,…"}) from exc
    if not content:
        raise InvalidFields({"url": "the data: URI is empty"})
    return content


def refuse_size(limit: int) -> TooLarge:
    """The error for a body over `limit` bytes; the rest of it is read away after the answer.

    Whether the connection ends is the server's to say (PEP 3333, on hop-by-hop headers).
    """
    environ = request.environ

    @after_this_request
    def linger(response: Response) -> Response:
        response.call_on_close(lambda: _read_away(environ))
        return response

    return TooLarge(f"The upload is over the limit of {limit} bytes.")


def _read(request: Request) -> Upload:
    kind = request.mimetype
    if kind in FORM_TYPES:
        return _read_form(request)
    body = request.get_data()
    if current_contract().any_file and kind not in ("application/json", BYTES, ""):
        return Upload(image=body, properties=check_body({}))
    if kind.startswith("image/") or (kind == BYTES and not _is_object(body)):
        return Upload(image=body, properties=check_body({}))
    if not body.strip():
        raise InvalidRequest("The body is empty: send a file part named image, or JSON.")
    return Upload(properties=check_body(json_object(body)))


def _is_object(body: bytes) -> bool:
    return body.lstrip()[:1] == b"{"  # no format of pictures begins so


def require_names(form: Iterable[str | None], files: Iterable[str | None]) -> None:
    """Raise InvalidRequest for a part of a form whose name is missing or cannot be read."""
    if None in (*form, *files):
        raise InvalidRequest("A part of the form has no name that can be read.")


def _read_form(request: Request) -> Upload:
    require_names(request.form, request.files)
    properties = check_form(request.form.lists(), request.files)
    files = [file for part in IMAGE_PARTS for file in request.files.getlist(part)]
    most = current_contract().files_max
    if len(files) > most:
        wanted = "one file" if most == 1 else f"at most {most} files"
        raise InvalidFields({"image": f"send {wanted}, not {len(files)}"})
    if not files:
        if not properties:
            raise InvalidRequest("The form is empty: send a file part named image, or a url.")
        return Upload(properties=properties)
    first, *further = (Upload(one.read(), filename_of(one), properties) for one in files)
    return replace(first, further=tuple(further))


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body, {} for an empty one; InvalidRequest, InvalidFields for others."""
    if not body.strip():
        return {}
    try:
        value = parse_json(body)
    except ValueError as exc:
        raise InvalidRequest(f"The body is {exc}") from exc
    if not isinstance(value, dict):
        raise InvalidFields({"request": "expecting a JSON object"})
    if b"\\ud" in body.lower():
        _require_unicode(value)
    return value


def _require_unicode(value: dict[str, Any]) -> None:
    """InvalidFields names what has lone surrogates, which JSON can write and nothing can store."""
    errors = {}
    for name, one in value.items():
        try:
            json.dumps([name, one], ensure_ascii=False).encode()
        except UnicodeEncodeError:
            errors[shown(name)] = "text is valid Unicode (no lone surrogates)"
    if errors:
        raise InvalidFields(errors)


def filename_of(file: FileStorage) -> str | None:
    """The last part of the client's file name, for show only; never used as a path.

    Quotes come as browsers write them (HTML, multipart/form-data encoding algorithm).
    """
    name = (file.filename or "").replace("%22", '"').replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if c.isprintable() or c in _JOINERS).strip()
    return name[:255] or None


def _read_away(environ: dict[str, Any]) -> None:
    connection = environ.get("gunicorn.socket")
    if connection is None:
        return  # another server; it has its own way of closing
    end = time.monotonic() + LINGER_S
    left = LINGER_BYTES
    try:
        while left > 0 and (remaining := end - time.monotonic()) > 0:
            connection.settimeout(min(SILENCE_S, remaining))
            block = connection.recv(65536)
            if not block:
                return
            left -= len(block)
    except OSError:
        return  # gone, or silent for too long
