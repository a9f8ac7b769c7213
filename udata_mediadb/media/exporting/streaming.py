"""An export row by row: the memory of a request does not grow with the library."""

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask import url_for

from ...hosts.current import current_host, endpoint_prefix
from ...sources.cells import to_cell
from ..cursors import Order
from ..hints import Index, with_hint
from ..links import FILE_ENDPOINT, MEDIA_ENDPOINT
from ..listing import index_of
from ..models import Media
from .columns import COLUMNS, PROJECTION, Links, texts, values

BATCH = 500  # documents in memory, some 2 MB at most of long descriptions
CHUNK_ROWS = 200  # written at once: a chunk is a write on the socket
_ID = "00000000-0000-0000-0000-000000000000"


def rows(wanted: Mapping[str, Any], order: Order) -> Iterator[dict[str, Any]]:
    """All media of a filter of ours, as rows. Needs the request's context at the call alone."""
    links, licences = _links(), current_host().licences()
    found = with_hint(lambda index: _opened(wanted, order, index), index_of(wanted, order))
    return (values(media, links, licences) for media in found)


def csv_chunks(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The rows as CSV (RFC 4180) with a header, in UTF-8."""
    yield _csv([list(COLUMNS)])
    cells = ([to_cell(text) for text in texts(row)] for row in found)
    yield from _chunks(cells, _csv)


def json_chunks(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The rows as JSON Lines: one object a line."""
    return _chunks(found, lambda some: "".join(_line(row) for row in some))


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def _csv(some: Iterable[list[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(some)
    return text.getvalue()


def _chunks(found: Iterable[Any], write: Callable[[list[Any]], str]) -> Iterator[str]:
    iterator = iter(found)
    while some := list(itertools.islice(iterator, CHUNK_ROWS)):
        yield write(some)


def _opened(wanted: Mapping[str, Any], order: Order, index: Index) -> Iterator[Mapping[str, Any]]:
    """The documents; the first is read here, where a missing index shows."""
    direction = -1 if order.descending else 1
    keys = dict.fromkeys(("_id" if order.key == "id" else order.key, "_id"), direction)
    found = Media._get_collection().find(dict(wanted), PROJECTION).sort(list(keys.items()))
    found = found.batch_size(BATCH).allow_disk_use(True)
    if index:
        found = found.hint(list(index))
    first = list(itertools.islice(found, 1))
    return itertools.chain(first, found)


def _links() -> Links:
    """Addresses are made once: a hundred thousand take seconds."""
    prefix = endpoint_prefix()
    uri = url_for(prefix + MEDIA_ENDPOINT, media=_ID, _external=True)
    url = url_for(prefix + FILE_ENDPOINT, media=_ID, kind="media", _external=True)
    return Links(lambda media: uri.replace(_ID, media), lambda media: url.replace(_ID, media))
