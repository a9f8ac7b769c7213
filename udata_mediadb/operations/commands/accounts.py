"""`flask mediadb user | organization | key`: accounts of a plain portal."""

import sys

import click
from flask.cli import AppGroup

from ...authentication.key_limits import SCOPES, KeyLimits, changed_limits
from ...authentication.keyring import current_keyring
from ...hosts import plain_accounts
from ...hosts.plain_models import ROLES, ApiKey, PlainOrganization, PlainUser
from ...hosts.plain_passwords import check_password_rules
from .errors import plain_errors
from .telling import tell_made

user_commands = AppGroup("user", help="Users of a plain portal.")
organization_commands = AppGroup("organization", help="Organisations of a plain portal.")
key_commands = AppGroup("key", help="The X-API-KEYs of users.")


@user_commands.command("create")
@click.argument("name")
@click.option("--email", required=True)
@click.option("--admin", is_flag=True, help="May do everything.")
@click.option("--password-stdin", is_flag=True, help="Read a password from the standard input.")
@plain_errors
def create_user(name: str, email: str, admin: bool, password_stdin: bool) -> None:
    """Create a user and print the id."""
    password = _password_from_stdin() if password_stdin else None
    if password is not None:
        check_password_rules(password)  # before the user exists
    user = plain_accounts.create_user(name, email, admin=admin)
    if password is not None:
        plain_accounts.set_password(user, password)
    tell_made(f"Made the user {name} ({user.email}). The id:", user.id)


@user_commands.command("password")
@click.argument("email")
@click.option("--stdin", is_flag=True, help="Read it from the standard input; else you are asked.")
@plain_errors
def set_password(email: str, stdin: bool) -> None:
    """Set a user's password, for tokens and Basic; all sessions of the user end."""
    user = plain_accounts.find_user(email)
    if stdin:
        password = _password_from_stdin()
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    plain_accounts.set_password(user, password)
    click.echo(f"password of {user.email} set")


@user_commands.command("deactivate")
@click.argument("email")
@plain_errors
def deactivate_user(email: str) -> None:
    """Switch a user off: keys, tokens and password are refused at once."""
    plain_accounts.set_active(plain_accounts.find_user(email), False)
    click.echo(f"{email} switched off")


@user_commands.command("activate")
@click.argument("email")
@plain_errors
def activate_user(email: str) -> None:
    """Switch a user on again."""
    plain_accounts.set_active(plain_accounts.find_user(email), True)
    click.echo(f"{email} switched on")


@user_commands.command("list")
@plain_errors
def list_users() -> None:
    """List users: id, email, name."""
    for user in PlainUser.objects().order_by("email"):
        notes = [note for note, holds in (("admin", user.admin), ("off", not user.active)) if holds]
        suffix = f"  ({', '.join(notes)})" if notes else ""
        click.echo(f"{user.id}  {user.email or '-'}  {user.name}{suffix}")


@organization_commands.command("create")
@click.argument("name")
@click.option("--admin", "email", required=True, help="Email of its first administrator.")
@plain_errors
def create_organization(name: str, email: str) -> None:
    """Create an organisation and print the id."""
    admin = plain_accounts.find_user(email)
    organization = plain_accounts.create_organization(name, admin)
    tell_made(f"Made the organisation {name}; {email} administers it. The id:", organization.id)


@organization_commands.command("member")
@click.argument("organization")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True)
@plain_errors
def set_member(organization: str, email: str, role: str) -> None:
    """Make a user a member of ORGANIZATION (name or id), or change the role."""
    found = plain_accounts.find_organization(organization)
    plain_accounts.set_member(found, plain_accounts.find_user(email), role)
    click.echo(f"{email} is {role} of {found.name}")


@organization_commands.command("list")
@plain_errors
def list_organizations() -> None:
    """List organisations: id, members, name."""
    for organization in PlainOrganization.objects.order_by("name"):
        click.echo(f"{organization.id}  {len(organization.members)} members  {organization.name}")


@key_commands.command("create")
@click.argument("email")
@click.option("--name", default="", help="What it is for.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="Repeatable.")
@click.option("--allow", multiple=True, help="An address or network that may use it; repeatable.")
@click.option("--ends-at", help="When it ends: 2030-05-01 or 2030-05-01T12:00:00Z.")
@plain_errors
def create_key(
    email: str, name: str, scopes: tuple[str, ...], allow: tuple[str, ...], ends_at: str | None
) -> None:
    """Create an X-API-KEY and print it. It is shown this once: only its hash is stored.

    Without options it may whatever its user may, from anywhere and for ever.
    """
    user = plain_accounts.find_user(email)
    said = {"scopes": list(scopes), "allow": list(allow), "ends_at": ends_at}
    limits = changed_limits(None, {field: value for field, value in said.items() if value})
    key = plain_accounts.create_key(user, name, current_keyring(), limits)[1]
    tell_made(f"Made an X-API-KEY for {user.email}. Keep it, it is shown this once:", key)


@key_commands.command("list")
@click.argument("email", required=False)
@plain_errors
def list_keys(email: str | None) -> None:
    """List keys: id, first characters, state, user, name, limits."""
    keys = ApiKey.objects(user=plain_accounts.find_user(email).id) if email else ApiKey.objects
    emails = {user.id: user.email for user in PlainUser.objects.only("email")}
    for key in keys.order_by("created_at"):
        state = "revoked" if key.revoked_at else "active"
        whose = emails.get(key.user, key.user)
        click.echo(f"{key.id}  {key.prefix}…  {state}  {whose}  {key.name}{_limits_of(key)}")


def _limits_of(key: ApiKey) -> str:
    """In brackets, with the last use; nothing for a key without limits that was not used."""
    limits = key.limits or KeyLimits()
    notes = [",".join(limits.scopes), f"from {','.join(limits.allow)}" if limits.allow else ""]
    notes.append(f"until {limits.ends_at:%Y-%m-%d %H:%M}" if limits.ends_at else "")
    notes.append(f"used {key.used_at:%Y-%m-%d %H:%M}" if key.used_at else "")
    told = "; ".join(note for note in notes if note)
    return f"  ({told})" if told else ""


@key_commands.command("revoke")
@click.argument("key")
@plain_errors
def revoke_key(key: str) -> None:
    """Revoke a key by its id or its first characters; requests with it are refused at once."""
    click.echo(f"revoked {plain_accounts.revoke_key(key).id}")


def _password_from_stdin() -> str:
    """The first line, without its end."""
    return sys.stdin.readline().rstrip("\r\n")
