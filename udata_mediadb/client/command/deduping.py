"""`dedupe`: media that show the same, found and decided about."""

import sys
from collections import Counter

import click

from .. import MediaDBClientError, NotAllowed, Unreachable
from ..values import DuplicateGroup, Media
from .following import follow
from .running import READ_ONLY, SOME_FAILED, Run, connected, counted

FOUND = 3
KINDS = ("same_bytes", "same", "part", "alike")
ACTIONS = ("merge", "link", "keep_all", "dismiss", "suggested")
_SAME = ("same_bytes", "same")  # whoever says `same` means the very same files, too
_DONE = {"merge": "merged", "link": "linked", "keep_all": "kept", "dismiss": "dismissed"}


@click.command()
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    help="Only such groups; `same` has those of the same bytes, too.",
)
@click.option("--group", "groups", multiple=True, metavar="ID", help="Only these; no scan.")
@click.option("--no-scan", is_flag=True, help="What is known; compare nothing.")
@click.option("--apply", "action", type=click.Choice(ACTIONS), help="Decide about each group.")
@click.option(
    "--merge",
    is_flag=True,
    help="As --apply merge. Without --kind or --group only what is surely the same.",
)
@click.option("--link", is_flag=True, help="As --apply link: versions of another.")
@click.option("--keep-all", is_flag=True, help="Copies that may stay.")
@click.option("--dismiss", is_flag=True, help="They are no copies.")
@click.option("--undo", multiple=True, metavar="ID", help="Take back what was decided.")
@click.option("--yes", is_flag=True, help="Do it, and ask nothing.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and ask nothing.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many groups.")
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice((*KINDS, "any")),
    help="Exit code 3 where such a group is open at the end.",
)
@connected
def dedupe(run: Run, kinds: tuple[str, ...], groups: tuple[str, ...], no_scan: bool,
           action: str | None, undo: tuple[str, ...], yes: bool, dry_run: bool,
           limit: int | None, fail_on: tuple[str, ...], **short: bool) -> None:  # fmt: skip
    """Find media that show the same, list them in groups, and decide about these.

    Nothing is changed unless you say what (--merge, --link, …) and then --yes, or answer yes on a
    terminal. What is merged away can be restored, and --undo takes any decision back.
    """
    action = _one_action(action, [name for name, is_said in short.items() if is_said])
    if undo:
        if action or groups or kinds or no_scan or dry_run or limit or fail_on:
            raise click.UsageError("--undo stands alone: it is done at once, and asks nothing.")
        _end(run, [_done(run, one, "undo") for one in undo])
        return
    if groups and kinds:
        raise click.UsageError("--group names the groups: --kind goes without it.")
    if yes and not action:
        raise click.UsageError("--yes to what? Say it, too: --merge, --link, --apply …")
    if not no_scan and not groups:
        follow(run, run.db.duplicates.scan(), "Comparing", "mediadb dedupe")
    found = _found(run, kinds, groups)[:limit]
    named = bool(kinds or groups)
    plan = {one.id: _planned(one, action, named=named) for one in found}
    todo = [one for one in found if plan[one.id]]
    does = bool(action) and not dry_run and (yes or _confirmed(run, todo, plan))
    if does:
        _end(run, [_done(run, one, plan[one.id]) for one in todo], len(found) - len(todo))
    else:
        _list(run, found, plan, action)
    _fail_on(run, fail_on)


def _one_action(action: str | None, short: list[str]) -> str | None:
    """What is to be done with all groups; UsageError for two things."""
    every = list(dict.fromkeys([*([action] if action else []), *short]))
    if len(every) > 1:
        raise click.UsageError(f"One of {' and '.join(map(_word, every))}, not both.")
    return every[0] if every else None


def _found(run: Run, kinds: tuple[str, ...], groups: tuple[str, ...]) -> list[DuplicateGroup]:
    """All of them before anything is decided: that would move the pages."""
    if groups:
        return [run.db.duplicates.get(one) for one in groups]
    wanted = _widened(kinds) or set(KINDS)
    every = [one for one in run.db.duplicates.list() if one.kind in wanted]
    return sorted(every, key=lambda one: KINDS.index(one.kind))  # the surest first


def _widened(kinds: tuple[str, ...]) -> set[str]:
    return {*kinds, *(_SAME if "same" in kinds else ())}


def _planned(group: DuplicateGroup, action: str | None, *, named: bool) -> str:
    """What is to be done with it; empty for nothing."""
    suggested = str(group.suggestion.get("action") or "")
    if action == "suggested":
        return suggested
    if action == "merge" and (group.hindrance or (suggested != "merge" and not named)):
        return ""
    return action or ""


def _confirmed(run: Run, todo: list[DuplicateGroup], plan: dict[str, str]) -> bool:
    """Whether somebody at a terminal says so, who has seen the groups."""
    if not todo or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    for one in todo:
        click.echo(_text(one, plan[one.id]), err=True)
    counts = Counter(plan[one.id] for one in todo)
    gone = sum(len(one.media) - 1 for one in todo if plan[one.id] == "merge")
    what = ", ".join(f"{_word(name)} {counted(count, 'group')}" for name, count in counts.items())
    lost = f" ({gone:,} media go, and can be restored)" if gone else ""
    return click.confirm(f"{what}{lost}?".capitalize(), err=True)


def _list(run: Run, found: list[DuplicateGroup], plan: dict[str, str], action: str | None) -> None:
    for one in found:
        would = {"would": plan[one.id] or None} if action else {}
        run.result({**one.raw, **would}, _text(one, plan[one.id]))
    counts = Counter(one.kind for one in found)
    told = ", ".join(f"{counts[kind]:,} {kind}" for kind in KINDS if counts[kind])
    run.say(f"{counted(len(found), 'group')}{f': {told}' if told else ''}")
    if action:
        todo = sum(bool(one) for one in plan.values())
        hint = (
            f"--yes does it to {counted(todo, 'group')}" if todo else "nothing of it is sure enough"
        )
        run.say(f"Nothing was changed: {hint}.")


def _done(run: Run, group: DuplicateGroup | str, action: str) -> bool:
    """Whether it could be done; what one group refuses keeps no other from its turn."""
    identifier = getattr(group, "id", group)
    keep = None
    if isinstance(group, DuplicateGroup) and action == "merge":
        keep = group.suggestion.get("keep")
    try:
        now = run.db.duplicates.decide(group, action, keep=keep)
    except (NotAllowed, Unreachable):
        raise
    except MediaDBClientError as exc:
        if exc.error == READ_ONLY:
            raise
        click.echo(f"mediadb: {identifier}: {exc.message}", err=True)
        return False
    kept = f" into {keep}" if keep else ""
    run.result(now, f"{identifier}  {_DONE.get(action, 'undone')}{kept}")
    return True


def _end(run: Run, done: list[bool], left: int = 0) -> None:
    more = f", {left:,} left as they are" if left else ""
    run.say(f"{sum(done):,} of {counted(len(done), 'group')} done{more}")
    if not all(done):
        sys.exit(SOME_FAILED)


def _fail_on(run: Run, kinds: tuple[str, ...]) -> None:
    wanted = set(KINDS) if "any" in kinds else _widened(kinds)
    found = [one for one in run.db.duplicates.list() if one.kind in wanted] if wanted else []
    if found:
        click.echo(
            f"mediadb: {counted(len(found), 'group')} of {', '.join(sorted(wanted))}", err=True
        )
        sys.exit(FOUND)


def _text(group: DuplicateGroup, action: str) -> str:
    suggested = str(group.suggestion.get("action") or "nothing")
    hint = group.hindrance or f"suggested: {_word(suggested)}"
    does = f"  -> {_word(action)}" if action else ""
    head = f"{group.id}  {group.kind}  {len(group.media)} media  {hint}{does}"
    keep = group.suggestion.get("keep")
    return "\n".join([head, *(_member(one, is_best=one.id == keep) for one in group.media)])


def _member(media: Media, *, is_best: bool) -> str:
    mark = "*" if is_best else " "
    return f"  {mark} {media.id}  {media.width}x{media.height}  {media.format}  {media.label}"


def _word(action: str) -> str:
    return action.replace("_", " ")
