"""`flask mediadb application`."""

from collections.abc import Sequence
from typing import Any

import click
from flask.cli import AppGroup

from ...application.actions import create_application
from ...application.key_reading import are_keys_readable
from ...application.models import Application
from ...application.transfer import transfer_application
from ...authentication.audit import AuditEntry
from ...authentication.keyring import current_keyring
from ...authorization.caller import find_application
from ...hosts.current import current_host
from ...indexing.current import current_registry
from ...indexing.versions import versions_of
from .errors import plain_errors
from .telling import tell_made

application_commands = AppGroup("application", help="Applications, the tenants.")


@application_commands.command("create")
@click.argument("name")
@click.option("--owner", required=True, help="Email of the user that it belongs to.")
@click.option("--organization", help="Name or id of the organisation that shares it.")
@click.option("--public", is_flag=True, help="Anyone may read; the public key alone may search.")
@click.option(
    "--signature",
    "signatures",
    multiple=True,
    help="match (the default), similarity or colors; repeat for several.",
)
@plain_errors
def create(
    name: str, owner: str, organization: str | None, public: bool, signatures: tuple[str, ...]
) -> None:
    """Create an application and print the id."""
    made = new_application(name, owner, organization, public, signatures)
    names = ", ".join(made.signatures)
    tell_made(f"Made the application {made.name} with {names}. The id:", made.id)


def new_application(
    name: str,
    owner: str,
    organization: str | None,
    public: bool,
    signatures: Sequence[str] = (),
) -> Application:
    """Make one; `owner` is an email, `organization` a name or id; match for no signatures."""
    host = current_host()
    properties: dict[str, Any] = {"name": name, "public": public}
    if signatures:
        properties["signatures"] = list(signatures)
    if organization:
        properties["organization"] = host.find_organization(organization)
    return create_application(
        properties,
        host.find_principal(owner),
        versions=versions_of(current_registry()),
        keyring=current_keyring(),
        readable_key=are_keys_readable(),
    )


@application_commands.command("list")
@plain_errors
def list_all() -> None:
    """List applications: id, status, signatures, name."""
    for application in Application.objects.order_by("name"):
        names = ",".join(application.signatures)
        click.echo(f"{application.id}  {application.status}  {names}  {application.name}")


@application_commands.command("transfer")
@click.argument("application")
@click.option("--owner", help="Email or id of the user who is to have it.")
@click.option("--organization", help="Name or id of the organisation that is to have it.")
@plain_errors
def transfer(application: str, owner: str | None, organization: str | None) -> None:
    """Give APPLICATION (its id), with all that it holds, to a user or to an organisation."""
    host = current_host()
    found = transfer_application(
        find_application(application),
        None,
        owner=host.find_principal(owner).user if owner else None,
        organization=host.find_organization(organization) if organization else None,
    )
    click.echo(f"{found.name} ({found.id}) belongs to {organization or owner} now")


@application_commands.command("quota")
@click.argument("application")
@click.option("--media", type=click.IntRange(min=0), help="How many media; leave out for usual.")
@click.option("--bytes", "size", type=click.IntRange(min=0), help="Bytes of originals.")
@plain_errors
def quota(application: str, media: int | None, size: int | None) -> None:
    """Set what APPLICATION (its id) may hold, in place of MEDIADB_QUOTA_MEDIA and _BYTES."""
    found = find_application(application)
    found.modify(quota_media=media, quota_bytes=size)
    click.echo(f"{found.name} ({found.id}) may hold {_limit(media)} media and {_limit(size)} bytes")


def _limit(number: int | None) -> str:
    return "the usual number of" if number is None else str(number)


@application_commands.command("audit")
@click.argument("application")
@plain_errors
def audit(application: str) -> None:
    """List who read or changed the keys of APPLICATION (its id): when, what, user, address."""
    for entry in AuditEntry.objects(application=find_application(application).id).order_by("at"):
        click.echo(
            f"{entry.at:%Y-%m-%d %H:%M:%S}  {entry.action}  {entry.user or '-'}  "
            f"{entry.address or '-'}"
        )
