"""`search`, `compare`, `why`: what a picture is found by."""

import sys
from itertools import islice
from typing import Any

import click

from ..requests import given
from .pictures import media_id, picture
from .running import SOME_FAILED, Run, connected


@click.command()
@click.argument("what", metavar="FILE|URL|ID|-")
@click.option("--region", help="Only this part of it: x,y,width,height in fractions, 0 to 1.")
@click.option("--signature", "signatures", multiple=True, help="match, similarity or colors.")
@click.option("--keyword", "keywords", multiple=True, help="Only among media with it.")
@click.option("--collection", help="Only among media of this collection (its id).")
@click.option("--min-score", type=float, help="Only hits at least that sure, 0 to 1.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@click.option("--open", "opens", is_flag=True, help="Show the first hit in the browser.")
@connected
def search(
    run: Run,
    what: str,
    region: str | None,
    signatures: tuple[str, ...],
    keywords: tuple[str, ...],
    collection: str | None,
    min_score: float | None,
    limit: int,
    opens: bool,
) -> None:
    """Search by a picture: the same one, a part of it, or what looks like it."""
    said = given({"region": region, "collection": collection, "min_score": min_score})
    said |= {"signatures": list(signatures)} if signatures else {}
    said |= {"keywords": list(keywords)} if keywords else {}
    stored = media_id(what)
    sent = None if stored else picture(what)
    found = run.db.search(sent, media=stored, page_size=min(limit, 100), **said)
    hits = list(islice(found, limit))
    for hit in hits:
        sure = "-" if hit.score is None else f"{hit.score:.4f}"
        run.result(hit, f"{hit.media.id}  {hit.decision or '-':8}  {sure}  {hit.media.label}")
    if not hits:
        run.say("Nothing was found.")
        sys.exit(SOME_FAILED)
    if opens and hits[0].media.url:
        click.launch(hits[0].media.url)


@click.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@connected
def compare(run: Run, one: str, other: str) -> None:
    """Compare two pictures, each a file, an address or the id of a media."""
    media = [text for text in (one, other) if media_id(text)]
    sent = [picture(text) for text in (one, other) if not media_id(text)]
    first, second = (*sent, None, None)[:2]
    told = run.db.compare(first, second, **({"media": media} if media else {}))
    run.result(told, _verdict(told))


@click.command()
@click.argument("query", metavar="QUERY")
@click.argument("media", metavar="MEDIA")
@connected
def why(run: Run, query: str, media: str) -> None:
    """Say why a search by QUERY (a file, an address or an id) finds MEDIA (an id), or does not."""
    if media_id(query):
        told = run.db.explain(None, media, query=run.db.keep(media=query)["id"])
    else:
        told = run.db.explain(picture(query), media)
    run.result(told, _stages(told))


def _verdict(told: Any) -> str:
    """What a comparison says, for a person; `--json` has all of it."""
    lines = [
        told["alt"],
        f"match: {told['decision'] or 'no decision'}, distance {told['distance']}",
    ]
    for name in ("similarity", "colors"):
        if (one := told.get(name)) is not None:
            lines.append(f"{name}: {one['decision']}, distance {one['distance']}")
    return "\n".join(lines)


_PASSED = {True: "yes", False: "NO", None: "not looked at"}


def _stages(told: Any) -> str:
    """The stages of a search in their order, and what would have found the media."""
    lines = ["It is found." if told["found"] else "It is not found."]
    for stage in told["stages"]:
        figures = ", ".join(
            f"{name} {stage[name]}"
            for name in ("value", "threshold", "of")
            if stage.get(name) is not None
        )
        passed = _PASSED[stage["passed"]]
        lines.append(f"{stage['stage']:16} {passed}{f' ({figures})' if figures else ''}")
        if stage["passed"] is False and stage.get("advice"):
            lines.append(f"{'':16} {stage['advice']}")
    for one in told.get("tried") or ():
        found = "finds it" if one["found"] else "does not find it either"
        lines.append(f"With {one['setting']} {one['value']}: {found}.")
    return "\n".join(lines)
