"""`flask mediadb exam`."""

import json
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from ...application.models import Application
from ...search.exam.models import Exam
from ...search.exam.report import as_html, as_json, as_text
from ...search.exam.sitting import PICTURES, new_exam, sit
from ...sources.whole_file import require_place, whole_file
from ..importing.target import find_target
from .errors import plain_errors

BELOW_LEAST = 3  # exit code: a wanted level was not reached


@click.command("exam")
@click.option("--application", help="Its name or id; default: the only one.")
@click.option("--pictures", default=PICTURES, show_default=True, type=click.IntRange(1))
@click.option("--edits", "--attacks", default="", help="Names or classes, with commas; all.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(1))
@click.option(
    "--rate",
    default=0.001,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Of searches with a false hit.",
)
@click.option("--least", type=click.FloatRange(0, 1), help="Exit code 3 where less is found.")
@click.option("--json", "as_lines", is_flag=True, help="JSON on the standard output.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page.")
@with_appcontext
@plain_errors
def exam(
    application: str | None,
    pictures: int,
    edits: str,
    seed: int,
    rate: float,
    least: float | None,
    as_lines: bool,
    html: Path | None,
) -> None:
    """Search for edits of the library's own pictures: recall, false accepts, time, and advice."""
    found = _application(application)
    names = [name.strip() for name in edits.split(",") if name.strip()]
    if html is not None:
        require_place(html)
    sat = new_exam(found, pictures, names, seed, rate)
    with tqdm(total=len(sat.media), desc=found.name, unit="picture", disable=None) as bar:
        for _ in sit(sat, found):
            bar.update()
    _tell(sat, found, as_lines=as_lines)
    if html is not None:
        with whole_file(html) as opened:
            opened.write(as_html(sat, found.name))
    if least is not None and sat.result["recall"]["share"] < least:
        click.echo(f"{sat.result['recall']['share']:.4f} is less than {least}", err=True)
        sys.exit(BELOW_LEAST)


def _tell(sat: Exam, application: Application, *, as_lines: bool) -> None:
    if as_lines:
        click.echo(json.dumps(as_json(sat), default=str))
    else:
        click.echo(as_text(sat, application.name))


def _application(name: str | None) -> Application:
    if name is not None:
        found = find_target(name)
        if found is None:
            raise click.ClickException(f"no application {name}")
        return found
    every = list(Application.objects.limit(2))
    if len(every) != 1:
        raise click.UsageError("name an --application: there is not exactly one")
    return every[0]
