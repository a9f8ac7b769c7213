"""P7: groups of duplicates, one below the other, decided by button or key, each undone by one."""

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, request, url_for

from ...application.models import Application
from ...authorization.caller import require_active
from ...errors import InvalidFields, NotFound
from ...jobs.models import UNFINISHED, Job
from ...mongo.ids import compact_id
from ...search.duplicates.deciding import act, members_of, suggestion
from ...search.duplicates.merging import hindrance
from ...search.duplicates.models import KINDS, OPEN, STATES, DuplicateGroup, Followed
from ...search.duplicates.pairs import pairs_among
from ...search.duplicates.scanning import start_scan
from ...search.duplicates.versions import version_of
from ...web.pages import Page, parse_page, require_in_range
from .csrf import require_own_form
from .languages import gettext, marked
from .presenting import presented
from .rendering import neighbours, page
from .told import told
from .visitor import current_visitor, editable

GROUPS_SHOWN = 10
KIND_WORDS: Mapping[str, str] = {
    "same_bytes": marked("same file"),
    "same": marked("same picture"),
    "part": marked("one is a part of the other"),
    "alike": marked("look alike"),
}
STATE_WORDS: Mapping[str, str] = {
    "open": marked("open"),
    "merged": marked("merged"),
    "kept": marked("all kept"),
    "linked": marked("linked as versions"),
    "dismissed": marked("dismissed"),
}
ACTIONS: Mapping[str, tuple[str, str]] = {
    "merge": (marked("Merge into the chosen one"), "m"),
    "keep_all": (marked("Keep all"), "k"),
    "link": (marked("Link as versions"), "l"),
    "dismiss": (marked("These are no duplicates"), "d"),
}


def duplicates(application: str) -> str:
    """The groups of a state and kind, with what is suggested for each."""
    library = editable(application)
    state = request.args.get("state") or OPEN
    kind = request.args.get("kind") or None
    if state not in STATES or (kind and kind not in KINDS):
        raise InvalidFields({"state": f"one of {', '.join(STATES)}"})
    asked = {"page": request.args.get("page"), "page_size": GROUPS_SHOWN}
    found = _page(library, state, kind, parse_page(asked, max_size=GROUPS_SHOWN))
    require_in_range(found)
    followed = Followed.objects(id=library.id).first()
    return page(
        "duplicates.html",
        library=library,
        section="duplicates",
        groups=[_shown(one, library) for one in found.items],
        found=found,
        neighbours=neighbours(found),
        state=state,
        kind=kind,
        kinds={name: gettext(text) for name, text in KIND_WORDS.items()},
        states={name: gettext(text) for name, text in STATE_WORDS.items()},
        actions={name: (gettext(text), key) for name, (text, key) in ACTIONS.items()},
        done=_done(library),
        scanned_at=followed.scanned_at if followed else None,
        job=_job(followed),
    )


def decide(application: str, group: str) -> Response:
    """Do what was decided; to the next group, with the way to undo it."""
    require_own_form()
    library = editable(application)
    found = _find(library, group)
    action = request.form.get("action", "")
    if action not in (*ACTIONS, "undo"):
        raise InvalidFields({"action": f"one of {', '.join(ACTIONS)}"})
    principal = current_visitor().principal
    act(
        found,
        action,
        keep=request.form.get("keep") or None,
        version=request.form.get("version") or None,
        by=principal.user if principal else None,
    )
    done = None if action == "undo" else found.id
    where = url_for(
        ".duplicates", application=library.id, kind=request.form.get("kind") or None, done=done
    )
    return redirect(where, 303)  # type: ignore[return-value]


def scan(application: str) -> Response:
    """Begin to compare all pictures."""
    require_own_form()
    library = editable(application)
    require_active(library)
    principal = current_visitor().principal
    start_scan(library, principal.user if principal else None)
    return redirect(url_for(".duplicates", application=library.id), 303)  # type: ignore[return-value]


def _page(library: Application, state: str, kind: str | None, wanted: Any) -> Page[Any]:
    found = DuplicateGroup.objects(application=library.id, state=state)
    if kind:
        found = found.filter(kind=kind)
    items = found.order_by("-created_at", "-id").skip(wanted.offset).limit(wanted.page_size)
    return Page(list(items), wanted, found.count())


def _shown(group: DuplicateGroup, library: Application) -> dict[str, Any]:
    media = members_of(group)
    pairs = [one for one in pairs_among(group.media) if group.state != OPEN or one.state == OPEN]
    suggested = suggestion(group, media, pairs)
    return {
        "id": group.id,
        "kind": gettext(KIND_WORDS[group.kind]),
        "state": group.state,
        "version": version_of(media),
        "suggested": suggested["action"],
        "keep": suggested["keep"],
        "hindrance": told(hindrance(media) or ""),
        "media": [
            {**shown, "collections": len(one.collections), "uses": len(one.related)}
            for shown, one in zip(presented(media, library), media, strict=True)
        ],
    }


def _done(library: Application) -> dict[str, Any] | None:
    """The group that was decided about just now, to be undone."""
    asked = request.args.get("done")
    key = compact_id(asked) if asked else None
    group = DuplicateGroup.objects(id=key, application=library.id).first() if key else None
    if group is None or group.state == OPEN:
        return None
    return {"id": group.id, "words": gettext(STATE_WORDS[group.state])}


def _job(followed: Followed | None) -> Job | None:
    """The scan, while it goes on."""
    if followed is None or not followed.job:
        return None
    job = Job.objects(id=followed.job).first()
    return job if job is not None and job.state in UNFINISHED else None


def _find(library: Application, identifier: str) -> DuplicateGroup:
    key = compact_id(identifier)
    found = DuplicateGroup.objects(id=key, application=library.id).first() if key else None
    if found is None:
        raise NotFound(gettext("There is no such group, or no longer."))
    return found
