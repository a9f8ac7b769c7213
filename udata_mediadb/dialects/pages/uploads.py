"""The form of a search: a file, or the address of a picture."""

import re

from flask import Request

from ...errors import InvalidFields
from ...web.bodies import Upload, filename_of, read_limited

_FIELDS = ("url", "media", "application")
_WITHOUT_SCHEME = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/|\?|$)")  # portal.example/picture.jpg


def read_form() -> Upload:
    """What the form of this request holds; a file field that was left empty is none."""
    return read_limited(_read)


def _read(request: Request) -> Upload:
    properties = {name: value for name in _FIELDS if (value := request.form.get(name, "").strip())}
    if _WITHOUT_SCHEME.match(properties.get("url", "")):
        properties["url"] = f"https://{properties['url']}"
    files = [file for file in request.files.getlist("image") if file.filename]
    if len(files) > 1:
        raise InvalidFields({"image": "choose one picture"})
    if not files:
        return Upload(properties=properties)
    return Upload(files[0].read(), filename_of(files[0]), properties)
