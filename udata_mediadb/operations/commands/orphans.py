"""`flask mediadb orphans`: what no document names, and what was moved out of the way for that."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import click
import flask_storage
from flask.cli import AppGroup

from ...errors import MediaDBError
from ...media.current import current_ingest
from ...media.files import current_storage, remove
from ...media.models import Media
from ...mongo.clock import now
from ..recovery import adopting, orphans, set_aside
from ..recovery.identity import require_identity
from .errors import plain_errors

orphan_commands = AppGroup("orphans", help="Files and documents that belong to nothing.")
SHARE_PERCENT = 10  # of all originals; more is rather a wrong database than something left over
KEEP_DAYS = 30


@orphan_commands.command("list")
@plain_errors
def list_all() -> None:
    """List files that no document names, and what was moved out of the way: since, what."""
    storage = current_storage()
    for orphan in orphans.find_orphans(storage):
        why = "" if orphan.known else "  (no such application)"
        click.echo(f"orphan      {orphan.name}{why}")
    for kept in sorted(orphans.list_kept(storage), key=lambda kept: kept.since):
        click.echo(f"{kept.since:%Y-%m-%d %H:%M}  {kept.name}")
    for record in set_aside.list_kept():
        click.echo(f"{record.at:%Y-%m-%d %H:%M}  {record.id}  ({record.kind})")


@orphan_commands.command("set-aside")
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@click.option("--share", default=SHARE_PERCENT, help="Refuse more than this percentage.")
@plain_errors
def move_away(yes: bool, share: int) -> None:
    """Move files that no document names out of the way, also those of no known application."""
    storage = current_storage()
    require_identity(storage)
    found = list(orphans.find_orphans(storage))
    _agree("moved out of the way", [orphan.name for orphan in found], yes, share)
    for orphan in found:
        orphans.set_aside(storage, orphan.name)
    click.echo(f"{len(found)} files moved out of the way")


@orphan_commands.command("bring-back")
@click.argument("name", required=False)
@plain_errors
def bring_back(name: str | None) -> None:
    """Bring back what was moved out of the way: all of it, or what begins with NAME."""
    storage = current_storage()
    files = [one for one in orphans.list_kept(storage) if one.name.startswith(name or "")]
    records = [one.id for one in set_aside.list_kept() if one.id.startswith(name or "")]
    done = sum(orphans.bring_back(storage, kept) for kept in files)
    done += sum(set_aside.bring_back(identifier) for identifier in records)
    left = len(files) + len(records) - done
    click.echo(f"{done} brought back, {left} left: there is something of that name again")


@orphan_commands.command("adopt")
@plain_errors
def adopt() -> None:
    """Take originals that no document names in as media of their applications, with their ids."""
    ingest, count = current_ingest(), 0
    require_identity(ingest.storage)
    for orphan in list(orphans.find_orphans(ingest.storage)):
        if orphan.is_original and orphan.known:
            try:
                count += adopting.adopt(ingest, orphan)
            except MediaDBError as exc:
                click.echo(f"{orphan.name}: {exc.message}")
    click.echo(f"{count} pictures taken in; names and keywords went with their documents")


@orphan_commands.command("remove")
@click.option("--older-than", "days", default=KEEP_DAYS, help="Days since it was moved away.")
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@click.option("--share", default=SHARE_PERCENT, help="Refuse more than this percentage.")
@plain_errors
def remove_for_good(days: int, yes: bool, share: int) -> None:
    """Remove for good what was moved out of the way long ago; nothing else removes it."""
    storage = current_storage()
    require_identity(storage)
    before = now() - timedelta(days=days)
    found = [kept for kept in orphans.list_kept(storage) if kept.since < before]
    documents = set_aside.count_older(before)
    names = [kept.name for kept in found]
    _agree(f"removed for good, with {documents} documents", names, yes, share)
    count = _remove(storage, found, before)
    click.echo(f"{len(found)} files and {count} documents removed")


def _remove(storage: flask_storage.Storage, found: Iterable[orphans.Kept], before: datetime) -> int:
    for kept in found:
        remove(storage, kept.place)
    return set_aside.remove_older(before)


def _agree(what: str, names: list[str], yes: bool, share: int) -> None:
    """Ask, and refuse where that many originals are more than a share of all there are."""
    originals = sum(name.endswith("/original") for name in names)
    known = int(Media.objects(id__exists=True).count())
    if originals and originals * 100 > share * (originals + known):
        raise click.ClickException(
            f"{originals} originals are more than {share} % of all {originals + known}: is this "
            "the right database? If it is: --share 100"
        )
    if not yes:
        click.confirm(f"{len(names)} files are to be {what}. Go on?", abort=True)
