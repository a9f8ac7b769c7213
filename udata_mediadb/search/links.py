"""The link under which the answer of a search can be come back to."""

import json
from typing import Any

from flask import request, url_for

from ..application.models import Application
from ..hosts.current import endpoint_prefix
from ..web.bodies import Upload
from .keeping import keep_query
from .query import Query

ENDPOINT = "mediadb_search"
# Servers and proxies refuse longer request lines (gunicorn: 4,094 bytes); some room for the host.
URL_MAX_CHARACTERS = 3800


def followable(upload: Upload, application: Application, query: Query, has_more: bool) -> str:
    """The URL of the same search as a GET, for the links between its pages.

    A picture that was sent is kept for that where there are further pages (`has_more`). The URL of
    the request itself where the arguments are too long for one.
    """
    if request.method == "GET" or not has_more:
        return request.url
    arguments = {name: _text(value) for name, value in upload.properties.items() if name != "url"}
    arguments["application"] = application.id
    if query.sent is not None and query.media is None and query.sha256 is not None:
        if conditions := arguments.pop("query", None):
            arguments["conditions"] = conditions
        kept = keep_query(
            application,
            query.sent,
            sha256=query.sha256,
            name=upload.filename,
            made_by_search=True,
        )
        arguments["query"] = kept.id
    url = url_for(endpoint_prefix() + ENDPOINT, _external=True, **arguments)
    return url if len(url) <= URL_MAX_CHARACTERS else request.url


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
