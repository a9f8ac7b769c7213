"""`export`: a list as a table that an import takes again, on wish with its pictures."""

import csv
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from ...sources.cells import to_cell
from .. import Media, MediaDB, MediaDBClientError, NotFound
from .library import asked, filters
from .running import SOME_FAILED, Run, connected
from .writing import whole_file

COLUMNS = (
    *("id", "name", "filename", "external_id", "keywords", "title", "description", "alt"),
    *("creator", "credit", "source", "licence", "rights", "taken_at", "place", "published_from"),
    *("published_until", "takedown", "related", "md5", "sha256", "size", "width", "height"),
    *("format", "url", "created_at", "updated_at", "metadata"),
)
_ENDINGS = {"JPEG": ".jpg", "PNG": ".png", "GIF": ".gif", "WEBP": ".webp", "BMP": ".bmp",
            "TIFF": ".tif", "AVIF": ".avif", "HEIF": ".heic"}  # fmt: skip
_DEFAULT = "x-default"  # the language of a text that names none
Row = Mapping[str, Any]
Write = Callable[[Row], object]


@click.command()
@filters
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl")
@click.option(
    "--output", "-o", default="-", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path)
)
@click.option(
    "--pictures",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Also get the originals into this folder; each row names its `file`.",
)
@connected
def export(run: Run, query: str | None, keyword: tuple[str, ...], filters: tuple[str, ...],
           sort: str | None, form: str, output: Path, pictures: Path | None) -> None:  # fmt: skip
    """Write what a list has into a file: JSON Lines as the API has them, or CSV.

    A file that is there is replaced when all is written. `mediadb import` takes it again, here or
    elsewhere, with --pictures the pictures, too.
    """
    if run.as_json and form == "csv":
        raise click.UsageError("--json and --format csv: one of them.")
    said = {"lang": "*", **asked(query, keyword, filters, sort)}
    count, lost = 0, 0
    with whole_file(output) as opened:
        files = _Pictures(run.db, pictures, _folder_of(output)) if pictures else None
        rows = _rows(run, said, files)
        write = _csv(opened, with_files=bool(files)) if form == "csv" else _json_lines(opened)
        for count, (row, is_whole) in enumerate(rows, 1):  # noqa: B007
            write(row)
            lost += not is_whole
    run.say(f"{count:,} media{f', {lost:,} of them without their picture' if lost else ''}")
    if lost:
        sys.exit(SOME_FAILED)


@dataclass(frozen=True)
class _Pictures:
    """Originals in a folder, as a row names them that is read in `beside`."""

    db: MediaDB
    folder: Path
    beside: Path

    def get(self, media: Media) -> str:
        """The name of its file; one that is there whole is not fetched again."""
        suffix = _ENDINGS.get(media.format or "") or Path(media.filename or "").suffix
        path = self.folder / f"{media.id}{suffix}"
        if not (path.is_file() and _sha256(path.read_bytes()) == media.sha256):
            data = self.db.media.file(media, "original")
            if media.sha256 and _sha256(data) != media.sha256:
                raise MediaDBClientError("what came is not the picture: it was replaced meanwhile")
            self.folder.mkdir(parents=True, exist_ok=True)
            with whole_file(path, "wb") as opened:
                opened.write(data)
        return Path(os.path.relpath(path, self.beside)).as_posix()


def _rows(run: Run, said: Row, pictures: _Pictures | None) -> Iterator[tuple[Row, bool]]:
    """Each row, and whether its picture is there, where one is wished."""
    for media in run.db.media.list(**said):
        if pictures is None:
            yield media.raw, True
            continue
        try:
            yield {**media.raw, "file": pictures.get(media)}, True
        except MediaDBClientError as exc:
            if exc.status is not None and not isinstance(exc, NotFound):
                raise
            click.echo(f"mediadb: {media.id}: {exc.message}", err=True)
            yield media.raw, False


def _folder_of(output: Path) -> Path:
    return Path() if str(output) == "-" else output.parent


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _json_lines(output: IO[str]) -> Write:
    return lambda row: output.write(json.dumps(row, ensure_ascii=False) + "\n")


def _csv(output: IO[str], *, with_files: bool) -> Write:
    columns = (*(("file",) if with_files else ()), *COLUMNS)
    writer = csv.writer(output)
    writer.writerow(columns)
    return lambda row: writer.writerow([to_cell(cell(name, row.get(name))) for name in columns])


def cell(name: str, value: Any) -> str:
    """A value as the exports of the portal write it (docs/reference/exports-and-feeds.md)."""
    if value is None or value in ([], {}):
        return ""
    if name == "related":
        return ",".join(f"{one['class']}:{one['id']}" for one in value)
    if name == "licence":
        return str(value["id"])
    if name == "keywords":
        plain = ", ".join(value)
        is_plain = not any("," in word for word in value) and not plain.startswith("[")
        return plain if is_plain else _json(value)
    if isinstance(value, dict):
        text = value.get(_DEFAULT if name != "place" else "name", "")
        is_plain = len(value) == 1 and text and not text.startswith("{") and name != "metadata"
        return text if is_plain else _json(value)
    return str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
