"""`flask mediadb rebuild`."""

import time
from typing import NoReturn

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from ...application.models import Application
from ...indexing.background import BUSY_RETRY_S
from ...indexing.catalogs import MaintainedCatalog
from ...indexing.current import current_catalogs
from ...mongo.ids import compact_id
from ..recovery.indexes import used_by
from .errors import plain_errors


@click.command("rebuild")
@click.option("--application", help="The id of one application; without it, all.")
@with_appcontext
@plain_errors
def rebuild(application: str | None) -> None:
    """Write the index segments of this machine anew from MongoDB, while searches go on."""
    found = Application.objects(id=compact_id(application)) if application else Application.objects
    applications = list(found)
    if application and not applications:
        raise click.ClickException(f"no application {application}")
    catalogs = current_catalogs()
    if catalogs.root is None:
        raise click.ClickException("this portal keeps no segments: set MEDIADB_INDEX_ROOT")
    if catalogs.cluster is not None:
        raise click.ClickException(
            "MEDIADB_CLUSTER is set: its shards keep the indexes. "
            "There, `mediadb-cluster start --anew` makes them again."
        )
    for one in applications:
        for name in used_by(catalogs, one):
            served = catalogs.own(one.id, name)
            if served.catalog.store is not None:
                rebuild_catalog(served, f"{one.name}, {name}")


def rebuild_catalog(served: MaintainedCatalog, title: str) -> None:
    """Write its segments anew, with a progress bar; waits where another process is at it."""
    total = served.catalog.count_stored()
    with tqdm(total=total, desc=title, unit="media", disable=None) as bar:
        while not served.upkeep.rebuild(lambda count: advance(bar, count)):
            time.sleep(BUSY_RETRY_S)
    status = served.catalog.status_now()
    click.echo(
        f"{title}: {status['indexed']} media in {status['segments']} segments, "
        f"generation {status['generation']}"
    )


def advance(bar: "tqdm[NoReturn]", count: int) -> None:
    """One step of a progress bar, for a lambda."""
    bar.update(count)
