"""The arguments of every list."""

from collections.abc import Sequence

from .arguments import Argument
from .pages import DEFAULT_PAGE_SIZE

PAGE_ARGUMENTS = (
    Argument(
        "page",
        "the page to show, from 1",
        "integer",
        schema={"minimum": 1, "default": 1},
    ),
    Argument(
        "page_size",
        "entries on a page; larger values are cut to `MEDIADB_PAGE_SIZE_MAX`, usually 100",
        "integer",
        schema={"minimum": 1, "default": DEFAULT_PAGE_SIZE},
    ),
)


AFTER = Argument(
    "after",
    "a place in the list, from `next_page`: the page begins behind it, whatever was added or "
    "deleted meanwhile",
)


def sort_argument(keys: Sequence[str]) -> Argument:
    """`sort` by one of these keys, each also with `-`."""
    both = [sign + key for key in keys for sign in ("", "-")]
    return Argument("sort", f"one of {', '.join(keys)}; with - descending", schema={"enum": both})
