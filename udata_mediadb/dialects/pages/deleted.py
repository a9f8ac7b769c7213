"""What was deleted: how long it stays, and back it comes or goes for good."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Response, current_app, redirect, request, url_for

from ...application.models import Application
from ...errors import InvalidFields, NotFound
from ...media.bulk import delete_listed, restore_listed
from ...media.counts import current_counts
from ...media.hints import Index, with_hint
from ...media.listed import listed
from ...media.models import DELETED, Media
from ...media.serving import serve
from ...mongo.clock import utc
from ...mongo.ids import hyphened_id
from ...operations.changes.job import PURGE, RESTORE
from ...web.bulk_results import Outcome
from ...web.pages import Page, PageRequest, parse_page, require_in_range
from .changing import begun, going_on, outcome_page
from .csrf import require_own_form
from .languages import gettext
from .presenting import presented
from .rendering import PAGE_SIZE, neighbours, page
from .visitor import editable

AT_ONCE = 200  # of more a job is made: to bring one back, or to remove one, takes some 20 ms
REMOVE = "remove"  # asks first
_LATEST_FIRST: Index = [("application", 1), ("deleted_at", -1), ("_id", -1)]


def deleted(application: str) -> str:
    """The deleted pictures of a library, the latest first."""
    library = editable(application)
    wanted = parse_page(
        {"page": request.args.get("page"), "page_size": PAGE_SIZE}, max_size=PAGE_SIZE
    )
    found = _page(library, wanted)
    require_in_range(found)
    return page(
        "trash.html",
        library=library,
        section="pictures",
        media=_shown(found.items, library),
        found=found,
        neighbours=neighbours(found),
        days=current_app.config["MEDIADB_PURGE_AFTER_DAYS"],
        restored=_number("restored"),
        purged=_number("purged"),
        going_on=going_on(library),
    )


def remove(application: str) -> str:
    """Whether these are really to be removed for good."""
    library = editable(application)
    is_all = request.args.get("all") == "true"
    chosen = [] if is_all else _own(library, request.args.getlist("ids"))
    total = count_deleted(library) if is_all else len(chosen)
    if not total:
        raise InvalidFields({"ids": gettext("Choose at least one picture.")})
    return page(
        "purge.html",
        library=library,
        section="pictures",
        media=_shown(chosen[:PAGE_SIZE], library),
        chosen=[one.id for one in chosen],
        is_all=is_all,
        total=total,
    )


def decide(application: str) -> Response | tuple[str, int]:
    """Bring them back, ask whether to remove them, or remove them."""
    request.max_form_parts = 2 * AT_ONCE
    require_own_form()
    library = editable(application)
    do, is_all = request.form.get("do", ""), request.form.get("all") == "true"
    if one := request.form.get("one"):  # the button of a single picture
        do, is_all, named = RESTORE, False, [one]
    else:
        named = request.form.getlist("ids")
    if do == REMOVE:
        chosen = {"all": "true"} if is_all else {"ids": named}
        where = url_for(".remove_deleted", application=library.id, **chosen)
        return redirect(where, 303)  # type: ignore[return-value]
    if do not in (RESTORE, PURGE):
        raise InvalidFields({"do": f"one of {RESTORE}, {REMOVE}, {PURGE}"})
    total = count_deleted(library)
    if is_all and total > AT_ONCE:
        return begun(library, do, _those_of(library), total)
    if is_all:
        named = list(Media.objects(__raw__=_those_of(library)).scalar("id"))
    ids = [one.id for one in _own(library, named)]
    if not ids:
        raise InvalidFields({"ids": gettext("Choose at least one picture.")})
    outcomes = restore_listed(ids) if do == RESTORE else delete_listed(ids, force=True)
    return _after(library, do, outcomes)


def thumbnail(application: str, media: str) -> Response:
    """The picture of a deleted media, which nobody else is shown."""
    library = editable(application)
    found = _own(library, [media])
    if not found:
        raise NotFound(gettext("There is no such picture."))
    answer = serve(found[0], "thumbnail", public=False)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def count_deleted(library: Application) -> int:
    """How many there are."""
    return current_counts().count(library.id, _those_of(library))


def stays_until(media: Media) -> str | None:
    """The day from which on it may be removed for good; None where nothing does so by itself."""
    days = current_app.config["MEDIADB_PURGE_AFTER_DAYS"]
    if days is None or media.deleted_at is None:
        return None
    return (utc(media.deleted_at) + timedelta(days=days)).strftime("%Y-%m-%d")


def _after(library: Application, do: str, outcomes: list[Outcome]) -> Response | tuple[str, int]:
    word = "restored" if do == RESTORE else "purged"
    done: dict[str, Any] = {word: sum(one.status < 400 for one in outcomes)}
    return outcome_page(library, outcomes, url_for(".deleted", application=library.id, **done))


def _those_of(library: Application) -> dict[str, Any]:
    return {"application": library.id, "state": DELETED}


def _page(library: Application, wanted: PageRequest) -> Page[Media]:
    def read(index: Index) -> list[Media]:
        hint = list(index) if index else None
        cursor = Media._get_collection().find(_those_of(library), hint=hint)
        cursor = cursor.sort([("deleted_at", -1), ("_id", -1)])
        return [listed(one) for one in cursor.skip(wanted.offset).limit(wanted.page_size)]

    return Page(with_hint(read, _LATEST_FIRST), wanted, count_deleted(library))


def _own(library: Application, named: list[str]) -> list[Media]:
    """Those of these that are deleted ones of the library, in order."""
    ids = list(dict.fromkeys(key for one in named if (key := hyphened_id(one))))
    found = {
        one.id: one for one in Media.objects(__raw__={**_those_of(library), "_id": {"$in": ids}})
    }
    return [found[one] for one in ids if one in found]


def _shown(media: Sequence[Media], library: Application) -> list[dict[str, Any]]:
    return [
        {
            **shown,
            "deleted_on": utc(one.deleted_at).strftime("%Y-%m-%d"),
            "until": stays_until(one),
        }
        for shown, one in zip(presented(media, library), media, strict=True)
    ]


def _number(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
