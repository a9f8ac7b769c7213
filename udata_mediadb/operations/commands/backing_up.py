"""`flask mediadb backup` and `flask mediadb restore`."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import with_appcontext
from tqdm import tqdm

from ...errors import Conflict, InvalidRequest
from ...indexing.current import current_catalogs
from ...media.files import current_storage
from ...mongo.lease import lease
from ..backup import restoring, saving, snapshots
from ..backup.objects import Objects
from ..backup.places import place_of, require_apart
from ..backup.saving import Progress
from .errors import plain_errors

_PASSWORD = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file whose first line seals, or opens, the backups of this place.",
)


@click.command("backup")
@click.argument("place")
@_PASSWORD
@click.option("--list", "listing", is_flag=True, help="Only name the backups that there are.")
@click.option("--verify", is_flag=True, help="Only read the newest backup and compare all of it.")
@with_appcontext
@plain_errors
def backup(place: str, password_file: Path | None, listing: bool, verify: bool) -> None:
    """Save documents, descriptions and files to PLACE: a folder, or s3://bucket/prefix.

    What an earlier backup in the same place has is not saved again. The portal may go on serving.
    """
    if listing and verify:
        raise click.UsageError("--list or --verify, not both.")
    if listing:
        for name in snapshots.names(_objects(place, password_file, new=False)):
            click.echo(name)
        return
    if verify:
        _verify(_objects(place, password_file, new=False))
        return
    with lease(f"backup/{place}") as mine:
        if not mine:
            raise Conflict("Another process is saving a backup to this place.")
        objects = _objects(place, password_file, new=True)
        with _shown("Saving") as progress, _plain_disk_errors():
            saved = saving.save(objects, current_storage(), progress)
    click.echo(
        f"{saved.name}: {saved.documents['mediadb_media'].count} media, "
        f"{saved.descriptions.count} descriptions, {saved.files.count} files"
    )


@click.command("restore")
@click.argument("place")
@_PASSWORD
@click.option("--backup", "name", help="Which one, as `backup --list` names it; else the newest.")
@with_appcontext
@plain_errors
def restore(place: str, password_file: Path | None, name: str | None) -> None:
    """Restore a backup from PLACE into an empty database and an empty storage.

    What was begun and ended early is taken up by the same command.
    """
    objects = _objects(place, password_file, new=False)
    snapshot = snapshots.read(objects, name)
    with lease("restore") as mine:
        if not mine:
            raise Conflict("Another process is restoring a backup here.")
        with _shown("Restoring") as progress, _plain_disk_errors():
            counts = restoring.restore(objects, current_storage(), snapshot, progress)
    if (root := current_catalogs().root) is not None:
        shutil.rmtree(root, ignore_errors=True)  # of what was here before; made again from MongoDB
    for what, count in counts.items():
        click.echo(f"{what}: {count}")
    click.echo(f"All that was acknowledged before {snapshot.mark} is here again.")
    click.echo("Go on with: flask mediadb reindex && flask mediadb check --deep")


def _verify(objects: Objects) -> None:
    snapshot = snapshots.read(objects)
    with _shown("Reading") as progress:
        bad = restoring.verify(objects, snapshot, progress)
    for line in bad:
        click.echo(line)
    if bad:
        raise click.ClickException(
            f"{len(bad)} objects of {snapshot.name} are not whole. Remove those that are damaged; "
            "the next backup saves again what this portal still has"
        )
    click.echo(f"{snapshot.name} is whole")


def _objects(place: str, password_file: Path | None, *, new: bool) -> Objects:
    password = None
    if password_file is not None:
        password = password_file.read_text(encoding="utf-8").partition("\n")[0].strip()
        if not password:
            raise InvalidRequest("the first line of the password file is empty")
    if new:
        require_apart(place, current_storage(), current_app)
    with _plain_disk_errors():
        return Objects.open(place_of(place, current_app.config), password, new=new)


@contextmanager
def _shown(title: str) -> Iterator[Progress]:
    """A bar that counts whatever is done, on a terminal."""
    with tqdm(desc=title, unit="", disable=None) as bar:

        def advance(what: str, count: int) -> None:
            _advance(bar, what, count)

        yield advance


def _advance(bar: "tqdm[NoReturn]", what: str, count: int) -> None:
    bar.set_postfix_str(what, refresh=False)
    bar.update(count)


@contextmanager
def _plain_disk_errors() -> Iterator[None]:
    """A full disk or an absent bucket as one line."""
    try:
        yield
    except OSError as exc:
        raise click.ClickException(
            f"{exc}. What was saved until now is not lost: the same command goes on from there."
        ) from exc
