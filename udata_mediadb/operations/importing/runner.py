"""Where the settings of the app, and the portal, meet the importing of its pictures."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

import flask_storage
from flask import current_app

from ...application.models import Application
from ...errors import MediaDBError, QuotaExceeded
from ...fetching import fetch
from ...hosts.portal_picture import PortalPicture
from ...indexing.current import current_catalogs
from ...media.current import current_ingest
from ...media.describer import describe_if_due
from .actions import Importing, held_media, import_picture, is_held

ELSEWHERE = "elsewhere"  # remote, and not asked for
OUTCOMES = ("added", "replaced", "unchanged", "failed", ELSEWHERE, "deleted")


def new_run(application: Application) -> Importing:
    """An import into this application, for the current app."""
    return Importing(
        ingest=current_ingest(),
        application=application,
        max_bytes=int(current_app.config["MEDIADB_UPLOAD_MAX_BYTES"]),
        held=held_media(application),
    )


def import_all(
    run: Importing,
    pictures: Iterable[PortalPicture],
    *,
    remote: bool,
    again: bool,
    tell: Callable[[str], None],
) -> Counter[str]:
    """Import one after the other; how many came to which of `OUTCOMES`.

    `remote`: fetch what lies elsewhere; `again`: also what was fetched before. `tell`: is told of
    each that fails. Raises QuotaExceeded, for the rest would fail alike.
    """
    outcomes: Counter[str] = Counter()
    catalogs = current_catalogs()
    for picture in pictures:
        outcome = import_one(run, picture, remote=remote, again=again, tell=tell)
        outcomes[outcome] += 1
        if outcome in ("added", "replaced"):
            catalogs.note_added(run.application.id, run.application.signatures)
    describe_if_due(run.application)
    return outcomes


def outcome_line(outcomes: Counter[str]) -> str:
    """One line for all."""
    total = outcomes.total() - outcomes["deleted"]
    counts = [f"{outcomes[name]} {name}" for name in OUTCOMES if outcomes[name] or name == "added"]
    return f"{total} pictures, {', '.join(counts)}"


def import_one(
    run: Importing,
    picture: PortalPicture,
    *,
    remote: bool,
    again: bool,
    tell: Callable[[str], None],
    do: Callable[[Importing, PortalPicture, Callable[[], bytes]], str] = import_picture,
) -> str:
    """One of `OUTCOMES`, as `import_all` says; `do`: what is done with it, `foresee` nothing."""
    read = picture.read
    if read is None:
        if not remote:
            return ELSEWHERE
        if is_held(run, picture.origin) and not again:
            return "unchanged"
        read = partial(_fetch, picture.url or "")
    try:
        return do(run, picture, read)
    except QuotaExceeded:
        raise
    except (MediaDBError, OSError, flask_storage.FileNotFound) as exc:
        why = exc.message if isinstance(exc, MediaDBError) else "its file cannot be read"
        tell(f"{picture.origin} ({picture.name}): {why}")
        return "failed"


def _fetch(url: str) -> bytes:
    config = current_app.config
    return fetch(
        url,
        max_bytes=config["MEDIADB_UPLOAD_MAX_BYTES"],
        deadline_s=config["MEDIADB_FETCH_DEADLINE_S"],
        allow=tuple(config["MEDIADB_FETCH_ALLOW"]),
    ).data
