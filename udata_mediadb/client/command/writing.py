"""Files that a command writes: whole, or as they were."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click


@contextmanager
def whole_file(output: Path) -> Iterator[TextIO]:
    """To write UTF-8 into; "-" is standard output. It takes its place when all is written; what
    was there before stays until then. FileError where it cannot be written."""
    if str(output) == "-":
        yield sys.stdout
        return
    place = output.resolve()  # a link stays one
    if place.exists() and not place.is_file():  # a pipe, /dev/null
        with place.open("w", encoding="utf-8", newline="") as opened:
            yield opened
        return
    aside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with aside.open("w", encoding="utf-8", newline="") as opened:
            yield opened
        if place.exists():
            shutil.copymode(place, aside)
        aside.replace(place)
    except OSError as exc:
        raise click.FileError(str(output), exc.strerror or str(exc)) from exc
    finally:
        aside.unlink(missing_ok=True)
