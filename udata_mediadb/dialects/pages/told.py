"""What the API says, in the language of the page: its messages are English, and are what they are.

Each template has the places of what changes (`%(a)s`); a message that none fits is told as it is.
"""

import re
from functools import cache

from .api_texts import TEXTS as OF_LIBRARIES
from .api_texts_of_pictures import TEXTS as OF_PICTURES
from .languages import gettext

TEXTS = OF_LIBRARIES + OF_PICTURES
_FIELD = re.compile(r"^[\w.-]{1,60}: ")
_PLACE = re.compile(r"%\\\((\w)\\\)s")


def told(message: str) -> str:
    """The message in the language of this page; of one that names fields, what it says of them."""
    found = _found(message)
    if found is not None:
        return found
    parts = [_found(_FIELD.sub("", part)) for part in message.split("; ")]
    return "; ".join(filter(None, parts)) if all(parts) else message


def _found(message: str) -> str | None:
    exact, patterns = _known()
    if message in exact:
        return gettext(message)
    for template, pattern in patterns:
        found = pattern.fullmatch(message)
        if found:
            places = {name: _found(text) or text for name, text in found.groupdict().items()}
            return gettext(template) % places
    return None


@cache
def _known() -> tuple[frozenset[str], list[tuple[str, re.Pattern[str]]]]:
    exact = frozenset(text for text in TEXTS if "%(" not in text)
    return exact, [(text, _pattern(text)) for text in TEXTS if "%(" in text]


def _pattern(template: str) -> re.Pattern[str]:
    text = re.escape(template).replace("%%", "%")
    return re.compile(_PLACE.sub(r"(?P<\1>.+?)", text), re.DOTALL)
