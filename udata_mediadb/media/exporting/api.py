"""The routes of exports: all that a list would show, in one answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask import Response, request, stream_with_context

from ...authorization.resource import MediaDBResource
from ...filters.arguments import FILTERS, SCOPES
from ...filters.compose import compose
from ...filters.query_string import read_criteria
from ...web.declaring import takes
from ...web.namespace import ns
from ...web.page_arguments import sort_argument
from ..arguments import SORT_KEYS
from ..listing import read_order
from ..scope import requested_scope
from .streaming import csv_chunks, json_chunks, rows

EXPORTED = (*SCOPES, *FILTERS, sort_argument(SORT_KEYS))
Writer = Callable[[Iterable[Mapping[str, Any]]], Iterator[str]]


@ns.route("/media.csv", endpoint="mediadb_media_csv")
class MediaCsvAPI(MediaDBResource):
    """All media of a list as a table."""

    @takes(query=EXPORTED, errors=(403, 404))
    @ns.doc("export_mediadb_media_csv", produces=["text/csv"])
    def get(self) -> Response:
        """Export media as CSV, streamed; the columns are those that an import takes."""
        return _streamed(csv_chunks, "text/csv", "media.csv")


@ns.route("/media.jsonl", endpoint="mediadb_media_jsonl")
class MediaJsonLinesAPI(MediaDBResource):
    """All media of a list, one JSON object a line."""

    @takes(query=EXPORTED, errors=(403, 404))
    @ns.doc("export_mediadb_media_jsonl", produces=["application/jsonl"])
    def get(self) -> Response:
        """Export media as JSON Lines, streamed, with the names of the CSV's columns."""
        return _streamed(json_chunks, "application/jsonl", "media.jsonl")


def _streamed(write: Writer, mimetype: str, filename: str) -> Response:
    wanted = requested_scope(request.args).filter(compose(read_criteria(request.args)))
    order = read_order(request.args.get("sort"), SORT_KEYS)
    chunks = write(rows(wanted, order))
    response = Response(stream_with_context(chunks), content_type=f"{mimetype}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
