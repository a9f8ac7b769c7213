"""The command `import`."""

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click

from ... import MediaDB
from ..library import pairs
from ..running import SOME_FAILED, Run, connected, counted, is_said
from ..writing import whole_file
from .journal import NAME, Journal
from .patience import Patience
from .sources import Item, Source, source_of, with_table
from .uploads import Options, Result, upload
from .whole import find_collection, import_whole

_AHEAD = 4  # items for each worker that are read and wait: pictures are held in memory


@click.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="DIR|ZIP|CSV")
@click.option("--keywords-from-folders", is_flag=True, help="Names of folders become keywords.")
@click.option(
    "--metadata",
    "table",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV with a column file, and name, keywords, metadata.… for each.",
)
@click.option("--collection", help="Name or id of a collection to put them into; made if new.")
@click.option("--set", "values", multiple=True, metavar="FIELD=VALUE", help="Of all: licence=….")
@click.option(
    "--on-duplicate",
    type=click.Choice(["skip", "add", "update"]),
    default="skip",
    show_default=True,
    help="Of bytes that the library has already.",
)
@click.option("--workers", type=click.IntRange(1, 32), default=4, show_default=True)
@click.option("--hidden", is_flag=True, help="Also what is hidden: its name begins with a dot.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and send nothing.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="A CSV of each one's fate.",
)
@click.option(
    "--resume/--anew", default=True, show_default=True, help="Go on from the journal, or forget it."
)
@click.option(
    "--journal",
    "place",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the journal here, not beside the pictures.",
)
@click.option("--whole", is_flag=True, help="Send a ZIP as it is; the portal unpacks it.")
@connected
def import_pictures(run: Run, source: Path, table: Path | None, collection: str | None,
                    values: tuple[str, ...], workers: int, report: Path | None, resume: bool,
                    place: Path | None, whole: bool, **options: Any) -> None:  # fmt: skip
    """Add all pictures of a folder, a ZIP or a CSV.

    A journal beside them (.mediadb-import.jsonl) knows what is done: however often this is killed,
    the same line again adds the rest, nothing twice.
    """
    chosen = Options(**options, properties=pairs(values))
    if whole and table:
        raise click.UsageError("Put the table into the ZIP: --whole takes it from there.")
    if whole and is_said("workers"):
        raise click.UsageError("--workers goes without --whole: the portal does the work then.")
    if whole and place:
        raise click.UsageError("--journal goes without --whole, which keeps none.")
    if run.as_json and str(report) == "-":
        raise click.UsageError("--json and --report -: one of them.")
    # what cannot be written is known before anything is sent; a former report stays until then
    with whole_file(report) if report else nullcontext() as opened:
        if whole:
            results = import_whole(run, source, chosen, collection, resume=resume)
            for one in results:
                _show(run, one)
        else:
            results = _brought(run, source, table, collection, chosen, workers, resume, place)
        if opened:
            _report(opened, results)
    _tell(run, results, " (dry run)" * chosen.dry_run)


def _brought(run: Run, source: Path, table: Path | None, collection: str | None, options: Options,
             workers: int, resume: bool, place: Path | None) -> list[Result]:  # fmt: skip
    """What became of each, told; what is left alone comes last."""
    found = source_of(source, hidden=options.hidden)
    _require_folders(found, options)
    found = with_table(found, table) if table else found
    path = place or (
        source / NAME if source.is_dir() else source.with_name(f".{source.name}{NAME}")
    )
    if collection and not options.dry_run:
        find_collection(run.db, collection)
    journal = _journal(run, path, resume=resume, reading=options.dry_run)
    with journal or nullcontext():
        results = _all(run, found, options, journal, workers)
    if collection and not options.dry_run:
        _collect(run.db, collection, [one.media for one in results if one.media])
    left = [Result(one.name, one.outcome, reason=one.reason) for one in found.left]
    for one in left:
        _show(run, one)
    return results + left


def _require_folders(source: Source, options: Options) -> None:
    """UsageError where no picture has a file, so that none lies in a folder."""
    if options.keywords_from_folders and source.items and not any(i.is_file for i in source.items):
        raise click.UsageError("--keywords-from-folders: no picture of this source is a file.")


def _show(run: Run, result: Result) -> None:
    if result.outcome == "failed" or (run.as_json and result.outcome != "ignored"):
        run.result(result, f"{result.item}: {result.reason}")


def _journal(run: Run, path: Path, *, resume: bool, reading: bool) -> Journal | None:
    """That of this source; UsageError for one of another portal or application.

    `reading`: as it would be found, and nothing is written: None where there would be none.
    """
    if reading and not (resume and path.exists()):
        return None
    if not resume:
        path.unlink(missing_ok=True)
    target = f"{run.db.url} {run.db.application or ''}".strip()
    try:
        journal = Journal(path, target, reading=reading)
    except OSError as exc:
        hint = "--journal FILE keeps it elsewhere."
        raise click.ClickException(f"{path}: {exc.strerror or exc}. {hint}") from exc
    if journal.target != target:
        raise click.UsageError(f"{path} is of an import into {journal.target}: use --anew.")
    if journal.done:
        run.say(f"{len(journal.done):,} were done before.")
    return journal


def _all(
    run: Run, source: Source, options: Options, journal: Journal | None, workers: int
) -> list[Result]:
    """What became of each, in the order of the source."""
    results: dict[str, Result] = {}
    if journal:
        done = [item.path for item in source.items if journal.has(item)]
        results = {path: Result(path, "skipped", str(journal.done[path]["id"])) for path in done}
    left = [item for item in source.items if item.path not in results]
    before = len(results)
    try:
        with run.bar(_uploaded(run, left, options, journal, workers), len(left), "Adding") as bar:
            for result in bar:
                results[result.item] = result
                _show(run, result)
    except BaseException:  # also Ctrl-C
        run.say(f"Broken off after {len(results) - before:,} of {counted(len(left), 'picture')}: "
                "the same line goes on.")  # fmt: skip
        raise
    return [results[item.path] for item in source.items]


def _uploaded(
    run: Run, items: list[Item], options: Options, journal: Journal | None, workers: int
) -> Iterator[Result]:
    """By several at a time, as they come."""
    left, running = iter(items), set[Future[Result]]()
    patience = Patience(run.say)
    with ThreadPoolExecutor(workers) as pool:
        try:
            while True:
                more = islice(left, workers * _AHEAD - len(running))
                running |= {
                    pool.submit(upload, run.db, item, options, journal, patience) for item in more
                }
                if not running:
                    return
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                for one in ended:
                    yield one.result()
        finally:
            patience.end()
            pool.shutdown(wait=True, cancel_futures=True)


def _collect(db: MediaDB, named: str, ids: list[str]) -> None:
    """Into the collection of this id or name, a new one where there is none."""
    collection = find_collection(db, named) or db.collections.create(named)
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), 1000):
        collection.add(unique[start : start + 1000])


def _report(report: IO[Any], results: list[Result]) -> None:
    writer = csv.DictWriter(report, ["item", "outcome", "media", "reason"])
    writer.writeheader()
    writer.writerows(one.raw for one in results)


def _tell(run: Run, results: list[Result], note: str) -> None:
    ignored = [one for one in results if one.outcome == "ignored"]
    counts = Counter(one.outcome for one in results if one.outcome != "ignored")
    told = ", ".join(f"{count:,} {word}" for word, count in sorted(counts.items()))
    run.say(f"{counted(len(results) - len(ignored), 'picture')}: {told or 'none'}{note}")
    if ignored:
        some = ", ".join(f"{one.item} ({one.reason})" for one in ignored[:5])
        run.say(
            f"{counted(len(ignored), 'other file')} left alone: {some}{', …' * (len(ignored) > 5)}"
        )
    if counts["failed"]:
        sys.exit(SOME_FAILED)
