"""What all commands share: options, output, exit codes."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, NoReturn

import click

from .. import (
    BadRequest,
    MediaDB,
    MediaDBClientError,
    NotAllowed,
    ServerError,
    TooManyRequests,
    Unreachable,
)
from .settings import settings
from .writing import as_utf_8

SOME_FAILED, WRONG_USE, NOT_ALLOWED, AWAY, INTERRUPTED = 1, 2, 4, 5, 130
READ_ONLY = "read-only"
_CODES: tuple[tuple[type[MediaDBClientError], int], ...] = (
    (BadRequest, WRONG_USE),
    (NotAllowed, NOT_ALLOWED),
    (Unreachable, AWAY),
    (ServerError, AWAY),
    (TooManyRequests, AWAY),
)
_OPTIONS = (
    click.option("--url", help="The portal; also MEDIADB_URL."),
    click.option("--key", help="X-API-KEY of a user; also MEDIADB_KEY."),
    click.option("--application-key", help="api-key of an application."),
    click.option("--application", help="Id of the application that is meant."),
    click.option("--json", "as_json", is_flag=True, help="One JSON object a line, nothing else."),
    click.option("--quiet", is_flag=True, help="Say nothing but results and errors."),
)


@dataclass(frozen=True)
class Run:
    """One run of a command: its portal, and how to tell what."""

    db: MediaDB
    as_json: bool
    quiet: bool

    def result(self, value: Any, text: str) -> None:
        """One result on standard output: `text` for people, else the fields of the API."""
        told = getattr(value, "raw", value)
        click.echo(json.dumps(told, ensure_ascii=False, default=str) if self.as_json else text)

    def say(self, text: str) -> None:
        """Something beside the results, for people."""
        if not self.quiet:
            click.echo(text, err=True)

    def bar(self, items: Iterable[Any] | None, length: int, label: str) -> Any:
        """A progress bar on a terminal, nothing elsewhere."""
        hidden = self.quiet or not sys.stderr.isatty()
        return click.progressbar(items, length=length, label=label, file=sys.stderr, hidden=hidden)

    def counter(self, length: int, label: str) -> Any:
        """As `bar`, of what is counted by somebody else."""
        return self.bar(None, length, label)


def connected(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose first argument is its `Run`; errors of the portal become exit codes."""

    @wraps(command)
    def running(as_json: bool, quiet: bool, **arguments: Any) -> None:
        if as_json:
            as_utf_8()
        names = ("url", "key", "application_key", "application")
        given = {name: arguments.pop(name) for name in names}
        for name, value in given.items():
            if value is not None and not value.strip():  # "$KEY" that nobody set
                raise click.UsageError(f"--{name.replace('_', '-')} is empty.")
        try:
            with settings(given).connect() as db:
                command(Run(db, as_json, quiet), **arguments)
        except MediaDBClientError as exc:
            fail(exc)

    made: Callable[..., None] = running
    for option in reversed(_OPTIONS):
        made = option(made)
    return made


def is_said(option: str) -> bool:
    """Whether an option of the command that runs was given, and has not only its default."""
    source = click.get_current_context().get_parameter_source(option)
    return source is click.core.ParameterSource.COMMANDLINE


def user_name(me: Mapping[str, Any]) -> str:
    """Of who asks, as the host calls them: a name, or a first and a last one; empty for a key."""
    user = me.get("user") or {}
    parts = (str(user.get(part) or "") for part in ("first_name", "last_name"))
    return str(user.get("name") or " ".join(filter(None, parts)) or user.get("id") or "")


def counted(number: int, noun: str) -> str:
    """1 group, 2,000 groups."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def fail(exc: MediaDBClientError) -> NoReturn:
    """Say what went wrong, and end with the code for it."""
    click.echo(f"mediadb: {exc.message}", err=True)
    sys.exit(code_of(exc))


def code_of(exc: MediaDBClientError) -> int:
    """The exit code for an error."""
    if exc.error == READ_ONLY:
        return AWAY
    return next((code for kind, code in _CODES if isinstance(exc, kind)), SOME_FAILED)
