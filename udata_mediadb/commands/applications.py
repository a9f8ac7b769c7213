"""`flask mediadb application`."""

import click
from flask.cli import AppGroup

from ..application.actions import create_application
from ..application.models import Application
from ..hosts import plain_accounts
from ..hosts.plain import principal_of
from ..secret import current_secret
from ..state import current_mediadb
from .errors import plain_errors

application_commands = AppGroup("application", help="Applications, the tenants.")


@application_commands.command("create")
@click.argument("name")
@click.option("--owner", required=True, help="Email of the user that it belongs to.")
@click.option("--organization", help="Name or id of the organisation that shares it.")
@click.option("--public", is_flag=True, help="Anyone may read and search.")
@plain_errors
def create(name: str, owner: str, organization: str | None, public: bool) -> None:
    """Create an application and print the id."""
    properties = {"name": name, "public": public}
    if organization:
        properties["organization"] = plain_accounts.find_organization(organization).id
    created = create_application(
        properties,
        principal_of(plain_accounts.find_user(owner)),
        methods=current_mediadb().methods,
        secret=current_secret(),
    )
    click.echo(created.id)


@application_commands.command("list")
@plain_errors
def list_all() -> None:
    """List applications: id, status, signatures, name."""
    for application in Application.objects.order_by("name"):
        names = ",".join(application.signatures)
        click.echo(f"{application.id}  {application.status}  {names}  {application.name}")
