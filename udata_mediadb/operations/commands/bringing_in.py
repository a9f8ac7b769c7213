"""`flask mediadb import-folder`."""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from tqdm import tqdm

from ...application.models import Application
from ...collection.actions import find_collection
from ...collection.membership import add_members
from ..importing.target import find_target
from ..imports.arguments import ON_DUPLICATE
from ..imports.doing import Importing, Outcome
from ..imports.folder import bring_in, files_of, share_of
from .errors import plain_errors

GROUP = 100  # media that are put into a collection at once
SHARE = "--share"


@click.command("import-folder")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--application", required=True, help="Name or id.")
@click.option("--keywords-from-folders", is_flag=True, help="Folders become keywords.")
@click.option("--keyword", "keywords", multiple=True, help="For all of them; may be repeated.")
@click.option("--collection", help="Id of a collection that gets what is added.")
@click.option("--on-duplicate", type=click.Choice(ON_DUPLICATE), default="skip", show_default=True)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--report", type=click.Path(path_type=Path), help="A CSV file: what became of each.")
@click.option("--processes", type=click.IntRange(1, 64), help="As many as there are cores.")
@click.option(SHARE, "share", hidden=True, help="Which process this is: 0/2.")
@with_appcontext
@plain_errors
def import_folder(folder: Path, application: str, share: str | None, **options: Any) -> None:
    """Bring in all pictures below FOLDER.

    May be stopped and run again with the same line at any time: what is there is skipped.
    """
    target = find_target(application)
    if target is None:
        raise click.ClickException(f"there is no application {application!r}")
    if options["collection"]:
        find_collection(options["collection"], target.id)
    files = files_of(folder)
    number, _, shares = (share or "0/1").partition("/")
    if share is not None:
        for line in _of_share(
            target, folder, share_of(files, folder, int(number), int(shares)), options
        ):
            click.echo(json.dumps(line))
        return
    processes = min(options["processes"] or os.cpu_count() or 1, max(1, len(files)))
    lines = (
        _of_processes(processes)
        if processes > 1
        else _of_share(target, folder, iter(files), options)
    )
    counts: Counter[str] = Counter()
    with _Report(options["report"]) as report:
        bar = tqdm(lines, total=len(files), desc="Importing", unit="file", disable=None)
        for line in bar:
            counts[line["outcome"]] += 1
            report.add(line)
            if line["outcome"] == "failed":
                tqdm.write(f"{line['item']}: {line['reason']}", file=sys.stderr)
    said = ", ".join(f"{count} {word}" for word, count in sorted(counts.items())) or "nothing"
    click.echo(f"{target.name} ({target.id}): {said}{' (dry run)' * options['dry_run']}")
    if counts["failed"]:
        raise SystemExit(1)


def _of_share(
    target: Application, folder: Path, files: Iterator[Path], options: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    importing = Importing(
        target, target.owner, options["on_duplicate"], list(options["keywords"]), options["dry_run"]
    )
    limit = int(current_app.config["MEDIADB_UPLOAD_MAX_BYTES"])
    added: list[str] = []
    for path in files:
        name, outcome = bring_in(
            importing,
            folder,
            path,
            limit,
            keywords_from_folders=options["keywords_from_folders"],
        )
        added += _to_collect(outcome, options)
        if len(added) >= GROUP:
            _collect(target, options["collection"], added)
            added = []
        yield {
            "item": name,
            "outcome": outcome.outcome,
            "media": outcome.media,
            "reason": outcome.reason,
        }
    if added:
        _collect(target, options["collection"], added)


def _to_collect(outcome: Outcome, options: dict[str, Any]) -> list[str]:
    """Also what is there: a run that was killed may have added it, and not yet collected."""
    wanted = options["collection"] and not options["dry_run"] and outcome.media
    return [str(outcome.media)] if wanted else []


def _collect(target: Application, collection: str, media: list[str]) -> None:
    add_members(find_collection(collection, target.id), media)


def _of_processes(count: int) -> Iterator[dict[str, Any]]:
    """The same command for each core: each opens its own connections and decodes by itself."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    started = [
        subprocess.Popen(  # noqa: S603  this very command
            [sys.executable, *sys.orig_argv[1:], SHARE, f"{number}/{count}"],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for number in range(count)
    ]
    lines: list[str] = []
    readers = [Thread(target=_read, args=(one, lines), daemon=True) for one in started]
    try:
        for reader in readers:
            reader.start()
        done = 0
        while done < len(lines) or any(reader.is_alive() for reader in readers):
            if done == len(lines):
                readers[0].join(0.1) if readers[0].is_alive() else readers[-1].join(0.1)
                continue
            yield json.loads(lines[done])
            done += 1
        if any(one.wait() for one in started):
            raise click.ClickException("a process ended early: run the same line again")
    finally:
        for one, reader in zip(started, readers, strict=True):
            one.terminate()
            one.wait()
            reader.join()
            if one.stdout is not None:
                one.stdout.close()


def _read(process: "subprocess.Popen[str]", lines: list[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)


class _Report:
    """The CSV file, if one is wanted."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._opened: Any = None

    def __enter__(self) -> "_Report":
        if self._path is not None:
            self._opened = self._path.open("w", newline="", encoding="utf-8")
            self._writer = csv.DictWriter(self._opened, ["item", "outcome", "media", "reason"])
            self._writer.writeheader()
        return self

    def __exit__(self, *_: object) -> None:
        if self._opened is not None:
            self._opened.close()

    def add(self, line: dict[str, Any]) -> None:
        if self._opened is not None:
            self._writer.writerow(line)
