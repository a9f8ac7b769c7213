"""`exam`: is the search good enough for these very pictures?"""

import sys
from pathlib import Path
from typing import Any

import click

from ...sources.whole_file import require_place
from ..requests import given
from ..values import Exam
from .following import follow
from .running import SOME_FAILED, Run, connected
from .writing import whole_file

BELOW_LEAST = 3


@click.command()
@click.option("--pictures", type=click.IntRange(1), help="So many are drawn; default: 200.")
@click.option(
    "--attacks",
    "--edits",
    "attacks",
    default="",
    metavar="NAMES",
    help="Edits or their classes crop, edit, turn, scene, screenshot, with commas; all.",
)
@click.option("--seed", type=click.IntRange(1), help="The same one draws and edits the same.")
@click.option(
    "--rate",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Searches that may show a false hit, for the advice; default: 0.001.",
)
@click.option("--least", type=click.FloatRange(0, 1), help="Exit code 3 where less is found.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page.")
@click.option("--job", metavar="ID", help="Look at one that was begun before.")
@click.option("--last", is_flag=True, help="Show the last one that ended; begin none.")
@connected
def exam(run: Run, attacks: str, rate: float | None, least: float | None, html: Path | None,
         job: str | None, last: bool, **said: Any) -> None:  # fmt: skip
    """Search for crops, edits, turns, scenes and screenshots of your own pictures.

    Tells how many are found, by class and with intervals, false hits, how long a search takes, what
    was missed and why, and which min_score keeps false hits rare.
    """
    names = [name.strip() for name in attacks.split(",") if name.strip()]
    asked = given({**said, "wanted_rate": rate, "edits": names or None})
    if (last or job) and (asked or (last and job)):
        raise click.UsageError("--last and --job begin no exam: nothing else of it can be said.")
    if html is not None:
        require_place(html)
    found = _last(run) if last else _sat(run, job, asked)
    run.result(found, "" if run.as_json else run.db.exams.report(found, "text").rstrip())
    if html is not None:
        with whole_file(html) as opened:
            opened.write(run.db.exams.report(found))
        run.say(f"With pictures: {html}")
    share = found.result["recall"]["share"]
    if least is not None and share < least:
        click.echo(f"mediadb: {share:.4f} is less than {least}", err=True)
        sys.exit(BELOW_LEAST)


def _sat(run: Run, job: str | None, asked: dict[str, Any]) -> Exam:
    begun = run.db.jobs.get(job) if job else run.db.exams.start(**asked)
    if begun.kind != "exam":
        raise click.UsageError(f"{begun.id} is a job of the kind {begun.kind}.")
    ended = follow(run, begun, "Searching", f"mediadb exam --job {begun.id}")
    return run.db.exams.get(ended.arguments["exam"])


def _last(run: Run) -> Exam:
    ended = (one for one in run.db.exams.list() if one.ended_at)
    if (found := next(ended, None)) is None:
        run.say("There is no exam yet.")
        sys.exit(SOME_FAILED)
    return found
