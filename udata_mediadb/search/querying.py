"""Where a request's properties and the settings of the app become a search; for both dialects."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app

from ..application.models import Application
from ..authorization.caller import current_caller
from ..collection.actions import find_collection, find_smart_collection
from ..collection.listing import members_clause
from ..errors import InvalidFields
from ..filters.compose import compose
from ..imaging import Picture
from ..indexing.current import current_catalogs
from ..media.counts import current_counts
from ..media.current import current_ingest
from ..media.cursors import NEWEST_FIRST
from ..media.describer import describe_if_due
from ..media.listing import active_in, list_page
from ..media.models import Media
from ..media.serving import original_of
from ..web.bodies import Upload, image_of
from ..web.pages import Page, PageRequest
from .actions import choose_signatures, search
from .blending import BLENDED
from .keeping import holder
from .models import KeptQuery
from .query import Comparing, Described, Hit, Query
from .request import SearchRequest
from .sent import SentPicture, SentPictures


@dataclass(frozen=True)
class Sought:
    """What a search names in place of a picture: a stored media, or a kept query.

    `home`: the application of the media.
    """

    media: Media | None = None
    home: Application | None = None
    kept: KeptQuery | None = None

    @property
    def sha256(self) -> str | None:
        """Of its file."""
        named = self.media or self.kept
        return None if named is None else str(named.sha256)


def new_query(
    application: Application, asked: SearchRequest, upload: Upload, sought: Sought
) -> Query:
    """What to look for: what is sought, else the upload's picture, else by criteria alone.

    Raises what decoding and fetching raise, InvalidFields where there is nothing to look for, and
    NotFound for a collection that the application has not.
    """
    sent, sha256 = None, sought.sha256
    suffices = asked.has_criteria or asked.comparing.palette is not None
    if sha256 is None and (upload.has_picture or not suffices):
        data = image_of(upload)
        sha256 = hashlib.sha256(data).hexdigest()
        sent = sent_picture(data, sha256)
    has_picture = sha256 is not None
    signatures = _signatures(application, asked.comparing, has_picture=has_picture)
    thorough = asked.comparing.thorough or application.default_option("thorough", "auto")
    if sought.media is not None and thorough == "always":
        original = original_of(sought.media)
        sent = SentPicture(lambda: current_ingest().decode_stored(original, in_request=True))
    return Query(
        sent=sent,
        described=described(sought.kept) if sought.kept else None,
        media=sought.media.id if sought.media else None,
        sha256=sha256,
        comparing=replace(asked.comparing, signatures=signatures, thorough=thorough),
        within=compose(asked.criteria, *_members(asked, application)),
        candidates=current_app.config["MEDIADB_SEARCH_CANDIDATES"],
    )


def sent_picture(data: bytes, sha256: str) -> SentPicture:
    """The picture of these bytes, described as far as the caller sent it before.

    Raises what decoding raises. `sha256`: of the bytes.
    """
    known: SentPictures = current_app.extensions["mediadb"].sent_pictures
    sent = known.of(sha256, _whose(), lambda: decode_query(data))
    if not sent.is_described:
        _ = sent.picture  # what cannot be decoded is refused before anything else is looked at
    return sent


def _whose() -> str | None:
    """Whose pictures are remembered together; None for who asks without a secret of their own."""
    caller = current_caller()
    if caller.principal is None and (caller.key is None or caller.key.kind == "public"):
        return None
    return holder()


def decode_query(data: bytes) -> Picture:
    """The request's picture, decoded as when it is stored: the two must be described alike.

    Of a JPEG that was cut off, what is there: a query is answered with it.
    """
    return current_ingest().decode_query(data)


def similar_query(application: Application, asked: SearchRequest, media: Media) -> Query:
    """What looks like this media, itself left out; by similarity where nothing else is asked."""
    comparing = asked.comparing
    if comparing.blend is None and not comparing.signatures:
        asked = replace(asked, comparing=replace(comparing, signatures=["similarity"]))
    return replace(new_query(application, asked, Upload(), Sought(media)), without=media.id)


def find_by_picture(application: Application, query: Query, wanted: PageRequest) -> Page[Hit]:
    """One page of hits, best first."""
    describe_if_due(application)
    hits = search(application, query, current_catalogs())
    return Page(hits[wanted.offset :][: wanted.page_size], wanted, len(hits))


def find_by_criteria(application: Application, query: Query, wanted: PageRequest) -> Page[Media]:
    """One page of the media that meet the criteria, newest first; by number, as all searches."""
    page = list_page(
        active_in(application.id, query.within),
        NEWEST_FIRST,
        wanted,
        counts=current_counts(),
        application=application.id,
    )
    return replace(page, cursor=None)


def described(kept: KeptQuery) -> Described:
    """What a kept query was described as."""
    descriptions = {one.signature: bytes(one.data) for one in kept.descriptions}
    return Described(descriptions, bytes(kept.copy))


def _signatures(application: Application, comparing: Comparing, *, has_picture: bool) -> list[str]:
    """The signatures to search by; a blend needs two, a palette alone is for colors."""
    if comparing.blend is not None:
        if not has_picture:
            raise InvalidFields({"blend": "needs a picture"})
        return choose_signatures(application, BLENDED)
    if comparing.palette is not None and not (has_picture or comparing.signatures):
        return choose_signatures(application, ["colors"])
    chosen = choose_signatures(application, comparing.signatures)
    if comparing.palette is not None and "colors" not in chosen:
        raise InvalidFields({"palette": "goes with the signature colors"})
    return chosen


def _members(asked: SearchRequest, application: Application) -> list[dict[str, Any]]:
    """The filters for the collections that are named."""
    clauses = []
    if asked.collection:
        clauses.append(members_clause(find_collection(asked.collection, application.id)))
    if asked.smart_collection:
        smart = find_smart_collection(asked.smart_collection, application.id)
        clauses.append(members_clause(smart))
    return clauses
