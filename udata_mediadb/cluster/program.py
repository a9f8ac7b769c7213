"""`mediadb-cluster`: shards on the machines of a Ray cluster."""

import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from pymongo.errors import PyMongoError
from tqdm import tqdm

from ..errors import MediaDBError
from ..indexing.models import ClusterLayout
from ..indexing.shards.client import NoDoor
from ..indexing.shards.database_name import database_name
from ..indexing.shards.share import SLOTS

try:
    from ray.exceptions import RayError

    from . import checking, starting
    from .doors import silent
    from .settings import ClusterSettings, connect, read_layout
    from .telling import advised, in_words, say, show, tell_of_others, warn, warn_of_silent
    from .waiting import MISSING_S, Patience, Progress, Waited, machines, said
except ImportError as exc:
    if (exc.name or "").partition(".")[0] not in ("ray", "starlette"):
        raise
    sys.exit("mediadb-cluster needs Ray: pip install 'udata-mediadb[cluster]'")

INDEX_ROOT = "/var/lib/mediadb-cluster"
PORT = 8000
WAIT_S = 4 * 3600  # a shard of three million descriptions is written in that, on one core
NONE = "none"
_MONGODB = click.option(
    "--mongodb",
    required=True,
    envvar="MEDIADB_MONGODB_URI",
    help="URI of the portal's database, with its name.",
)
_ADDRESS = click.option(
    "--address", default="auto", show_default=True, help="Of Ray's head; auto: of this machine."
)


@click.group()
def main() -> None:
    """Shards of a portal's indexes, in the memory of several machines."""
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)


@main.command("start")
@_MONGODB
@_ADDRESS
@click.option(
    "--segments",
    help="s3://bucket/prefix: segments are made once for all copies; none: each machine makes its "
    "own. Else as before.",
)
@click.option("--shards", type=click.IntRange(1, SLOTS), help="How many; else as before, or 1.")
@click.option("--copies", type=click.IntRange(1, 8), help="Of each shard; else as before, or 2.")
@click.option(
    "--index-root", help=f"On a local disk of each machine; else as before, or {INDEX_ROOT}."
)
@click.option("--host", default="0.0.0.0", show_default=True, help="Where doors listen.")  # noqa: S104
@click.option("--port", type=int, default=PORT, show_default=True, help="Port of the doors.")
@click.option("--anew", is_flag=True, help="New processes, though nothing changed.")
@click.option(
    "--wait",
    type=click.FloatRange(1),
    default=WAIT_S,
    show_default=True,
    help="Seconds until all have to be whole.",
)
@click.option(
    "--missing",
    type=click.FloatRange(1),
    default=MISSING_S,
    show_default=True,
    help="Seconds after which a copy that does not answer is missing: the others do without.",
)
def start(
    mongodb: str,
    address: str,
    segments: str | None,
    shards: int | None,
    copies: int | None,
    index_root: str | None,
    host: str,
    port: int,
    anew: bool,
    wait: float,
    missing: float,
) -> None:
    """Start shards, or bring others into their place while searches go on.

    Says what it waits for. Ends with 1 where a shard has no copy in time; where each has one, it
    goes on with those, and says which are missing.
    """
    with _plain_errors():
        connect(mongodb)
        database = database_name(make=True)
        before = read_layout(database)
        settings = _settings(mongodb, database, before, segments, index_root)
        shards = shards or (before.shards if before is not None else 0) or 1
        copies = copies or (before.copies if before is not None else 0) or 2
        starting.connect_ray(address, database)
        say(
            f"{shards} shards with {copies} copies for {database}: {machines()}. Waiting "
            f"{missing:.0f} s for a copy that does not answer, {wait:.0f} s until all are whole"
        )
        with tqdm(desc="whole indexes", unit="index", disable=None) as bar:
            started = starting.start(
                settings,
                shards,
                copies,
                (host, port),
                anew=anew,
                progress=Progress(lambda told: show(bar, told), say),
                patience=Patience(wait, missing),
            )
        told = starting.states(started.layout)
        warn_of_silent(silent((host, port)), port)
    complete = not started.missing
    click.echo(
        f"layout {started.layout.number}: {shards} shards with {copies} copies are "
        + ("whole" if complete else f"started, without {said(started.missing, told)}")
    )
    warn(told, complete)


def _settings(
    mongodb: str,
    database: str,
    before: ClusterLayout | None,
    segments: str | None,
    index_root: str | None,
) -> ClusterSettings:
    """What is not given is as it was."""
    if segments is None:
        segments = before.segments if before is not None else None
    if index_root is None:
        index_root = before.index_root if before is not None else None
    settings = ClusterSettings(
        mongodb, database, None if segments == NONE else segments, index_root or INDEX_ROOT
    )
    settings.bucket()  # ValueError for a URL that is none
    return settings


@main.command("status")
@_MONGODB
@_ADDRESS
def status(mongodb: str, address: str) -> None:
    """Show each shard's copies; exit code 1 if a shard has none that answers."""
    with _plain_errors():
        layout = _of_this_database(mongodb)
        if layout is None or not layout.shards:
            raise click.ClickException(
                "no shards were started for this database: `mediadb-cluster start` starts them"
            )
        starting.connect_ray(address, layout.database)
        told = starting.states(layout)
        known, beside = machines(), starting.others(layout.database)
    click.echo(f"layout {layout.number}: {layout.shards} shards, {layout.copies} copies; {known}")
    lacking = 0
    for shard in range(layout.shards):
        copies = [told[shard, copy] for copy in range(layout.copies)]
        lacking += not any(copies)
        click.echo(f"shard {shard}: " + ", ".join(map(in_words, copies)))
    for line in advised(told):
        click.echo(line)
    tell_of_others(beside)
    if lacking:
        raise click.ClickException(f"{lacking} shards have no copy")


@main.command("check")
@_MONGODB
@click.option("--queries", type=click.IntRange(1), default=50, show_default=True)
@click.option(
    "--url", "urls", multiple=True, default=[f"http://127.0.0.1:{PORT}"], show_default=True,
    help="A door; may be given several times.",
)  # fmt: skip
def check(mongodb: str, queries: int, urls: tuple[str, ...]) -> None:
    """Compare the lists of the cluster with those of an index of this machine."""
    different = done = 0
    with _plain_errors(), tempfile.TemporaryDirectory() as directory:
        connect(mongodb)
        asked = checking.check(list(urls), queries, Path(directory), say)
        for one in tqdm(asked, total=queries, disable=None):
            done += 1
            different += one.place is not None
            if one.place is not None:
                click.echo(
                    f"{one.signature} of {one.application}, media {one.media}: "
                    f"place {one.place + 1} of {one.length} differs"
                )
    click.echo(f"{done - different} of {done} lists are equal")
    if different or not done:
        raise click.ClickException("cluster and index differ" if done else "no picture is stored")


@main.command("stop")
@_MONGODB
@_ADDRESS
@click.option(
    "--database",
    help="Another one that has shards in this Ray, as `status` names it: one that is no more.",
)
def stop(mongodb: str, address: str, database: str | None) -> None:
    """End all shards and doors of this database. Ray itself goes on: `ray stop` ends it."""
    with _plain_errors():
        layout = _of_this_database(mongodb)
        own = None if layout is None else layout.database
        starting.connect_ray(address, database or own)
        if database is not None and database not in starting.others(own):
            raise click.ClickException(f"no other database {database} has shards in this Ray")
        say("doors end, then shards")
        if database is None:
            starting.stop(layout)
        else:
            starting.end_all(database)
    click.echo("stopped")


def _of_this_database(mongodb: str) -> ClusterLayout | None:
    connect(mongodb)
    return read_layout(database_name())


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except NoDoor as exc:
        raise click.ClickException(exc.why or exc.message) from exc
    except MediaDBError as exc:
        raise click.ClickException(exc.message) from exc
    except (PyMongoError, RayError, Waited, OSError, ValueError, RuntimeError) as exc:
        raise click.ClickException(str(exc)) from exc
