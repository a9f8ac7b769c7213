"""Files that a command writes: whole, or as they were."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

import click


@contextmanager
def whole_file(output: Path, mode: Literal["w", "wb"] = "w") -> Iterator[IO[Any]]:
    """To write UTF-8 or bytes into; "-" is standard output. It takes its place when all is
    written; what was there before stays until then. FileError where it cannot be written."""
    if str(output) == "-":
        yield sys.stdout if mode == "w" else sys.stdout.buffer
        return
    how: dict[str, Any] = {"encoding": "utf-8", "newline": ""} if mode == "w" else {}
    place = output.resolve()  # a link stays one
    if place.exists() and not place.is_file():  # a pipe, /dev/null
        with place.open(mode, **how) as opened:
            yield opened
        return
    aside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with aside.open(mode, **how) as opened:
            yield opened
        if place.exists():
            shutil.copymode(place, aside)
        aside.replace(place)
    except OSError as exc:
        raise click.FileError(str(output), exc.strerror or str(exc)) from exc
    finally:
        aside.unlink(missing_ok=True)
