"""`flask mediadb import`."""

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from ...application.models import Application
from ...hosts.current import current_host
from ..importing.actions import delete_gone
from ..importing.runner import ELSEWHERE, import_all, new_run, outcome_line
from ..importing.target import find_target
from .applications import new_application
from .errors import plain_errors

DEFAULT_NAME = "Pictures of the portal"


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
    pictures = current_host().pictures(avatars=avatars)
    if pictures is None:
        raise click.ClickException(
            "this portal has no pictures of its own to import: the command is for udata"
        )
    if again and not remote:
        raise click.UsageError("--again goes with --remote.")
    target = _target(application, owner, organization, public)
    run = new_run(target)
    with tqdm(pictures, desc="Importing", unit="picture", disable=None) as bar:
        outcomes = import_all(run, bar, remote=remote, again=again, tell=tqdm.write)
    origins = {picture.origin for picture in pictures}
    if prune:
        outcomes["deleted"] = delete_gone(run, origins)
    click.echo(f"{target.name} ({target.id}): {outcome_line(outcomes)}")
    if not prune and (gone := set(run.held) - origins):
        click.echo(f"{len(gone)} are no longer in the portal; --prune deletes them")
    if outcomes[ELSEWHERE]:
        click.echo(f"{outcomes[ELSEWHERE]} lie on other hosts; --remote fetches them")


def _target(name: str, owner: str | None, organization: str | None, public: bool) -> Application:
    found = find_target(name)
    if found is None and owner is None:
        raise click.ClickException(f"there is no application {name!r} yet: give its --owner EMAIL")
    if found is None:
        return new_application(name, str(owner), organization, public)
    _require_same(found, owner, organization, public)
    return found


def _require_same(
    found: Application, owner: str | None, organization: str | None, public: bool
) -> None:
    """The line that made it may be run again; one that wants it to be another is refused."""
    host, others = current_host(), []
    if organization and host.find_organization(organization) != found.organization:
        others.append("--organization")
    if owner and not organization and host.find_principal(owner).user != found.owner:
        others.append("--owner")
    if public and not found.public:
        others.append("--public")
    if others:
        raise click.ClickException(
            f"{found.name} is there, and is not as {' and '.join(others)} would make it. Leave "
            "that out, or change it: `flask mediadb application transfer`, or PUT applications/"
        )
