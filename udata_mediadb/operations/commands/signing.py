"""`flask mediadb signing-key`: the keys of the embedded token endpoint."""

import click
from flask import current_app
from flask.cli import AppGroup

from ...authentication import signing
from ...authentication.claims import CLOCK_LEEWAY_S
from ...authentication.keyring import current_keyring
from .errors import plain_errors
from .telling import tell_made

signing_commands = AppGroup("signing-key", help="The keys that sign tokens.")


@signing_commands.command("rotate")
@click.option("--leaked", is_flag=True, help="Refuse tokens of the old key at once.")
@plain_errors
def rotate(leaked: bool) -> None:
    """Sign with a new key from now on; tokens of the old one stay good until they end."""
    honour_s = 0 if leaked else int(current_app.config["MEDIADB_TOKEN_ACCESS_S"]) + CLOCK_LEEWAY_S
    key = signing.rotate(current_keyring(), honour_s=honour_s)
    tell_made("Tokens are signed with a new key from now on. Its id:", key.id)


@signing_commands.command("list")
@plain_errors
def list_all() -> None:
    """List the keys: id, state, since when."""
    for key in signing.SigningKey.objects.order_by("-created_at"):
        state = "signs" if key.active else f"honoured until {key.honoured_until:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{key.id}  {key.created_at:%Y-%m-%d %H:%M}  {state}")
