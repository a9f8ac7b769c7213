"""Errors that a shard answers, as values: Ray would wrap them in its own."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from pymongo.errors import PyMongoError

from ..errors import MediaDBError
from ..indexing.shards.forms import SHARD_FORM

logger = logging.getLogger(__name__)
S = TypeVar("S")
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Refused:
    """`status`: the code of HTTP."""

    status: int
    message: str


def refusing(
    method: Callable[Concatenate[S, P], R],
) -> Callable[Concatenate[S, int, P], R | Refused]:
    """The same method, which answers what it refuses. It is called with the form of who asks, and
    answers nobody of another one: a copy that was started again may be newer than its door.
    """

    def called(self: S, form: int, /, *args: P.args, **kwargs: P.kwargs) -> R | Refused:
        if form != SHARD_FORM:
            return Refused(503, f"A copy answers form {SHARD_FORM}, it was asked in form {form}.")
        try:
            return method(self, *args, **kwargs)
        except MediaDBError as exc:
            return Refused(exc.status, exc.message)
        except ValueError as exc:
            return Refused(400, str(exc))
        except (PyMongoError, OSError) as exc:
            logger.warning("A shard cannot answer: %s", exc)
            return Refused(503, "The database or the disk is away. Try again in a moment.")

    # not functools.wraps: Ray would take the arguments of what is wrapped, without the form
    called.__name__, called.__doc__ = method.__name__, method.__doc__
    return called


def is_refusal(answer: Any) -> bool:
    """Whether another copy may answer better: this one is building, or lacks its database."""
    return isinstance(answer, Refused) and answer.status >= 500
