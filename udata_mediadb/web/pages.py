"""Pages: what is asked for, the value object, and the udata envelope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import current_app

from ..errors import InvalidFields, NotFound
from .readers import positive_number

T = TypeVar("T")
DEFAULT_PAGE_SIZE = 20  # udata's own default


@dataclass(frozen=True)
class PageRequest:
    """Which page was asked for; both numbers from 1.

    `after`: a cursor from `next_page`; then the page begins behind it, and `page` is a mere number.
    """

    page: int = 1
    page_size: int = DEFAULT_PAGE_SIZE
    after: str | None = None

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.page_size


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; `total` counts the whole list.

    `cursor`: what the next page begins behind, None at the end and for lists without cursors.
    """

    items: Sequence[T]
    request: PageRequest
    total: int
    cursor: str | None = None

    @property
    def has_next(self) -> bool:
        if self.request.after is not None:
            return self.cursor is not None
        return self.request.page * self.request.page_size < self.total

    @property
    def has_previous(self) -> bool:
        return self.request.page > 1


def parse_page(
    args: Mapping[str, Any],
    *,
    max_size: int,
    size_key: str = "page_size",
    usual_size: int = DEFAULT_PAGE_SIZE,
) -> PageRequest:
    """The page that `args` ask for; sizes above `max_size` are cut to it.

    Raises InvalidFields for anything that is not a positive integer.
    """
    errors: dict[str, str] = {}
    numbers = {}
    for name, default in (("page", 1), (size_key, usual_size)):
        asked = args.get(name)
        number = default if asked in (None, "") else positive_number(asked)
        if number is None:
            errors[name] = f"{name} must be a positive integer, not {asked!r:.40}"
        else:
            numbers[name] = number
    if errors:
        raise InvalidFields(errors)
    after = args.get("after") or None
    return PageRequest(numbers["page"], min(numbers[size_key], max_size), after)


def largest_page(usual: int) -> int:
    """The largest page of a dialect: `usual`, unless the portal sets one for all."""
    limit: int | None = current_app.config["MEDIADB_PAGE_SIZE_MAX"]
    return usual if limit is None else limit


def require_in_range(page: Page[Any]) -> None:
    """Raise NotFound for a page beyond the end; the first page always exists."""
    if page.request.after is not None:
        return
    if page.request.page > 1 and page.request.offset >= page.total:
        raise NotFound(f"There is no page {page.request.page}: the list has {page.total} entries.")


def udata_envelope(page: Page[Any], data: Sequence[Any], url: str) -> dict[str, Any]:
    """The udata form of a page; `url` is the requested URL, query included."""
    number = page.request.page
    return {
        "data": list(data),
        "page": number,
        "page_size": page.request.page_size,
        "total": page.total,
        "next_page": page_url(url, number + 1, page.cursor) if page.has_next else None,
        "previous_page": page_url(url, number - 1) if page.has_previous else None,
    }


def page_url(url: str, number: int, after: str | None = None) -> str:
    """`url` with its `page` argument set in place or appended, all others kept.

    `after`: the cursor of that page, at the end; one of this page is not kept.
    """
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    query = [(key, value) for key, value in query if key != "after"]
    if any(key == "page" for key, _ in query):
        query = [(key, str(number) if key == "page" else value) for key, value in query]
    else:
        query.append(("page", str(number)))
    if after is not None:
        query.append(("after", after))
    return urlunsplit(parts._replace(query=urlencode(query)))
