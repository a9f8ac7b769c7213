"""Deleting media by a list of ids, each with the permission of its own; for the udata dialect."""

from collections.abc import Sequence

from ..application.models import Application
from ..authorization.caller import is_allowed, require_caller
from ..authorization.permissions import FORBIDDEN
from ..web.bulk_results import Outcome
from .files import current_storage
from .models import ACTIVE, DELETED, Media
from .removal import delete_many, purge_media


def delete_listed(identifiers: Sequence[str], *, force: bool) -> list[Outcome]:
    """Delete those that the caller may edit, for good with `force`; says what became of each.

    An id of an application that the caller may not read answers as an unknown one.
    """
    require_caller()
    shown = Media.objects(id__in=list(identifiers), state__in=(ACTIVE, DELETED))
    media = {one.id: one for one in shown.only("id", "application", "state")}
    applications = Application.objects.in_bulk(list({m.application for m in media.values()}))
    editable: list[Media] = []
    outcomes = []
    for identifier in identifiers:
        found = media.get(identifier)
        application = applications.get(found.application) if found else None
        if found is None or application is None or not is_allowed("read", application):
            outcomes.append(Outcome(identifier, 404, f"There is no media {identifier!r:.60}."))
        elif not is_allowed("edit", application):
            outcomes.append(Outcome(identifier, 403, FORBIDDEN))
        elif found.state == DELETED and not force:
            outcomes.append(Outcome(identifier, 410, "This media has been deleted"))
        else:
            editable.append(found)
            outcomes.append(Outcome(identifier, 200, "purged" if force else "deleted"))
    if force:
        for one in editable:
            purge_media(current_storage(), one)
    elif editable:
        delete_many(editable)
    return outcomes
