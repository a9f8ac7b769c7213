"""`flask mediadb identity`: whether this database and these files belong together."""

import click
from flask.cli import with_appcontext

from ...media.files import current_storage
from ..recovery import identity as recovery
from .errors import plain_errors


@click.command("identity")
@click.option("--accept", is_flag=True, help="Say that they belong together, after a restore.")
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@with_appcontext
@plain_errors
def identity(accept: bool, yes: bool) -> None:
    """Tell whose the database and the files are; `check` and `reindex` refuse what differs."""
    if yes and not accept:
        raise click.UsageError("--yes goes with --accept.")
    storage = current_storage()
    database, files = recovery.describe(storage)
    click.echo(f"database: {database or 'none yet'}")
    click.echo(f"files: {files or 'none yet'}")
    if accept:
        if not yes:
            click.confirm("Do they belong together from now on?", abort=True)
        click.echo(f"accepted: {recovery.accept(storage)}")
