"""The picture that the search page offers for trying it out."""

import hashlib
from pathlib import Path

from flask import Response, current_app, redirect, request, url_for

from ...authorization.caller import require_active, require_allowed
from ...errors import NotFound
from ...search.keeping import find_same, keep_query
from ...search.querying import sent_picture
from .visitor import searched_library

_AT_LEAST_S = 3600.0  # an hour to look at what was found


def try_sample() -> Response:
    """To what is found by it; the query is kept once and used by all who follow the link."""
    path = _sample()
    library = searched_library(request.args.get("application"))
    require_allowed("search", library)
    require_active(library)
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    kept = find_same(library, sha256, at_least_s=_AT_LEAST_S) or keep_query(
        library, sent_picture(data, sha256), sha256=sha256, name=path.name
    )
    return redirect(url_for(".results", query=kept.id), 303)  # type: ignore[return-value]


def sample_picture() -> Response:
    """The picture itself."""
    return Response(_sample().read_bytes(), mimetype="image/jpeg")


def _sample() -> Path:
    path = current_app.config["MEDIADB_PAGES_SAMPLE"]
    if path is None:
        raise NotFound("There is no such page.")
    return Path(path)
