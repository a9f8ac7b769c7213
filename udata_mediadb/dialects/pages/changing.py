"""P1: a change of more pictures than a request has time for, on a page of its own."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, redirect, request, url_for

from ...application.models import Application
from ...authorization.caller import acting_user
from ...errors import InvalidFields, NotFound
from ...jobs.models import DONE, ENDED, UNFINISHED, Job, JobFailure
from ...media.models import Media
from ...mongo.ids import compact_id
from ...operations.changes.beginning import begin_changes, deleted_by
from ...operations.changes.job import CHANGE, DELETE, DONE_WORDS, NAME, PURGE, RESTORE
from ...web.bulk_results import Outcome
from .csrf import require_own_form
from .figures import figure
from .languages import gettext, marked, ngettext
from .progress import progress_of
from .rendering import page
from .steering import steer_job
from .told import told
from .visitor import editable

FAILURES_SHOWN = 100
Pairs = Sequence[tuple[str, str]]
BACK = "filter"  # of the address: the list that was changed
# While it goes on, and when it has ended.
HEADINGS: Mapping[str, tuple[str, str]] = {
    CHANGE: (marked("Pictures are being changed"), marked("Pictures were changed")),
    DELETE: (marked("Pictures are being deleted"), marked("Pictures were deleted")),
    RESTORE: (marked("Pictures are being brought back"), marked("Pictures were brought back")),
    PURGE: (
        marked("Pictures are being removed for good"),
        marked("Pictures were removed for good"),
    ),
}


def begun(
    library: Application, do: str, wanted: Mapping[str, Any], total: int, **how: Any
) -> Response:
    """Begin it; to the page of the job. `how`: see `begin_changes`; `back`: the list's filter."""
    back = how.pop("back", ())
    owner = acting_user(library)
    return _to(library, begin_changes(library, do, wanted, total=total, owner=owner, **how), back)


def outcome_page(
    library: Application, outcomes: Sequence[Outcome], back: str
) -> Response | tuple[str, int]:
    """The list again; where some could not be done, a page that says which, and why."""
    failed = [one for one in outcomes if one.status >= 400]
    if not failed:
        return redirect(back, 303)  # type: ignore[return-value]
    names = dict(Media.objects(id__in=[one.id for one in failed]).scalar("id", "name"))
    return page(
        "bulk.html",
        library=library,
        section="pictures",
        done=len(outcomes) - len(failed),
        failed=[(names.get(one.id, one.id), told(one.message)) for one in failed],
        back=back,
    ), 400


def going_on(library: Application) -> str | None:
    """The page of a change of this library that goes on."""
    found = Job.objects(kind=NAME, application=library.id, state__in=UNFINISHED)
    job = found.order_by("-created_at", "-id").only("id").first()
    return url_for(".changed", application=library.id, job=job.id) if job else None


def changed(application: str, job: str) -> str:
    """How far it is; afterwards what could not be done, and the way back."""
    library = editable(application)
    found = _find(library, job)
    do, back = found.arguments["do"], parse_qsl(request.args.get(BACK, ""))
    failures, failed = _failures(found)
    count = found.counts.get(DONE_WORDS[do], 0)
    listing = ".pictures" if do in (CHANGE, DELETE) else ".deleted"
    return page(
        "changed.html",
        library=library,
        section="pictures",
        job=found,
        heading=gettext(HEADINGS[do][found.state == DONE]),
        progress=progress_of(found),
        message=told(found.message) if found.message else None,
        count=ngettext("%(n)s picture", "%(n)s pictures", count) % {"n": figure(count)},
        failures=failures,
        failed=failed,
        ended=found.state in ENDED,
        undo=_left(found) if do == DELETE and found.state in ENDED else 0,
        steer=url_for(".steer_change", application=library.id, job=found.id, **_kept(back)),
        back=f"{url_for(listing, application=library.id)}{'?' if back else ''}{urlencode(back)}",
    )


def steer(application: str, job: str) -> Response:
    """Pause it, let it go on, stop it; bring back what it deleted."""
    require_own_form()
    library = editable(application)
    found = _find(library, job)
    do = request.form.get("do", "")
    if do == "undo":
        left = _left(found)
        if not left:
            raise InvalidFields({"do": gettext("There is nothing left to bring back.")})
        return begun(library, RESTORE, deleted_by(found), left)
    steer_job(found, do)
    return _to(library, found, parse_qsl(request.args.get(BACK, "")))


def _left(job: Job) -> int:
    """How many of those that it deleted can be brought back."""
    if job.arguments["do"] != DELETE:
        return 0
    return int(Media.objects(__raw__=deleted_by(job)).count())


def _failures(job: Job) -> tuple[list[tuple[str, str]], int]:
    """Name and reason of some, and how many there are."""
    found = JobFailure.objects(job=job.id)
    some = list(found.order_by("at", "id").limit(FAILURES_SHOWN))
    named = {
        one.id: one.name for one in Media.objects(id__in=[one.item for one in some]).only("name")
    }
    shown = [(named.get(one.item, one.item), told(one.reason)) for one in some]
    return shown, found.clone().count() if len(some) == FAILURES_SHOWN else len(some)


def _find(library: Application, identifier: str) -> Job:
    key = compact_id(identifier)
    found = Job.objects(id=key, kind=NAME, application=library.id).first() if key else None
    if found is None:
        raise NotFound(gettext("There is no such change, or no longer."))
    return found


def _kept(back: Pairs) -> dict[str, Any]:
    return {BACK: urlencode(back)} if back else {}


def _to(library: Application, job: Job, back: Pairs) -> Response:
    where = url_for(".changed", application=library.id, job=job.id, **_kept(back))
    return redirect(where, 303)  # type: ignore[return-value]
