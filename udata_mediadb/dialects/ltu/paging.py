"""Pages in the form of LTU's answers, which is that of Django REST Framework."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request

from ...errors import InvalidFields, NotFound
from ...media.cursors import Order
from ...web.pages import Page, PageRequest, largest_page, parse_page
from ...web.readers import positive_number, read_flag_field

PAGE_SIZE = 100  # LTU guide
PAGE_SIZE_MAX = 1000  # unless MEDIADB_PAGE_SIZE_MAX says otherwise

# LTU guide: order_by. Those that are alike for all listed media, or made of the id, order by it.
ORDER_KEYS = {
    "created_at": "created_at",
    "request_at": "created_at",
    "name": "name_key",
    "status": "id",
    "thumbnail_url": "id",
    "url": "id",
    "uuid": "id",
    "version": "id",
}


def ltu_page(args: Mapping[str, Any], *, size_key: str = "page_size") -> PageRequest:
    """The page asked for; a page that is no number is none (NotFound), a size is the default."""
    size = positive_number(args.get(size_key))
    try:
        return parse_page(
            {"page": args.get("page"), size_key: size},
            size_key=size_key,
            usual_size=PAGE_SIZE,
            max_size=largest_page(PAGE_SIZE_MAX),
        )
    except InvalidFields as exc:
        raise NotFound("Invalid page.") from exc


def requested_order(args: Mapping[str, str], further: Sequence[str] = ()) -> Order:
    """Newest first; with `order_by` ascending, unless `desc` is true. InvalidFields else."""
    keys = {**ORDER_KEYS, **{key: key for key in further}}
    wanted = args.get("order_by") or None
    if wanted is not None and wanted not in keys:
        raise InvalidFields({"order_by": f"one of {', '.join(keys)}, not {wanted!r:.40}"})
    if args.get("desc") is None:
        return Order("created_at" if wanted is None else keys[wanted], wanted is None)
    return Order(keys[wanted or "created_at"], read_flag_field(args, "desc"))


def ltu_envelope(page: Page[Any], results: Sequence[Any], path: str) -> dict[str, Any]:
    """`count next previous results`; links to `path` below this request's own base.

    Raises NotFound for a page beyond the end.
    """
    number = page.request.page
    if number > 1 and page.request.offset >= page.total:
        raise NotFound("Invalid page.")
    return {
        "count": page.total,
        "next": page_link(path, number + 1) if page.has_next else None,
        "previous": page_link(path, number - 1) if page.has_previous else None,
        "results": list(results),
    }


def page_link(path: str, number: int) -> str:
    """This request's URL for another page: arguments sorted, the first page not named."""
    pairs = parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True)
    arguments = [(key, value) for key, value in pairs if key != "page"]
    if number > 1:
        arguments.append(("page", str(number)))
    query = urlencode(sorted(arguments))
    return f"{_base()}/{path}" + (f"?{query}" if query else "")


def _base() -> str:
    """URL of the base path below which this request came: of `/x/api/media/…`, `/x/api`."""
    rule = str(request.url_rule)
    fixed = min(rule.find(part) for part in ("/media", "/collection", "/smart_collection",
                                             "/search") if part in rule)  # fmt: skip
    return request.url_root.rstrip("/") + rule[:fixed]
