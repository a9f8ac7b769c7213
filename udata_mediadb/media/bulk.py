"""Many media by a list of ids, each with the permission of its own; for the udata dialect."""

from collections.abc import Sequence

from ..application.models import Application
from ..authorization.caller import is_allowed, require_caller
from ..authorization.permissions import FORBIDDEN
from ..errors import MediaDBError
from ..web.bulk_results import Outcome
from .actions import restore_media
from .files import current_storage
from .models import ACTIVE, DELETED, Media
from .removal import delete_many, purge_media


def delete_listed(identifiers: Sequence[str], *, force: bool) -> list[Outcome]:
    """Delete those that the caller may edit, for good with `force`; says what became of each.

    An id of an application that the caller may not read answers as an unknown one.
    """
    editable, outcomes = editable_listed(identifiers)
    if not force:
        outcomes |= _outcomes(editable, DELETED, 410, "This media has been deleted")
    taken = [one for one in editable if one.id not in outcomes]
    if force:
        for one in taken:
            purge_media(current_storage(), one)
    elif taken:
        delete_many(taken)
    outcomes |= {one.id: Outcome(one.id, 200, "purged" if force else "deleted") for one in taken}
    return [outcomes[identifier] for identifier in identifiers]


def restore_listed(identifiers: Sequence[str]) -> list[Outcome]:
    """Undo the deletion of those that the caller may edit; says what became of each."""
    editable, outcomes = editable_listed(identifiers)
    outcomes |= _outcomes(editable, ACTIVE, 409, "This media is not deleted.")
    for one in editable:
        if one.id not in outcomes:
            try:
                restore_media(one)
                outcomes[one.id] = Outcome(one.id, 200, "restored")
            except MediaDBError as exc:
                outcomes[one.id] = Outcome(one.id, exc.status, exc.message)
    return [outcomes[identifier] for identifier in identifiers]


def editable_listed(
    identifiers: Sequence[str], *fields: str
) -> tuple[list[Media], dict[str, Outcome]]:
    """Those that the caller may edit, also deleted ones, and by id what to say of the others.

    `fields`: to be read beside what says whose they are.
    """
    require_caller()
    shown = Media.objects(id__in=list(identifiers), state__in=(ACTIVE, DELETED))
    media = {one.id: one for one in shown.only("id", "application", "state", *fields)}
    applications = Application.objects.in_bulk(list({m.application for m in media.values()}))
    editable, refused = [], {}
    for identifier in identifiers:
        found = media.get(identifier)
        application = applications.get(found.application) if found else None
        if found is None or application is None or not is_allowed("read", application):
            missing = f"There is no media {identifier!r:.60}."
            refused[identifier] = Outcome(identifier, 404, missing)
        elif not is_allowed("edit", application):
            refused[identifier] = Outcome(identifier, 403, FORBIDDEN)
        else:
            editable.append(found)
    return editable, refused


def _outcomes(media: Sequence[Media], state: str, status: int, message: str) -> dict[str, Outcome]:
    return {one.id: Outcome(one.id, status, message) for one in media if one.state == state}
