"""Looking at a job of the portal until it has ended, and `jobs`."""

import sys
import time

import click

from ..values import Job
from .running import SOME_FAILED, Run, connected, counted

_LONG_S = 30.0  # web workers look every five seconds; who runs others may have forgotten to


def follow(run: Run, job: Job, label: str, again: str) -> Job:
    """The job when it is done; a bar on a terminal. Where it ends otherwise, so does the command.

    `again`: the command that goes on looking; what is interrupted is this, and not the job.
    """
    try:
        run.say(f"{label}: job {job.id}; to interrupt this does not end it.")
        ended = _watched(run, job, label)
    except KeyboardInterrupt:
        run.say(f"\nIt goes on in the portal. `{again}` looks at it, "
                f"`mediadb jobs cancel {job.id}` ends it.")  # fmt: skip
        raise
    if ended.state != "done":
        why = f": {ended.message}" if ended.message else ""
        click.echo(f"mediadb: job {job.id} {ended.state}{why}", err=True)
        sys.exit(SOME_FAILED)
    if ended.failed:
        run.say(f"{counted(ended.failed, 'item')} failed: mediadb jobs show {job.id} --failures")
    return ended


def _watched(run: Run, job: Job, label: str) -> Job:
    begun, said = time.monotonic(), ""
    with run.counter(job.total or 1, label) as bar:
        for now in run.db.jobs.follow(job):
            bar.length = now.total or bar.length
            bar.update(now.done - bar.pos)
            if (told := _hitch(now, time.monotonic() - begun)) != said and told:
                run.say(f"{label}: {told}")
            said, job = told, now
    return job


def _hitch(job: Job, after_s: float) -> str:
    """Why nothing happens with it; empty where all is well."""
    if job.state == "queued" and not job.started_at and after_s > _LONG_S:
        return "nobody has begun it; does a worker run?"
    if job.state == "paused":
        return f"paused; `mediadb jobs resume {job.id}` lets it go on"
    return f"tried again: {job.message}" if job.message and not job.has_ended else ""


@click.group()
def jobs() -> None:
    """Work that the portal does: scans, imports, exams."""


@jobs.command("list")
@click.option("--kind", help="duplicates-scan, import, exam, …")
@click.option("--state", help="queued, running, paused, done, failed or cancelled.")
@connected
def list_jobs(run: Run, kind: str | None, state: str | None) -> None:
    """List jobs, newest first."""
    for one in run.db.jobs.list(kind=kind, state=state):
        run.result(one, _line(one))


@jobs.command("show")
@click.argument("job", metavar="ID")
@click.option("--failures", is_flag=True, help="The items that it could not do.")
@connected
def show_job(run: Run, job: str, failures: bool) -> None:
    """Show how far it is, or what failed."""
    if not failures:
        found = run.db.jobs.get(job)
        run.result(found, _line(found))
        return
    for one in run.db.jobs.failures(job):
        run.result(one, f"{one['item']}: {one['reason']}")


@jobs.command("pause")
@click.argument("job", metavar="ID")
@connected
def pause_job(run: Run, job: str) -> None:
    """Let nobody go on with it for now."""
    found = run.db.jobs.pause(job)
    run.result(found, _line(found))


@jobs.command("resume")
@click.argument("job", metavar="ID")
@connected
def resume_job(run: Run, job: str) -> None:
    """Let it go on."""
    found = run.db.jobs.resume(job)
    run.result(found, _line(found))


@jobs.command("cancel")
@click.argument("job", metavar="ID")
@connected
def cancel_job(run: Run, job: str) -> None:
    """End it where it is; what it did stays."""
    found = run.db.jobs.cancel(job)
    run.result(found, _line(found))


def _line(job: Job) -> str:
    of = f" of {job.total:,}" if job.total else ""
    failed = f", {job.failed:,} failed" if job.failed else ""
    until = f", ends at {job.ends_at:%H:%M:%S %Z}" if job.ends_at else ""
    why = f": {job.message}" if job.message else ""
    return f"{job.id}  {job.kind}  {job.state}  {job.done:,}{of}{failed}{until}{why}"
