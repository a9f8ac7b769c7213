"""`flask mediadb import-folder`."""

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from tqdm import tqdm

from ...application.models import Application
from ...collection.actions import find_collection
from ...collection.membership import add_members
from ...sources.whole_file import whole_file
from ..importing.target import find_target
from ..imports.arguments import ON_DUPLICATE
from ..imports.doing import Importing
from ..imports.folder import Brought, Folder
from ..imports.pool import new_pool
from ..imports.walking import Found, files_of
from .errors import plain_errors


@click.command("import-folder")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--application", required=True, help="Name or id.")
@click.option("--keywords-from-folders", is_flag=True, help="Folders become keywords.")
@click.option("--keyword", "keywords", multiple=True, help="For all of them; may be repeated.")
@click.option("--collection", help="Id of a collection that gets what is added.")
@click.option("--on-duplicate", type=click.Choice(ON_DUPLICATE), default="skip", show_default=True)
@click.option("--hidden", is_flag=True, help="Also what is hidden: its name begins with a dot.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV file: what became of each.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="That describe pictures; as many as there are cores.",
)
@with_appcontext
@plain_errors
def import_folder(folder: Path, application: str, **options: Any) -> None:
    """Bring in all pictures below FOLDER.

    May be stopped and run again with the same line at any time: what is there is skipped.
    """
    if options["dry_run"] and options["processes"] is not None:
        raise click.UsageError("--processes goes without --dry-run, which describes no picture.")
    target = find_target(application)
    if target is None:
        raise click.ClickException(f"there is no application {application!r}")
    if options["collection"]:
        find_collection(options["collection"], target.id)
    files = files_of(folder, hidden=options["hidden"])
    counts: Counter[str] = Counter()
    lines = _brought(target, folder, files, options)
    with _report(options["report"]) as report:
        for name, outcome in tqdm(
            lines, total=len(files), desc="Importing", unit="file", disable=None
        ):
            counts[outcome.outcome] += 1
            report(
                {
                    "item": name,
                    "outcome": outcome.outcome,
                    "media": outcome.media,
                    "reason": outcome.reason,
                }
            )
            if outcome.outcome == "failed":
                tqdm.write(f"{name}: {outcome.reason}", file=sys.stderr)
    said = ", ".join(f"{count} {word}" for word, count in sorted(counts.items())) or "nothing"
    click.echo(f"{target.name} ({target.id}): {said}{' (dry run)' * options['dry_run']}")
    if counts["failed"]:
        raise SystemExit(1)


def _brought(
    target: Application, root: Path, files: list[Found], options: dict[str, Any]
) -> Iterator[Brought]:
    folder = Folder(
        Importing(
            target,
            target.owner,
            options["on_duplicate"],
            list(options["keywords"]),
            options["dry_run"],
            earlier="skipped",
        ),
        root,
        int(current_app.config["MEDIADB_UPLOAD_MAX_BYTES"]),
        options["keywords_from_folders"],
    )
    processes = 0 if options["dry_run"] else options["processes"]
    with new_pool(len(files), processes) as pool:
        for group in folder.bring_in(files, pool):
            if options["collection"] and not options["dry_run"]:
                # also what is there: a run that was killed may have added it, and not collected it
                media = [outcome.media for _, outcome in group if outcome.media]
                if media:
                    add_members(find_collection(options["collection"], target.id), media)
            yield from group


@contextmanager
def _report(path: Path | None) -> Iterator[Callable[[dict[str, Any]], object]]:
    """Adds a line to the CSV file, if one is wanted; a former one stays until all is written."""
    if path is None:
        yield lambda line: None
        return
    with whole_file(path) as opened:
        writer = csv.DictWriter(opened, ["item", "outcome", "media", "reason"])
        writer.writeheader()
        yield writer.writerow
