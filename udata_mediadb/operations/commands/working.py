"""`flask mediadb worker`."""

import signal
import threading

import click
from flask.cli import with_appcontext
from pymongo.errors import PyMongoError

from ...jobs.workers import current_jobs
from .errors import plain_errors

LOOK_EVERY_S = 1.0


@click.command("worker")
@click.option("--until-empty", is_flag=True, help="End when nothing waits any more.")
@with_appcontext
@plain_errors
def worker(until_empty: bool) -> None:
    """Do the jobs of the queue, one after the other; as many processes and machines as you like.

    Ended by SIGTERM or Ctrl+C after the step that it is at; another one goes on with its job.
    """
    runner = current_jobs().runner
    _end_by_signals(runner.stopping)
    taken = 0
    while not runner.stopping.is_set():
        try:
            current_jobs().find_due()
            if runner.run_one():
                taken += 1
                continue
            if until_empty and not runner.some_run():
                break
        except PyMongoError as exc:
            click.echo(f"MongoDB does not answer, tried again: {exc}", err=True)
        runner.stopping.wait(LOOK_EVERY_S)
    click.echo(f"{taken} times a job was taken up")


def _end_by_signals(stopping: threading.Event) -> None:
    if threading.current_thread() is not threading.main_thread():
        return  # a command that is called within a program
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
