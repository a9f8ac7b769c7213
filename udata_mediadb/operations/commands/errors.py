"""Our errors as messages of the command line."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from pymongo.errors import PyMongoError

from ...errors import MediaDBError

P = ParamSpec("P")
R = TypeVar("R")


def plain_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Show our errors, and an absent database, as one line instead of a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except MediaDBError as exc:
            raise click.ClickException(exc.message) from exc
        except BrokenPipeError:  # who reads has read enough: click ends in silence
            raise
        except OSError as exc:
            raise click.ClickException(str(exc)) from exc
        except PyMongoError as exc:
            raise click.ClickException(f"MongoDB does not answer: {exc}") from exc

    return run
