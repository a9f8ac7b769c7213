"""`flask mediadb secret renew`."""

import sys

import click
from flask.cli import AppGroup

from ...authentication.keyring import current_keyring
from ..sealing import renew_seals
from .errors import plain_errors

secret_commands = AppGroup("secret", help="The portal's secret.")


@secret_commands.command("renew")
@plain_errors
def renew() -> None:
    """Seal all stored keys under the newest secret, before a former one goes.

    Exit code 1 where some can be opened by no secret.
    """
    done = renew_seals(current_keyring())
    click.echo(f"{done.renewed} keys sealed anew, {done.lost} cannot be opened by any secret")
    if done.lost:
        click.echo("Add the secret that they were sealed under to the fallbacks, or rotate them.")
        sys.exit(1)
