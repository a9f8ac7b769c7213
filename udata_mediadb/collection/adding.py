"""Putting many media into a collection, for rooms below this one."""

from collections.abc import Callable, Sequence
from functools import partial

from ..web.bulk_results import Outcome
from .access import require_collection
from .actions import find_collection
from .membership import add_members


def adding_to(identifier: str) -> Callable[[Sequence[str]], list[Outcome]]:
    """What adds media to this collection; NotFound or Forbidden where the caller may not."""
    found, _application = require_collection("edit", find_collection, identifier)
    return partial(add_members, found)
