"""P2: free metadata as rows of a form, a key and a value each; and the place of a picture.

What nobody touched stays what it is: a text of digits is no number afterwards.
"""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from ...errors import InvalidFields
from .languages import gettext

SPARE_ROWS = 2
_DEGREES = ("latitude", "longitude")


def shown_metadata(metadata: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Key and value of each row; what is no text as JSON."""
    return [(key, _text(value)) for key, value in metadata.items()]


def changed_metadata(form: MultiDict[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """`metadata` as the form has it, where it is another than the known one; else nothing."""
    if "metadata_key" not in form:
        return {}
    keys, values = form.getlist("metadata_key"), form.getlist("metadata_value")
    named: dict[str, Any] = {}
    for sent_key, sent_text in zip(keys, values, strict=False):
        key, text = sent_key.strip(), sent_text.replace("\r\n", "\n")
        if not key and text.strip():
            raise InvalidFields(
                {
                    "metadata": gettext("Name what this value is: “%(value)s”.")
                    % {"value": text[:60]}
                }
            )
        if not key or not text.strip():
            continue
        named[key] = known[key] if key in known and text == _text(known[key]) else _value(text)
    return {} if named == dict(known) else {"metadata": named}


def changed_place(form: MultiDict[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """`place` as the form has it, None for none, where it is another than the known one."""
    if "place" not in form:
        return {}
    said: dict[str, Any] = {}
    if form["place"].strip():
        said["name"] = form["place"].strip()
    for name in _DEGREES:
        text = form.get(name, "").strip().replace(",", ".")
        if text:
            try:
                said[name] = float(text)
            except ValueError as exc:
                raise InvalidFields({name: gettext("Degrees are a number such as 49.61.")}) from exc
    return {} if said == dict(known) else {"place": said or None}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(text: str) -> Any:
    """Numbers, true, false, lists and objects as what they are; all else is text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, str) or value is None or len(text) > 10_000 else value
