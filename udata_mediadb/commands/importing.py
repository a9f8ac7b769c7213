"""`flask mediadb import`."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import click
import flask_storage
from flask import current_app
from flask.cli import with_appcontext
from tqdm import tqdm

from ..application.models import Application
from ..auth.guard import find_application
from ..errors import MediaDBError, QuotaExceeded
from ..fetching import fetch
from ..ids import compact_id
from ..importing.actions import Importing, delete_gone, held_media, import_picture, is_held
from ..importing.pictures import PortalPicture
from ..media.junction import current_ingest, keep_described
from ..state import current_mediadb
from .applications import new_application
from .errors import plain_errors

DEFAULT_NAME = "Pictures of the portal"
ELSEWHERE = "elsewhere"  # remote, and not asked for


@click.command("import")
@click.option("--application", default=DEFAULT_NAME, show_default=True, help="Name or id.")
@click.option("--owner", help="Email of the user it belongs to; needed where it is to be made.")
@click.option("--organization", help="Name or id of the organisation that shares it; when made.")
@click.option("--public", is_flag=True, help="Anyone may read and search it; when made.")
@click.option("--avatars", is_flag=True, help="The avatars of users, too.")
@click.option("--remote", is_flag=True, help="Fetch image resources from other hosts, too.")
@click.option("--again", is_flag=True, help="With --remote: also those that were fetched before.")
@click.option("--prune", is_flag=True, help="Delete what the portal shows no more.")
@with_appcontext
@plain_errors
def import_pictures(
    application: str,
    owner: str | None,
    organization: str | None,
    public: bool,
    avatars: bool,
    remote: bool,
    again: bool,
    prune: bool,
) -> None:
    """Bring all pictures of the portal into one application, each with the object that shows it.

    May be stopped and run again at any time: only what is new or changed is stored.
    """
    pictures = current_mediadb().host.pictures(avatars=avatars)
    if pictures is None:
        raise click.ClickException(
            "this portal has no pictures of its own to import: the command is for udata"
        )
    target = _target(application, owner, organization, public)
    run = Importing(
        ingest=current_ingest(),
        application=target,
        max_bytes=int(current_app.config["MEDIADB_UPLOAD_MAX_BYTES"]),
        held=held_media(target),
    )
    outcomes = _import_all(run, pictures, remote, again)
    keep_described(target)
    gone = set(run.held) - {picture.origin for picture in pictures}
    if prune:
        outcomes["deleted"] = delete_gone(run, {picture.origin for picture in pictures})
    click.echo(f"{target.name} ({target.id}): {_summary(len(pictures), outcomes)}")
    if gone and not prune:
        click.echo(f"{len(gone)} are no longer in the portal; --prune deletes them")
    if outcomes[ELSEWHERE]:
        click.echo(f"{outcomes[ELSEWHERE]} lie on other hosts; --remote fetches them")


def _target(name: str, owner: str | None, organization: str | None, public: bool) -> Application:
    if compact_id(name):
        return find_application(name)
    named = list(Application.objects(name=name).limit(2))
    if len(named) > 1:
        raise click.ClickException(f"several applications are named {name!r}: give the id of one")
    if named:
        return named[0]
    if owner is None:
        raise click.ClickException(f"there is no application {name!r} yet: give its --owner EMAIL")
    return new_application(name, owner, organization, public)


def _import_all(
    run: Importing, pictures: Sequence[PortalPicture], remote: bool, again: bool
) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    catalogs = current_mediadb().catalogs
    with tqdm(pictures, desc="Importing", unit="picture", disable=None) as bar:
        for picture in bar:
            outcome = _import_one(run, picture, remote, again)
            outcomes[outcome] += 1
            if outcome in ("added", "replaced"):
                catalogs.note_added(run.application.id, run.application.signatures)
    return outcomes


def _import_one(run: Importing, picture: PortalPicture, remote: bool, again: bool) -> str:
    read = picture.read
    if read is None:
        if not remote:
            return ELSEWHERE
        if is_held(run, picture.origin) and not again:
            return "unchanged"
        read = _fetching(picture)
    try:
        return import_picture(run, picture, read)
    except QuotaExceeded:
        raise
    except (MediaDBError, OSError, flask_storage.FileNotFound) as exc:
        why = exc.message if isinstance(exc, MediaDBError) else "its file cannot be read"
        tqdm.write(f"{picture.origin} ({picture.name}): {why}")
        return "failed"


def _fetching(picture: PortalPicture) -> Callable[[], bytes]:
    return partial(_fetch, picture.url or "")


def _fetch(url: str) -> bytes:
    config = current_app.config
    return fetch(
        url,
        max_bytes=config["MEDIADB_UPLOAD_MAX_BYTES"],
        deadline_s=config["MEDIADB_FETCH_DEADLINE_S"],
        allow=tuple(config["MEDIADB_FETCH_ALLOW"]),
    ).data


def _summary(total: int, outcomes: Counter[str]) -> str:
    names = ("added", "replaced", "unchanged", "failed", ELSEWHERE, "deleted")
    counts = [f"{outcomes[name]} {name}" for name in names if outcomes[name] or name == "added"]
    return f"{total} pictures, {', '.join(counts)}"
