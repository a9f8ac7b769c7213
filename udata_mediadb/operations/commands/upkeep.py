"""`flask mediadb check | reindex | purge`."""

import logging
import sys
from collections.abc import Iterator

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from ...application.models import Application
from ...indexing.current import current_catalogs
from ...jobs.here import do_here
from ...jobs.models import JobFailure
from ...jobs.queue import resume
from ...media.current import current_ingest
from ...media.files import current_storage
from ...media.ingest import Ingest
from .. import jobs
from ..recovery.finding import count_media, find_problems
from ..recovery.identity import require_identity
from ..recovery.indexes import damaged_indexes
from ..recovery.job import REINDEX, require_newest, start_reindex
from ..recovery.problems import Problem
from .describing import describe_here
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
    require_newest(current_ingest())  # before anything is written
    for application in Application.objects:
        describe_here(application)
    job = start_reindex(deep=deep)
    resume(job.id)  # who says so here wants it
    with tqdm(total=job.total, desc="Reindexing", unit="media", disable=None) as bar:
        do_here(job, (REINDEX,), lambda found: advance(bar, found.done - bar.n))
    mended = job.counts.get("mended", 0)
    if deep:
        for problem, served in damaged_indexes(current_catalogs()):
            rebuild_catalog(served, str(problem))
            mended += 1
    left = JobFailure.objects(job=job.id).order_by("at", "id")
    for one in left:
        click.echo(f"cannot be mended, {one.reason}: {one.item}")
    click.echo(f"{count_media()} media, {mended} mended, {len(left)} left")
    if left:
        sys.exit(1)


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
