"""`mediadb-cluster`: shards on the machines of a Ray cluster."""

import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
from pymongo.errors import PyMongoError
from tqdm import tqdm

from ..errors import MediaDBError
from ..indexing.shards.share import SLOTS

try:
    from . import checking, starting
    from .settings import ClusterSettings, read_layout
except ImportError as exc:
    if (exc.name or "").partition(".")[0] not in ("ray", "starlette"):
        raise
    sys.exit("mediadb-cluster needs Ray: pip install 'udata-mediadb[cluster]'")

INDEX_ROOT = "/var/lib/mediadb-cluster"
PORT = 8000
WAIT_S = 24 * 3600
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
@click.option("--segments", help="s3://bucket/prefix: segments are made once for all copies.")
@click.option("--shards", type=click.IntRange(1, SLOTS), help="How many; else as before, or 1.")
@click.option("--copies", type=click.IntRange(1, 8), help="Of each shard; else as before, or 2.")
@click.option(
    "--index-root", default=INDEX_ROOT, show_default=True, help="On a local disk of each machine."
)
@click.option("--host", default="0.0.0.0", show_default=True, help="Where doors listen.")  # noqa: S104
@click.option("--port", type=int, default=PORT, show_default=True, help="Port of the doors.")
@click.option("--anew", is_flag=True, help="New processes, though nothing changed.")
@click.option("--wait", type=float, default=WAIT_S, help="Seconds until all have to be whole.")
def start(
    mongodb: str,
    address: str,
    segments: str | None,
    shards: int | None,
    copies: int | None,
    index_root: str,
    host: str,
    port: int,
    anew: bool,
    wait: float,
) -> None:
    """Start shards, or bring others into their place while searches go on."""
    settings = ClusterSettings(mongodb, segments, index_root)
    with _plain_errors():
        settings.connect()
        starting.connect_ray(address)
        before = read_layout()
        shards = shards or (before.shards if before is not None else 0) or 1
        copies = copies or (before.copies if before is not None else 0) or 2
        with tqdm(desc="whole indexes", unit="index", disable=None) as bar:
            layout = starting.start(
                settings,
                shards,
                copies,
                (host, port),
                anew=anew,
                progress=lambda told: _show(bar, told),
                patience_s=wait,
            )
        told = starting.states(layout)
    click.echo(f"layout {layout.number}: {shards} shards with {copies} copies are whole")
    for node, trouble in sorted({(one["node"], _trouble(one)) for one in told.values() if one}):
        if trouble:
            click.echo(f"WARNING {node} {trouble}", err=True)


@main.command("status")
@_MONGODB
@_ADDRESS
def status(mongodb: str, address: str) -> None:
    """Show each shard's copies; exit code 1 if a shard has none that answers."""
    with _plain_errors():
        ClusterSettings(mongodb, None, INDEX_ROOT).connect()
        layout = read_layout()
        if layout is None or not layout.shards:
            raise click.ClickException("no shards were started")
        starting.connect_ray(address)
        told = starting.states(layout)
    click.echo(f"layout {layout.number}: {layout.shards} shards, {layout.copies} copies")
    lacking = 0
    for shard in range(layout.shards):
        copies = [told[shard, copy] for copy in range(layout.copies)]
        lacking += not any(copies)
        click.echo(f"shard {shard}: " + ", ".join(map(_said, copies)))
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
        ClusterSettings(mongodb, None, INDEX_ROOT).connect()
        for one in tqdm(
            checking.check(list(urls), queries, Path(directory)), total=queries, disable=None
        ):
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
def stop(mongodb: str, address: str) -> None:
    """End all shards and doors. Ray itself goes on: `ray stop` ends it."""
    with _plain_errors():
        ClusterSettings(mongodb, None, INDEX_ROOT).connect()
        starting.connect_ray(address)
        starting.stop()
    click.echo("stopped")


def _show(bar: "tqdm[NoReturn]", told: starting.States) -> None:
    there = [one for one in told.values() if one is not None]
    bar.total = sum(max(0, one["wanted"]) for one in there) or None
    bar.n = sum(one["ready"] for one in there)
    bar.refresh()


def _said(copy: dict[str, Any] | None) -> str:
    if copy is None:
        return "no answer"
    ready = "whole" if copy["whole"] else f"{copy['ready']} of {copy['wanted']} indexes"
    trouble = _trouble(copy)
    return f"{copy['node']} {ready}" + (f" ({trouble})" if trouble else "")


def _trouble(copy: dict[str, Any]) -> str:
    """What to do where a copy cannot keep its segments; empty where it can."""
    if not copy.get("trouble"):  # a copy of an earlier version does not say
        return ""
    keys = "FS_S3_ENDPOINT and the keys in the environment of its Ray"
    return f"keeps no segments: {copy['trouble']}; look at {keys}"


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except MediaDBError as exc:
        raise click.ClickException(exc.message) from exc
    except (PyMongoError, TimeoutError, OSError, ValueError) as exc:
        raise click.ClickException(str(exc)) from exc
