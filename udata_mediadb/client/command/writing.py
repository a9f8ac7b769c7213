"""Files that a command writes: whole, or as they were."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

import click

from ...sources.whole_file import whole_file as whole


@contextmanager
def whole_file(output: Path, mode: Literal["w", "wb"] = "w") -> Iterator[IO[Any]]:
    """As of `sources`, and "-" is standard output. FileError where it cannot be written."""
    if str(output) == "-":
        yield sys.stdout if mode == "w" else sys.stdout.buffer
        return
    try:
        with whole(output, mode) as opened:
            yield opened
    except OSError as exc:
        if exc.filename != str(output):
            raise
        raise click.FileError(str(output), exc.strerror or str(exc)) from exc
