"""P9: many pictures come in: checked first, then imported, then told one by one."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, redirect, request, stream_with_context, url_for

from ...application.models import Application
from ...authorization.caller import require_active
from ...collection.models import Collection
from ...errors import InvalidFields, NotFound
from ...jobs.models import CANCELLED, DONE, ENDED, PAUSED, Job
from ...mongo.ids import compact_id
from ...operations.importing.job import NAME as PORTAL
from ...operations.imports.arguments import ON_DUPLICATE, OUTCOMES
from ...operations.imports.beginning import OF_ARCHIVES, begin_import
from ...operations.imports.doing import IT_IS_THERE
from ...operations.imports.job import NAME
from ...operations.imports.models import ImportedItem
from ...sources.cells import to_cell
from ...web.bodies import Upload
from ...web.pages import Page, parse_page, require_in_range
from .csrf import require_own_form
from .import_forms import read_import
from .languages import gettext, marked
from .portal_pictures import begin_of_portal, may_take_portal_pictures
from .progress import progress_of
from .rendering import neighbours, page
from .steering import steer_job
from .told import told
from .visitor import editable

KINDS = (NAME, PORTAL)
LATEST_SHOWN = 8
ITEMS_SHOWN = 50
_USUAL = ("keywords_from_folders",)  # of `OF_ARCHIVES`: who sends a table has not asked for it
OUTCOME_WORDS: Mapping[str, str] = {
    "added": marked("new"),
    "updated": marked("changed"),
    "skipped": marked("there already"),
    "ignored": marked("left out"),
    "failed": marked("not possible"),
}
assert tuple(OUTCOME_WORDS) == OUTCOMES
DUPLICATE_WORDS: Mapping[str, str] = {
    "skip": marked("leave it as it is"),
    "update": marked("change it to what comes in"),
    "add": marked("add it once more"),
}
assert set(DUPLICATE_WORDS) == set(ON_DUPLICATE)


def importing(application: str) -> str:
    """What to bring in, and how; and the latest imports."""
    library = editable(application)
    latest = Job.objects(kind__in=KINDS, application=library.id).order_by("-created_at", "-id")
    held = Collection.objects(application=library.id).order_by("name", "id").only("id", "name")
    return page(
        "import.html",
        library=library,
        section="import",
        collections=list(held.limit(1000)),
        duplicates=_words(DUPLICATE_WORDS),
        portal=may_take_portal_pictures(),
        latest=[(job, _heading(job)) for job in latest.limit(LATEST_SHOWN)],
    )


def check(application: str) -> Response:
    """Look at what was sent, and change nothing; to what is found."""
    upload = read_import()
    require_own_form()
    library = editable(application)
    require_active(library)
    if not (upload.has_picture or upload.properties.get("upload")):
        words = gettext("Choose pictures, a ZIP or a table, or give the address of one.")
        raise InvalidFields({"file": words})
    properties = {**upload.properties, "names_from_files": "true", "dry_run": "true"}
    wished = [name for name in _USUAL if properties.pop(name, None)]  # the form comes with it
    sent = Upload(upload.image, upload.filename, properties)
    return _to(library, begin_import(library, sent, wished))


def imported(application: str, job: str) -> str:
    """How far it is; afterwards what became of each, or would."""
    library = editable(application)
    found = _find(library, job)
    outcome = request.args.get("outcome") or None
    if outcome and outcome not in OUTCOMES:
        raise InvalidFields({"outcome": f"one of {', '.join(OUTCOMES)}"})
    asked = {"page": request.args.get("page"), "page_size": ITEMS_SHOWN}
    items = _items(found, outcome, parse_page(asked, max_size=ITEMS_SHOWN))
    require_in_range(items)
    collection = found.arguments.get("collection")
    return page(
        "import_job.html",
        library=library,
        section="import",
        job=found,
        heading=_heading(found),
        progress=progress_of(found),
        message=told(found.message) if found.message else None,
        items=[_shown(one) for one in items.items],
        found=items,
        neighbours=neighbours(items),
        outcome=outcome,
        outcomes=_words(OUTCOME_WORDS),
        duplicates=_words(DUPLICATE_WORDS),
        of_portal=found.kind == PORTAL,
        of_archive=found.kind == NAME and found.arguments.get("archive", True),
        collection=Collection.objects(id=collection).first() if collection else None,
        followed=_followed(found),
        dry=found.arguments["dry_run"],
        steer=url_for(".steer", application=library.id, job=found.id),
        ended=found.state in ENDED,
    )


def report(application: str, job: str) -> Response:
    """The same as a table for a spreadsheet."""
    library = editable(application)
    found = _find(library, job)
    answer = Response(stream_with_context(_rows(found)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=import-{found.id}.csv"
    return answer


def steer(application: str, job: str) -> Response:
    """Pause it, let it go on, stop it; import what was checked, or check it in another way."""
    require_own_form()
    library = editable(application)
    found = _find(library, job)
    do = request.form.get("do", "")
    if do in ("import", "check"):
        return _to(library, _next(library, found, dry_run=do == "check"))
    steer_job(found, do)
    return _to(library, found)


def _next(library: Application, checked: Job, *, dry_run: bool) -> Job:
    """A second click gets what the first one began."""
    known = None if dry_run else _followed(checked)
    if known is not None:
        return known
    require_active(library)
    if checked.kind == PORTAL:
        arguments = checked.arguments
        return begin_of_portal(
            library, remote=arguments["remote"], dry_run=dry_run, checked=arguments["parcel"]
        )
    chosen = request.form.get("on_duplicate") or checked.arguments["on_duplicate"]
    properties = {
        "checked": checked.id,
        "on_duplicate": chosen,
        "keywords": list(checked.arguments["keywords"]),
        **{name: request.form.get(name) == "true" for name in OF_ARCHIVES},
        "names_from_files": True,
        "collection": checked.arguments["collection"],
        "dry_run": dry_run,
    }
    return begin_import(library, Upload(properties=properties))


def _followed(checked: Job) -> Job | None:
    """The import of what this one has checked."""
    parcel = checked.arguments["parcel"]
    found: Job | None = Job.objects(
        kind=checked.kind,
        application=checked.application,
        arguments__parcel=parcel,
        arguments__dry_run=False,
        id__ne=checked.id,
    ).first()
    return found


def _heading(job: Job) -> str:
    dry = job.arguments["dry_run"]
    if job.state == DONE:
        text = gettext("Checked: %(name)s") if dry else gettext("Imported: %(name)s")
    elif job.state == CANCELLED:
        text = gettext("Stopped: %(name)s")
    elif job.state == PAUSED:
        text = gettext("Paused: %(name)s")
    elif job.state in ENDED:
        text = gettext("Could not be read: %(name)s")
    else:
        text = gettext("Being checked: %(name)s") if dry else gettext("Being imported: %(name)s")
    portal = gettext("pictures of this portal")
    return text % {"name": portal if job.kind == PORTAL else job.arguments["name"]}


def _items(job: Job, outcome: str | None, wanted: Any) -> Page[Any]:
    found = ImportedItem.objects(job=job.id)
    if outcome:
        found = found.filter(outcome=outcome)
    items = found.order_by("number").skip(wanted.offset).limit(wanted.page_size)
    return Page(list(items), wanted, found.count())


def _shown(one: ImportedItem) -> dict[str, Any]:
    return {
        "item": one.item,
        "media": one.media,
        "outcome": gettext(OUTCOME_WORDS[one.outcome]),
        "failed": one.outcome == "failed",
        # that it is there is what its outcome says
        "reason": told(one.reason) if one.reason and one.reason != IT_IS_THERE else "",
    }


def _rows(job: Job) -> Iterator[str]:
    yield _line([gettext("Item"), gettext("Outcome"), gettext("Reason"), gettext("Picture")])
    for one in ImportedItem.objects(job=job.id).order_by("number").no_cache():
        shown = _shown(one)
        yield _line([shown["item"], shown["outcome"], shown["reason"], shown["media"] or ""])


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([to_cell(one) for one in cells])
    return out.getvalue()


def _words(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: gettext(text) for name, text in texts.items()}


def _find(library: Application, identifier: str) -> Job:
    key = compact_id(identifier)
    found = Job.objects(id=key, kind__in=KINDS, application=library.id).first() if key else None
    if found is None:
        raise NotFound(gettext("There is no such import, or no longer."))
    return found


def _to(library: Application, job: Job) -> Response:
    where = url_for(".imported", application=library.id, job=job.id)
    return redirect(where, 303)  # type: ignore[return-value]
