"""P2: where a picture stands in the list that one came from, with its neighbours there."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from ...application.models import Application
from ...errors import MediaDBError
from ...media.models import Media
from ...web.pages import PageRequest
from .figures import figure
from .listing import listed

AT = "at"  # the place in the list, from 1; the list itself is named as on its own page
_NO_LIST = (AT, "page", "removed", "changed", "narrow", "lang")


def naming(offset: int) -> Callable[[int], str]:
    """What is added to the address of the nth picture of this page of a list."""
    pairs = _pairs()

    def at(number: int) -> str:
        return urlencode([*pairs, (AT, offset + number)])

    return at


def place_in_list(library: Application, media: Media) -> dict[str, Any] | None:
    """Its number, how many there are, and the links; None where no list is named, or another
    picture has its place by now."""
    text = request.args.get(AT, "")
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 9 and int(text)):
        return None
    number = int(text)
    try:
        here, total = _at(library, number)
        if here is None or here.id != media.id:
            return None
        before = _at(library, number - 1)[0] if number > 1 else None
        after = _at(library, number + 1)[0] if number < total else None
    except MediaDBError:  # such as a filter that somebody typed
        return None
    return {
        "number": figure(number),
        "total": figure(total),
        "previous": _link(library, before, number - 1),
        "next": _link(library, after, number + 1),
        "list": f"{url_for('.pictures', application=library.id)}?{urlencode(_pairs())}",
    }


def _at(library: Application, number: int) -> tuple[Media | None, int]:
    page, _ = listed(library, MultiDict(_pairs()), PageRequest(number, 1))
    return (page.items[0] if page.items else None), page.total


def _link(library: Application, media: Media | None, number: int) -> str | None:
    if media is None:
        return None
    where = url_for(".picture", application=library.id, media=media.id)
    return f"{where}?{urlencode([*_pairs(), (AT, number)])}"


def _pairs() -> list[tuple[str, str]]:
    return [(k, v) for k, v in request.args.items(multi=True) if v and k not in _NO_LIST]
