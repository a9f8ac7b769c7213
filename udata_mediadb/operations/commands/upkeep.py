"""`flask mediadb check | reindex | purge`."""

import logging
import sys
import time
from collections.abc import Iterator

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from ...application.models import Application
from ...errors import MediaDBError
from ...indexing.background import BUSY_RETRY_S
from ...indexing.current import current_catalogs
from ...indexing.versions import is_incomplete
from ...media.current import current_ingest
from ...media.describer import current_describer
from ...media.describing import media_to_describe
from ...media.files import current_storage
from ...media.ingest import Ingest
from .. import jobs
from ..recovery.finding import count_media, find_problems
from ..recovery.identity import require_identity
from ..recovery.indexes import damaged_indexes
from ..recovery.mending import mend
from ..recovery.orphans import find_orphans, newer_than_database
from ..recovery.problems import Problem
from .errors import plain_errors
from .rebuilding import advance, rebuild_catalog

log = logging.getLogger(__name__)


@click.command("check")
@click.option("--deep", is_flag=True, help="Read every file and compare its checksum.")
@with_appcontext
@plain_errors
def check(deep: bool) -> None:
    """Name everything that a crash or a lost file left behind; exit code 1 where there is any."""
    require_identity(current_storage())
    problems = list(_problems(current_ingest(), deep, "Checking"))
    if deep:
        problems += [problem for problem, _ in damaged_indexes(current_catalogs())]
    for problem in problems:
        click.echo(str(problem))
    click.echo(f"{count_media()} media, {len(problems)} problems")
    if problems:
        click.echo("Mend them with: flask mediadb reindex")
        sys.exit(1)


@click.command("reindex")
@click.option("--deep", is_flag=True, help="Read every file and compare its checksum.")
@with_appcontext
@plain_errors
def reindex(deep: bool) -> None:
    """Mend what `check` names, and describe what lacks it; nothing is lost by it.

    What belongs to nothing is moved out of the way: see `flask mediadb orphans`.
    """
    ingest = current_ingest()
    require_identity(ingest.storage)
    _require_newest(ingest)
    for application in Application.objects:
        _describe(ingest, application)
    left = []
    mended = 0
    for problem in _problems(ingest, deep, "Reindexing"):
        if _mended(ingest, problem):
            mended += 1
        else:
            left.append(problem)
    if deep:
        for problem, served in damaged_indexes(current_catalogs()):
            rebuild_catalog(served, str(problem))
            mended += 1
    for problem in left:
        click.echo(f"cannot be mended, {_ADVICE.get(problem.kind, _FROM_BACKUP)}: {problem}")
    click.echo(f"{count_media()} media, {mended} mended, {len(left)} left")
    if left:
        sys.exit(1)


_FROM_BACKUP = "bring the file back from a backup"
_ADVICE = {
    "application-missing": "bring the application's document back from a backup",
    "collection-without-application": "bring the application's document back from a backup",
    "file-orphan": "no application of this database, see flask mediadb orphans",
}


def _mended(ingest: Ingest, problem: Problem) -> bool:
    try:
        return mend(ingest, problem)
    except MediaDBError as exc:  # such as a picture that is no longer accepted
        click.echo(f"{problem}: {exc.message}")
        return False


def _require_newest(ingest: Ingest) -> None:
    """Refuse where pictures were stored after everything that the database knows."""
    newer = newer_than_database(ingest.storage, list(find_orphans(ingest.storage)))
    if newer:
        raise click.ClickException(
            f"{newer} originals were stored after everything that this database knows: it seems to "
            "be older than the files. Nothing was changed. Bring back the newest database that "
            "there is. If this is it: `flask mediadb orphans adopt` takes these pictures in, and "
            "`flask mediadb identity --accept` says that they are left over."
        )


def _describe(ingest: Ingest, application: Application) -> None:
    """Compute the descriptions by signatures that the application got later."""
    described, names = application.described_versions, application.signatures
    if not is_incomplete(ingest.registry, described, names):
        return
    describer, total = current_describer(), media_to_describe(application)
    with tqdm(total=total, desc=f"{application.name}: describing", disable=None) as bar:
        while describer.run(application.id, lambda count: advance(bar, count)) is None:
            time.sleep(BUSY_RETRY_S)


@click.command("purge")
@with_appcontext
@plain_errors
def purge() -> None:
    """Remove for good what was deleted more than MEDIADB_PURGE_AFTER_DAYS ago."""
    click.echo(jobs.purge(jobs.Telling(log)))


def _problems(ingest: Ingest, deep: bool, title: str) -> Iterator[Problem]:
    with tqdm(total=count_media(), desc=title, unit="media", disable=None) as bar:
        for problem in find_problems(ingest, deep=deep):
            if problem is None:
                bar.update()
            else:
                yield problem
