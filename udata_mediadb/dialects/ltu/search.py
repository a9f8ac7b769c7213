"""The route of the search: by picture, with or without criteria, and by criteria alone."""

from typing import Any

from flask import Response, request

from ...application.models import Application
from ...errors import InvalidRequest
from ...media.access import readable_media
from ...media.models import Media
from ...mongo.ids import hyphened_id
from ...search.querying import Sought, find_by_criteria, find_by_picture, new_query
from ...search.request import read_search
from ...web.bodies import Upload, with_query_string
from ...web.pages import Page
from ...web.readers import read_flag, read_properties
from .answers import answer
from .body import read_body
from .extensions import expected_of, explanation, said_of, with_flip
from .fields import found_item, hit_item
from .folding import NOT_SEARCHED, SEARCH_FIELDS, fold_unknown
from .guard import searched
from .paging import ltu_envelope, ltu_page


def search_media() -> Response:
    """A bare list of what is found, best or newest first; `envelope=object` pages it.

    `explain` with a media's id does so, too, and says beside it why that one is not found.
    """
    application = searched()
    upload, warnings = _asked(read_body())
    media = _stored(upload, application)
    wanted = ltu_page(_arguments(upload), size_key="limit")
    expected = expected_of(upload.properties)
    asked = with_flip(read_search(_properties(upload)), upload.properties)
    query = new_query(application, asked, upload, Sought(media))
    page: Page[Any]
    if query.compares_pictures:
        page = find_by_picture(application, query, wanted)
        items = [
            {**hit_item(hit, application), **said_of(hit, upload.properties)} for hit in page.items
        ]
    else:
        page = find_by_criteria(application, query, wanted)
        items = [found_item(one, application) for one in page.items]
    body: Any = items
    if expected is not None or _envelope(upload, application) == "object":
        body = ltu_envelope(page, items, "search/media")
    if expected is not None:
        body["explain"] = explanation(application, asked, upload, Sought(media), expected)
    return answer(body, warnings=warnings)


def _asked(upload: Upload) -> tuple[Upload, list[str]]:
    if upload.image is None and not upload.properties:
        raise InvalidRequest("The body is empty: send media, or keywords or metadata.")
    properties, warnings = fold_unknown(upload.properties, SEARCH_FIELDS, NOT_SEARCHED)
    return Upload(upload.image, upload.filename, properties), warnings


def _stored(upload: Upload, application: Application) -> Media | None:
    """The media of the application whose id `media` holds, where it holds one."""
    if upload.image is not None or hyphened_id(upload.properties.get("url")) is None:
        return None
    media, _application = readable_media(upload.properties.pop("url"))
    if media.application != application.id:
        raise InvalidRequest("media: this application has no such media")
    return media


def _properties(upload: Upload) -> dict[str, Any]:
    """What `read_search` knows; the application is the api-key's."""
    own = ("url", "limit", "page", "page_size", "envelope", "flip", "explain")
    return {key: value for key, value in upload.properties.items() if key not in own}


def _arguments(upload: Upload) -> dict[str, Any]:
    """Page and limit, of the body or of the query; `page_size` is the same as `limit`."""
    asked = with_query_string(upload.properties)
    return {**asked, "limit": asked.get("limit", asked.get("page_size"))}


def _envelope(upload: Upload, application: Application) -> str:
    asked = request.args.get("envelope") or upload.properties.get("envelope")
    if asked is not None:
        return str(read_properties({"envelope": asked}, {"envelope": _read_envelope})["envelope"])
    return str(application.default_option("envelope", "array"))


def _read_envelope(value: Any) -> str:
    if value in ("array", "object"):
        return str(value)
    try:
        return "object" if read_flag(value) else "array"
    except ValueError as exc:
        raise ValueError("array or object") from exc
