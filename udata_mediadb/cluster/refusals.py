"""Errors that a shard answers, as values: Ray would wrap them in its own."""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from pymongo.errors import PyMongoError

from ..errors import MediaDBError

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Refused:
    """`status`: the code of HTTP."""

    status: int
    message: str


def refusing(method: Callable[P, R]) -> Callable[P, R | Refused]:
    """The same method, which answers what it refuses."""

    @functools.wraps(method)
    def called(*args: P.args, **kwargs: P.kwargs) -> R | Refused:
        try:
            return method(*args, **kwargs)
        except MediaDBError as exc:
            return Refused(exc.status, exc.message)
        except ValueError as exc:
            return Refused(400, str(exc))
        except (PyMongoError, OSError) as exc:
            logger.warning("A shard cannot answer: %s", exc)
            return Refused(503, "The database or the disk is away. Try again in a moment.")

    return called


def is_refusal(answer: Any) -> bool:
    """Whether another copy may answer better: this one is building, or lacks its database."""
    return isinstance(answer, Refused) and answer.status >= 500
