"""The link under which the answer of a search can be come back to."""

import hashlib
import json
from typing import Any

from flask import request, url_for

from ..application.models import Application
from ..hosts.current import endpoint_prefix
from ..imaging import Region
from ..web.bodies import Upload
from .keeping import keep_query
from .kept import describe_region
from .models import KeptQuery
from .query import Query
from .querying import sent_picture
from .sent import SentPicture

ENDPOINT = "mediadb_search"
# Servers and proxies refuse longer request lines (gunicorn: 4,094 bytes); some room for the host.
URL_MAX_CHARACTERS = 3800


def followable(
    upload: Upload,
    application: Application,
    query: Query,
    region: Region | None,
    *,
    has_more: bool,
) -> str:
    """The URL of the same search as a GET, for the links between its pages.

    A picture that was sent is kept for that where there are further pages (`has_more`), with its
    `region` as it was described. The URL of the request itself where the arguments are too long
    for one.
    """
    if request.method == "GET" or not has_more:
        return request.url
    arguments = {name: _text(value) for name, value in upload.properties.items() if name != "url"}
    arguments["application"] = application.id
    if query.data is not None and query.sent is not None:
        if conditions := arguments.pop("query", None):
            arguments["conditions"] = conditions
        kept = _kept(upload.filename, application, query.data, query.sent, region)
        arguments["query"] = kept.id
    url = url_for(endpoint_prefix() + ENDPOINT, _external=True, **arguments)
    return url if len(url) <= URL_MAX_CHARACTERS else request.url


def _kept(
    name: str | None,
    application: Application,
    data: bytes,
    sent: SentPicture,
    region: Region | None,
) -> KeptQuery:
    sha256 = hashlib.sha256(data).hexdigest()
    whole = sent if region is None else sent_picture(data, sha256)
    kept = keep_query(application, whole, sha256=sha256, name=name, data=data, made_by_search=True)
    if region is not None:
        describe_region(kept, application, region, sent)
    return kept


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
