"""`flask mediadb migrate`."""

import click
from flask.cli import with_appcontext

from ..migrations.actions import State, migrate, states
from ..migrations.steps import Step
from .errors import plain_errors


@click.command("migrate")
@click.option("--list", "only_list", is_flag=True, help="Name them all, and run none.")
@with_appcontext
@plain_errors
def run_migrations(only_list: bool) -> None:
    """Bring what an earlier version stored into the form of this one; once after each update."""
    if only_list:
        for state in states():
            click.echo(f"{state.step.name}  {_when(state):16}  {state.step.help}")
        return
    count = migrate(_tell)
    click.echo(f"{count} migrations ran" if count else "nothing to migrate")


def _when(state: State) -> str:
    if state.ended_at:
        return f"{state.ended_at:%Y-%m-%d %H:%M}"
    return "to be done" if state.step.is_due() else "not needed"


def _tell(step: Step, changed: int) -> None:
    click.echo(f"{step.name}: {changed} changed")
