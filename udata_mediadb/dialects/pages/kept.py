"""The kept query that an address names, and the part of it that is looked for."""

from flask import request

from ...application.models import Application
from ...errors import InvalidFields, NotFound
from ...imaging import Region
from ...search.keeping import find_query
from ...search.models import KeptQuery
from ...search.regions import PERCENT, as_text, part_of, read_region
from .languages import gettext, marked
from .visitor import look_at

_ENDED = marked("This search has ended, or it is somebody else's. Choose the picture once more.")
_SIDES = ("left", "top", "width", "height")  # the fields of the form, in percent


def kept_query(query: str) -> tuple[KeptQuery, Application]:
    """A query of this visitor's, and where it is asked; NotFound says what to do next."""
    found = KeptQuery.objects(id=query[:64]).only("application").first()
    library = Application.objects(id=found.application).first() if found else None
    if library is None:
        raise NotFound(gettext(_ENDED))
    look_at(library)
    try:
        return find_query(query), library
    except NotFound:
        raise NotFound(gettext(_ENDED)) from None


def asked_region() -> str | None:
    """The region of this address in the API's form, None for the whole picture.

    From `region`, or from the fields of the form, with which the browser makes an address.
    """
    text = request.args.get("region", "").strip()
    fields = [request.args.get(name, "").strip() for name in _SIDES]
    if not text and all(fields):
        text = PERCENT + ",".join(fields)
    if not text:
        return None
    region = read_asked(text)
    return as_text(region) if region else None


def read_asked(text: str | None) -> Region | None:
    """The region of this text, None for none and for the whole picture."""
    if not text:
        return None
    try:
        return part_of(read_region(text))
    except ValueError as exc:
        raise InvalidFields({"region": str(exc)}) from exc


def frame_of(region: Region | None) -> dict[str, float] | None:
    """The sides of a region in percent, as the form has them."""
    if region is None:
        return None
    sides = (region.x, region.y, region.width, region.height)
    return {name: round(side * 100, 1) for name, side in zip(_SIDES, sides, strict=True)}
