"""`list`, `get`, `edit`, `rm`, `restore`, `status`: the media of a library."""

import json
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import click

from .. import MediaDBClientError
from ..requests import given
from .running import SOME_FAILED, Run, connected, user_name
from .writing import whole_file


def filters(command: Any) -> Any:
    """The options that narrow a list."""
    options = (
        click.argument("query", required=False),
        click.option("--keyword", multiple=True, help="With it; repeat it for several."),
        click.option("--filter", "filters", multiple=True, metavar="NAME=VALUE",
                     help="Any filter of a list: format=PNG, metadata.year.gte=1900."),
        click.option("--sort", help="name, created_at, size, …; with - descending."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def pairs(texts: Iterable[str]) -> dict[str, Any]:
    """`NAME=VALUE` texts; several of one name are a list. UsageError for others."""
    found: dict[str, list[str]] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise click.UsageError(f"{text!r} has not the form NAME=VALUE.")
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def asked(query: str | None, keyword: tuple[str, ...], filters: tuple[str, ...],
          sort: str | None) -> dict[str, Any]:  # fmt: skip
    """The filters of a list."""
    words = {"keyword": list(keyword)} if keyword else {}
    return both({**given({"q": query, "sort": sort}), **words}, pairs(filters))


def both(said: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Of options of their own, and of NAME=VALUE; UsageError for what both say."""
    for name, value in said.items():
        if name in more:
            raise click.UsageError(f"{name} is said twice: {value!r} and {more[name]!r}.")
    return {**said, **more}


@click.command("list")
@filters
@click.option("--limit", type=click.IntRange(min=1), help="At most so many; default: all.")
@connected
def list_media(run: Run, query: str | None, keyword: tuple[str, ...], filters: tuple[str, ...],
               sort: str | None, limit: int | None) -> None:  # fmt: skip
    """List media, those that have the words of QUERY."""
    said = asked(query, keyword, filters, sort)
    size = {"page_size": min(limit, 100)} if limit else {}
    for media in islice(run.db.media.list(**said, **size), limit):
        run.result(media, f"{media.id}  {media.width}x{media.height}  {media.label}")


@click.command()
@click.argument("media", metavar="ID")
@click.option("--file", "kind", type=click.Choice(["original", "media", "thumbnail"]))
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path))
@connected
def get(run: Run, media: str, kind: str | None, output: Path | None) -> None:
    """Show a media, or with --file get its picture into --output (or standard output)."""
    if kind is None:
        if output is not None:
            raise click.UsageError("--output is for a picture: say which with --file.")
        found = run.db.media.get(media)
        run.result(found, "\n".join(f"{k}: {_cell(v)}" for k, v in found.raw.items() if v))
        return
    if run.as_json and output is None:
        raise click.UsageError("--json: a picture is no JSON; write it into an --output.")
    data = run.db.media.file(media, kind)
    with whole_file(output or Path("-"), "wb") as opened:
        opened.write(data)
    if output is not None:
        run.say(f"{len(data):,} bytes into {output}")
        if run.as_json:
            run.result({"id": media, "file": kind, "size": len(data), "output": str(output)}, "")


@click.command()
@click.argument("media", metavar="ID")
@click.option("--name")
@click.option("--keywords", help="All that it has from now on, with commas.")
@click.option("--add-keyword", multiple=True)
@click.option("--set", "values", multiple=True, metavar="FIELD=VALUE",
              help="A field (title=…), or a key of metadata (metadata.year=1932).")  # fmt: skip
@connected
def edit(run: Run, media: str, name: str | None, keywords: str | None,
         add_keyword: tuple[str, ...], values: tuple[str, ...]) -> None:  # fmt: skip
    """Change a media."""
    said = pairs(values)
    start = "metadata."
    new = {key.removeprefix(start): said.pop(key) for key in list(said) if key.startswith(start)}
    words = None if keywords is None else [one.strip() for one in keywords.split(",")]
    own = given({"name": name, "keywords": words and list(filter(None, words))})
    changes = both(own, said)
    many = given({"add_keywords": list(add_keyword) or None, "set_metadata": new or None})
    if not changes and not many:
        raise click.UsageError("Say what to change: --name, --keywords, --add-keyword or --set.")
    if many:
        run.db.media.edit_many([media], **many)
    found = run.db.media.edit(media, **changes) if changes else run.db.media.get(media)
    run.result(found, f"{found.id}  {found.name}")


@click.command("rm")
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option("--force", is_flag=True, help="For good: nothing brings them back.")
@connected
def remove(run: Run, ids: tuple[str, ...], force: bool) -> None:
    """Delete media. `mediadb restore` brings them back for some time, but not with --force."""
    _each(run, ids, lambda one: run.db.media.delete(one, force=force), "deleted")


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@connected
def restore(run: Run, ids: tuple[str, ...]) -> None:
    """Bring back media that were deleted; `mediadb list --filter deleted=true` lists them."""
    _each(run, ids, run.db.media.restore, "restored")


def _each(run: Run, ids: Iterable[str], act: Callable[[str], object], word: str) -> None:
    """Tell what became of each; one that cannot be had stops no other."""
    failed = False
    for one in ids:
        try:
            act(one)
        except MediaDBClientError as exc:
            if exc.status in (401, 403):
                raise
            failed = True
            click.echo(f"mediadb: {one}: {exc.message}", err=True)
        else:
            run.result({"id": one, word: True}, f"{one}  {word}")
    if failed:
        sys.exit(SOME_FAILED)


@click.command()
@connected
def status(run: Run) -> None:
    """Who you are, what you may, and what there is."""
    me, own = run.db.me(), run.db.application
    told = run.db.status() if own is None else None
    if own is not None:
        me["applications"] = [one for one in me["applications"] if one["id"] == own]
        if not me["applications"]:
            run.db.applications.get(own)  # a public one, or an error
    user = user_name(me) or "a key of an application"
    lines = [f"You are {user}."]
    for one in me["applications"]:
        lines.append(f"{one['id']}  {one['name']}: {', '.join(one['rights']) or 'nothing'}")
    for one in (told or {}).get("applications", ()):
        lines.append(f"{one['id']}  {one['media'].get('active', 0):,} media")
    run.result({**me, **({"status": told} if told else {})}, "\n".join(lines))


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_cell(one) for one in value)
    if isinstance(value, dict):
        return str(value["id"]) if "id" in value else json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)
