"""Files that a command writes: whole, or as they were."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, Literal

import click

from ...sources.whole_file import whole_file as whole


def as_utf_8() -> None:
    """Standard output is for programs: in UTF-8, whatever a terminal would have."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def as_it_can() -> None:
    """What people read shows a letter that their terminal has not as `\\xe9`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def whole_file(output: Path, mode: Literal["w", "wb"] = "w") -> Iterator[IO[Any]]:
    """As of `sources`, and "-" is standard output. FileError where it cannot be written."""
    if str(output) == "-":
        as_utf_8()
        yield sys.stdout if mode == "w" else sys.stdout.buffer
        return
    try:
        with whole(output, mode) as opened:
            yield opened
    except OSError as exc:
        if exc.filename != str(output):
            raise
        raise click.FileError(str(output), exc.strerror or str(exc)) from exc
