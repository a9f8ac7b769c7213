"""Keeping a query for a while: its descriptions and a small copy, for who asked and nobody else."""

import secrets
from datetime import datetime, timedelta

from flask import current_app

from ..application.models import Application
from ..authorization.caller import current_caller
from ..errors import InvalidFields, NotFound, TooManyRequests
from ..imaging import Picture, thumbnail
from ..media.current import current_ingest
from ..mongo.clock import now, utc
from .kept import descriptions_by
from .models import KeptQuery
from .sent import COPY_SIDE_PX, SentPicture

# Of the larger copy: a region of a quarter of its side still has the pixels of a description.
DETAIL_SIDE_PX = 2048
_ID_BYTES = 24  # 192 random bits: nobody guesses one


def holder() -> str:
    """Who asks, as kept queries note it: a user, else the key of an application, else anyone."""
    caller = current_caller()
    if caller.principal is not None:
        return f"user {caller.principal.user}"
    return f"application {caller.key.application.id}" if caller.key is not None else "anyone"


def keep_query(
    application: Application,
    sent: SentPicture,
    *,
    sha256: str,
    name: str | None = None,
    data: bytes | None = None,
    made_by_search: bool = False,
) -> KeptQuery:
    """Keep this picture for `MEDIADB_QUERY_KEEP_S`. `sha256`: of its file, which is `data`.

    With `data` regions of it are later seen in more detail than the copy has.

    Each holder has room for `MEDIADB_QUERY_MAX`. Those that searches made give way, the oldest
    first; TooManyRequests where there are none.
    """
    whose = holder()
    again = _kept_by_search(application, whose, sha256, name) if made_by_search else None
    if again is not None:
        return again
    _make_room(whose)
    picture = sent.picture
    kept = KeptQuery(
        id=secrets.token_urlsafe(_ID_BYTES),
        application=application.id,
        holder=whose,
        made_by_search=made_by_search,
        name=name,
        sha256=sha256,
        width=picture.width,
        height=picture.height,
        format=picture.format,
        copy=sent.copy,
        detail=None if data is None else _detail(picture, data),
        descriptions=descriptions_by(application, sent),
        expires_at=_end(),
    )
    return kept.save(force_insert=True)


def find_query(identifier: str) -> KeptQuery:
    """The caller's query of this id; NotFound for another's, for one that ended, or never was."""
    found = KeptQuery.objects(id=identifier[:64], holder=holder()).first()
    if found is None or utc(found.expires_at) <= now():  # MongoDB removes them once a minute
        raise NotFound(f"There is no query {identifier!r:.60}, or no longer.")
    return found


def find_same(application: Application, sha256: str, *, at_least_s: float) -> KeptQuery | None:
    """The caller's own query by the same file that stays for this long still, if there is one."""
    until = now() + timedelta(seconds=at_least_s)
    return KeptQuery.objects(
        application=application.id, holder=holder(), sha256=sha256, expires_at__gt=until
    ).first()


def require_own(kept: KeptQuery, application: Application) -> None:
    """Raise InvalidFields where it was made for another application."""
    if kept.application != application.id:
        raise InvalidFields({"query": "this query was made for another application"})


def _kept_by_search(
    application: Application, whose: str, sha256: str, name: str | None
) -> KeptQuery | None:
    """What an earlier search kept of the same picture, its time begun anew."""
    kept = KeptQuery.objects(
        holder=whose,
        application=application.id,
        sha256=sha256,
        name=name,
        made_by_search=True,
        expires_at__gt=now(),
    )
    found: KeptQuery | None = kept.modify(set__created_at=now(), set__expires_at=_end(), new=True)
    return found


def _end() -> datetime:
    return now() + timedelta(seconds=current_app.config["MEDIADB_QUERY_KEEP_S"])


def _detail(picture: Picture, data: bytes) -> bytes | None:
    if max(picture.width, picture.height) <= COPY_SIDE_PX:
        return None
    larger = picture  # which may have every pixel already
    if max(picture.pixels.shape[:2]) < max(picture.width, picture.height):
        larger = current_ingest().decode_query(data, side=DETAIL_SIDE_PX)
    return thumbnail(larger, side=2 * DETAIL_SIDE_PX)[0]  # twice: strips are decoded so long


def _make_room(whose: str) -> None:
    most = int(current_app.config["MEDIADB_QUERY_MAX"])
    held = KeptQuery.objects(holder=whose)
    count = held.count()
    if count < most:
        return
    oldest = held.filter(made_by_search=True).order_by("created_at").limit(count - most + 1)
    spare = list(oldest.scalar("id"))
    if count - len(spare) >= most:
        first = held.order_by("created_at").only("expires_at").first()
        wait = (utc(first.expires_at) - now()).total_seconds() if first else 1.0
        raise TooManyRequests(f"You keep {most} queries: delete some, or wait.", max(1, int(wait)))
    KeptQuery.objects(id__in=spare).delete()
