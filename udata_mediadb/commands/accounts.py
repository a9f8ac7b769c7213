"""`flask mediadb user | organization | key`: accounts of a plain portal."""

import click
from flask.cli import AppGroup

from ..hosts import plain_accounts
from ..hosts.plain_models import ROLES, ApiKey, Organization, User
from ..secret import current_secret
from .errors import plain_errors

user_commands = AppGroup("user", help="Users of a plain portal.")
organization_commands = AppGroup("organization", help="Organisations of a plain portal.")
key_commands = AppGroup("key", help="The X-API-KEYs of users.")


@user_commands.command("create")
@click.argument("name")
@click.option("--email", required=True)
@click.option("--admin", is_flag=True, help="May do everything.")
@plain_errors
def create_user(name: str, email: str, admin: bool) -> None:
    """Create a user and print the id."""
    click.echo(plain_accounts.create_user(name, email, admin=admin).id)


@user_commands.command("list")
@plain_errors
def list_users() -> None:
    """List users: id, email, name."""
    for user in User.objects.order_by("email"):
        click.echo(f"{user.id}  {user.email}  {user.name}{'  (admin)' if user.admin else ''}")


@organization_commands.command("create")
@click.argument("name")
@click.option("--admin", "email", required=True, help="Email of its first administrator.")
@plain_errors
def create_organization(name: str, email: str) -> None:
    """Create an organisation and print the id."""
    admin = plain_accounts.find_user(email)
    click.echo(plain_accounts.create_organization(name, admin).id)


@organization_commands.command("member")
@click.argument("organization")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True)
@plain_errors
def set_member(organization: str, email: str, role: str) -> None:
    """Make a user a member of ORGANIZATION (name or id), or change the role."""
    found = plain_accounts.find_organization(organization)
    plain_accounts.set_member(found, plain_accounts.find_user(email), role)


@organization_commands.command("list")
@plain_errors
def list_organizations() -> None:
    """List organisations: id, members, name."""
    for organization in Organization.objects.order_by("name"):
        click.echo(f"{organization.id}  {len(organization.members)} members  {organization.name}")


@key_commands.command("create")
@click.argument("email")
@click.option("--name", default="", help="What it is for.")
@plain_errors
def create_key(email: str, name: str) -> None:
    """Create an X-API-KEY and print it. It is shown this once: only its hash is stored."""
    user = plain_accounts.find_user(email)
    click.echo(plain_accounts.create_key(user, name, current_secret())[1])


@key_commands.command("list")
@click.argument("email", required=False)
@plain_errors
def list_keys(email: str | None) -> None:
    """List keys: id, first characters, state, user, name."""
    keys = ApiKey.objects(user=plain_accounts.find_user(email).id) if email else ApiKey.objects
    emails = {user.id: user.email for user in User.objects.only("email")}
    for key in keys.order_by("created_at"):
        state = "revoked" if key.revoked_at else "active"
        click.echo(
            f"{key.id}  {key.prefix}…  {state}  {emails.get(key.user, key.user)}  {key.name}"
        )


@key_commands.command("revoke")
@click.argument("key")
@plain_errors
def revoke_key(key: str) -> None:
    """Revoke a key by its id or its first characters; requests with it are refused at once."""
    click.echo(f"revoked {plain_accounts.revoke_key(key).id}")
