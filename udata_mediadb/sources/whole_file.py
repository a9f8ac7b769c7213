"""A file that is written whole, or stays as it was."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Literal


@contextmanager
def whole_file(output: Path, mode: Literal["w", "wb"] = "w") -> Iterator[IO[Any]]:
    """To write UTF-8 or bytes into. It takes its place when all is written and on the disk; what
    was there before stays until then, and where anything is raised. OSError names `output`."""
    how: dict[str, Any] = {"encoding": "utf-8", "newline": ""} if mode == "w" else {}
    place = output.resolve()  # a link stays one
    if place.exists() and not place.is_file():  # a pipe, /dev/null
        with place.open(mode, **how) as opened:
            yield opened
        return
    # no longer than a name may be, however long that of the file is
    aside = place.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with aside.open(mode, **how) as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        if place.exists():
            aside.chmod(stat.S_IMODE(place.stat().st_mode))
        aside.replace(place)
    except OSError as exc:
        if exc.filename not in (None, str(aside)):
            raise
        raise OSError(exc.errno, exc.strerror or str(exc), str(output)) from exc
    finally:
        aside.unlink(missing_ok=True)


def require_place(output: Path) -> None:
    """OSError where `output` could not be written: said before hours of work, not behind them."""
    with suppress(_Untouched), whole_file(output, "wb"):
        raise _Untouched


class _Untouched(Exception):
    """Leaves a file as it was."""
