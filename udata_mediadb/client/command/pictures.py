"""What is given as a picture: a file, an address, the id of a media, or `-` for standard input."""

import re
import sys
from pathlib import Path

import click

_ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def media_id(text: str) -> str | None:
    """The id of a media, None for anything else; a file of that name is a file."""
    return text if _ID.fullmatch(text) and not Path(text).exists() else None


def picture(text: str) -> str | bytes:
    """An address as it is, else the bytes of the file; UsageError where there is none."""
    if text == "-":
        return sys.stdin.buffer.read()
    if text.startswith(("http://", "https://", "data:")):
        return text
    path = Path(text)
    if not path.exists() or path.is_dir():
        raise click.UsageError(f"There is no file {text!r}.")
    return path.read_bytes()  # also of a pipe: <(…)
