"""P1: some pictures, or all that meet the filter, are changed, or deleted with a way back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, request, url_for
from werkzeug.datastructures import MultiDict

from ...application.models import Application
from ...collection.models import Collection
from ...errors import InvalidFields
from ...hosts.current import current_host
from ...media.bulk import delete_listed, restore_listed
from ...media.bulk_editing import EDITED_MAX, edit_many
from ...media.listing import active_in
from ...media.models import DELETED, Media
from ...mongo.clock import utc
from ...operations.changes.job import CHANGE, DELETE
from ...web.bulk_results import Outcome
from ...web.pages import PageRequest
from .changing import begun, going_on, outcome_page
from .csrf import require_own_form
from .figures import figure
from .languages import gettext
from .listing import listed
from .visitor import editable

COLLECTIONS_SHOWN = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def choices(library: Application) -> dict[str, Any]:
    """What can be done with those that are chosen; and what was done just now."""
    held = Collection.objects(application=library.id).order_by("name", "id").only("id", "name")
    removed = request.args.get("removed", "")
    changed = request.args.get("changed", "")
    return {
        "collections": list(held.limit(COLLECTIONS_SHOWN)),
        "licences": list(current_host().licences().values()),
        "filter": urlencode(_filter()),
        "removed": removed if removed.isdigit() and _removed(library, removed) else None,
        "count": _removed(library, removed).count() if removed.isdigit() else 0,
        "changed": int(changed) if changed.isdigit() and len(changed) < 7 else 0,
        "most": EDITED_MAX,
        "going_on": going_on(library),
    }


def change_chosen(application: str) -> Response | tuple[str, int]:
    """Do it; back to the list, or to which ones could not be changed, and why."""
    request.max_form_parts = 2 * EDITED_MAX
    require_own_form()
    library = editable(application)
    do = request.form.get("do", "")
    if do in (CHANGE, DELETE) and (whole := _whole(library)) is not None:
        return _begin(library, do, *whole)
    actions: Mapping[str, Callable[[Application], tuple[list[Outcome], dict[str, Any]]]] = {
        CHANGE: _change,
        DELETE: _delete,
        "undo": _undo,
    }
    if do not in actions:
        raise InvalidFields({"do": f"one of {', '.join(actions)}"})
    outcomes, told_next = actions[do](library)
    return outcome_page(library, outcomes, _back(library, **told_next))


def _whole(library: Application) -> tuple[MultiDict[str, str], int] | None:
    """The filter and size of the list, where all of it is chosen and more than done at once."""
    if request.form.get("all") != "true":
        return None
    args = MultiDict(parse_qsl(request.form.get("filter", "")))
    total = listed(library, args, PageRequest(1, 1))[0].total
    return (args, total) if total > EDITED_MAX else None


def _begin(library: Application, do: str, args: MultiDict[str, str], total: int) -> Response:
    """All of a long list, by a job."""
    found, wanted = listed(library, args, PageRequest(1, total if args.get("color") else 1))
    how: dict[str, Any] = {"back": list(args.items(multi=True))}
    if args.get("color"):  # found by a search, not by a filter
        wanted, how["ids"] = active_in([library.id]), [one.id for one in found.items]
    if do == CHANGE:
        how["said"] = _said()
    return begun(library, do, wanted, total, **how)


def _said() -> dict[str, str]:
    fields = ("add_keywords", "remove_keywords", "add_to_collection", "licence")
    said = {name: text for name in fields if (text := request.form.get(name, "").strip())}
    if not said:
        raise InvalidFields({"add_keywords": gettext("Say what is to be changed.")})
    return said


def _change(library: Application) -> tuple[list[Outcome], dict[str, Any]]:
    said = _said()
    outcomes = edit_many({**said, "ids": _named(library), "application": library.id})
    return outcomes, {"changed": sum(one.status < 400 for one in outcomes)}


def _delete(library: Application) -> tuple[list[Outcome], dict[str, Any]]:
    outcomes = delete_listed(_named(library), force=False)
    done = [one.id for one in outcomes if one.status < 400]
    if not done:
        return outcomes, {}
    at = utc(Media.objects(id=done[0]).only("deleted_at").first().deleted_at)
    return outcomes, {"removed": (at - _EPOCH) // timedelta(milliseconds=1)}


def _undo(library: Application) -> tuple[list[Outcome], dict[str, Any]]:
    gone = [one.id for one in _removed(library, request.form.get("removed", "")).only("id")]
    if not gone:
        raise InvalidFields({"removed": gettext("There is nothing left to bring back.")})
    return restore_listed(gone), {}


def _named(library: Application) -> list[str]:
    """Those that were ticked, or all of the filter."""
    if request.form.get("all") != "true":
        named = list(dict.fromkeys(request.form.getlist("ids")))
        own = set(Media.objects(id__in=named, application=library.id).scalar("id"))
        named = [one for one in named if one in own]
    else:
        args = MultiDict(parse_qsl(request.form.get("filter", "")))
        found, _ = listed(library, args, PageRequest(1, EDITED_MAX + 1))
        named = [one.id for one in found.items]
    if not named:
        raise InvalidFields({"ids": gettext("Choose at least one picture.")})
    if len(named) > EDITED_MAX:
        words = gettext("At most %(n)s at a time: narrow the list down.")
        words %= {"n": figure(EDITED_MAX)}
        raise InvalidFields({"ids": words})
    return named


def _removed(library: Application, moment: str) -> Any:
    """What was deleted together at this moment, in milliseconds since 1970."""
    if not (moment.isascii() and moment.isdigit() and len(moment) < 15):
        return Media.objects(id__in=[])
    at = _EPOCH + timedelta(milliseconds=int(moment))
    return Media.objects(application=library.id, state=DELETED, deleted_at=at)


def _filter() -> list[tuple[str, str]]:
    gone = ("page", "removed", "changed", "narrow", "lang")
    return [(k, v) for k, v in request.args.items(multi=True) if v and k not in gone]


def _back(library: Application, **said: Any) -> str:
    pairs: Sequence[tuple[str, Any]] = [*parse_qsl(request.form.get("filter", "")), *said.items()]
    own = url_for(".pictures", application=library.id)
    return f"{own}?{urlencode(pairs)}" if pairs else own
