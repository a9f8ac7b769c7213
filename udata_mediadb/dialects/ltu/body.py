"""The body of a request -> picture and properties, as tolerant as clients of LTU need it.

What they send is not always what their Content-Type says; reference/ltu-dialect.md lists the cases.
"""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser

from ...errors import InvalidFields, InvalidRequest
from ...web.bodies import IMAGE_PARTS, Upload, filename_of, json_object, read_limited, require_names
from ...web.readers import parse_json

MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"
_BOUNDARY = re.compile(rb"--([^\r\n]{1,200})\r?\n")


def read_body() -> Upload:
    """The current request's picture and properties; those of `data` are merged into the others.

    `properties["url"]`: the URL that `media` holds in place of a file. An empty body is empty.
    Raises InvalidRequest for what cannot be understood, TooLarge for too much.
    """
    return read_limited(_read)


def _read(request: Request) -> Upload:
    if request.mimetype == MULTIPART and "boundary" in request.mimetype_params:
        return _of_form(request.form, request.files)
    body = request.get_data(parse_form_data=False)
    start = body.lstrip()[:2]
    if not start:
        return Upload()
    if start[:1] == b"{" or request.mimetype == "application/json":
        return Upload(properties=_properties(json_object(body)))
    if start == b"--" or request.mimetype == MULTIPART:
        return _of_form(*_parsed(body, _boundary(body)))
    if request.mimetype.startswith("image/") or request.mimetype == "application/octet-stream":
        return Upload(image=body, properties=_properties(request.args.to_dict()))
    if request.mimetype in (URLENCODED, ""):
        return _of_form(*_parsed(body, None))
    raise InvalidRequest(
        f"Send multipart/form-data or application/json, not {request.mimetype!r:.60}."
    )


def _boundary(body: bytes) -> bytes:
    """The boundary that a client forgot in its Content-Type: the first line of the body."""
    found = _BOUNDARY.match(body.lstrip())
    if found is None:
        raise InvalidRequest(
            "The form has no boundary. Let your library set the Content-Type of a form."
        )
    return found[1].rstrip()


def _parsed(
    body: bytes, boundary: bytes | None
) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    mimetype, options = URLENCODED, {}
    if boundary is not None:
        mimetype, options = MULTIPART, {"boundary": boundary.decode("latin-1")}
    parser = FormDataParser(silent=False)
    try:
        _stream, form, files = parser.parse(BytesIO(body), mimetype, len(body), options)
    except ValueError as exc:
        raise InvalidRequest(f"The form cannot be read: {exc}") from exc
    return form, files


def _of_form(form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> Upload:
    require_names(form, files)
    parts = [file for name in IMAGE_PARTS for file in files.getlist(name)]
    if len(parts) > 1:
        raise InvalidFields({"media": f"send one file, not {len(parts)}"})
    properties = _properties({key: _unquoted(value) for key, value in form.items()}, form)
    if not parts:
        return Upload(properties=properties)
    filename = filename_of(parts[0])
    # requests names a part without a file name after its field
    shown = None if filename in IMAGE_PARTS else filename
    return Upload(parts[0].read(), shown, properties)


def _properties(raw: dict[str, Any], form: Mapping[str, str] | None = None) -> dict[str, Any]:
    properties = dict(raw)
    data = properties.pop("data", None)
    if form is not None and "data" in form:
        data = form["data"]
    if isinstance(data, str):
        data = _read_data(data)
    if data is not None and not isinstance(data, dict):
        raise InvalidFields({"data": "a JSON object"})
    properties |= data or {}
    for part in IMAGE_PARTS:
        value = properties.pop(part, None)
        if value is not None and value != "":
            properties.setdefault("url", value)
    return properties


def _read_data(text: str) -> Any:
    """The JSON of a `data` part, also within quotes and with escaped quotes, as some clients do."""
    text = text.strip()
    if not text:
        return {}
    try:
        value = parse_json(text)
        return parse_json(value) if isinstance(value, str) else value
    except ValueError as exc:
        inner = _unquoted(text)
        for attempt in (inner, inner.replace('\\"', '"')):
            try:
                return parse_json(attempt)
            except ValueError:
                continue
        raise InvalidFields({"data": str(exc)}) from exc


def _unquoted(text: str) -> str:
    """Without one pair of quotes around it."""
    stripped = text.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "\"'":
        return stripped[1:-1]
    return text
