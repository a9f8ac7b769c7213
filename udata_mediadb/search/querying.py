"""Where a request's properties and the settings of the app become a search; for both dialects."""

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import current_app

from ..application.models import Application
from ..authorization.caller import current_caller
from ..collection.actions import find_collection, find_smart_collection
from ..collection.listing import members_clause
from ..errors import InvalidFields
from ..filters.compose import compose
from ..imaging import WHOLE, Picture, Region
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
from ..web.stages import stage
from .actions import choose_signatures, search
from .blending import BLENDED
from .counting import count_search, kind_of
from .keeping import holder
from .kept import describe_region, described
from .models import KeptQuery
from .pixels import pixels_of
from .query import Comparing, Hit, Query
from .regions import as_text
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
    data, sent, sha256, region = None, None, sought.sha256, asked.region
    suffices = asked.has_criteria or asked.comparing.palette is not None
    if sha256 is None and (upload.has_picture or not suffices):
        data = image_of(upload)
        sha256 = hashlib.sha256(data).hexdigest()
        sent = sent_picture(data, sha256, region)
    has_picture = sha256 is not None
    if region is not None and not has_picture:
        raise InvalidFields({"region": "needs a picture"})
    signatures = _signatures(application, asked.comparing, has_picture=has_picture)
    thorough = asked.comparing.thorough or application.default_option("thorough", "auto")
    media, kept = sought.media, sought.kept
    if media is not None and (region is not None or thorough == "always"):
        sent = stored_picture(media, region)
    if kept is not None and region is not None:
        describe_region(kept, application, region)
    return Query(
        sent=sent,
        described=described(kept, region) if kept else None,
        media=media.picture_id if media and region is None else None,
        pixels=partial(pixels_of, media, in_request=True) if media else None,
        sha256=sha256 if region is None else None,
        data=data,
        comparing=replace(asked.comparing, signatures=signatures, thorough=thorough),
        within=compose(asked.criteria, *members_of(asked, application).values()),
        candidates=current_app.config["MEDIADB_SEARCH_CANDIDATES"],
    )


def sent_picture(data: bytes, sha256: str, region: Region | None = None) -> SentPicture:
    """The picture of these bytes, described as far as the caller sent it before.

    Raises what decoding raises. `sha256`: of the bytes. `region`: that part of it.
    """
    known: SentPictures = current_app.extensions["mediadb"].sent_pictures
    name = sha256 if region is None else f"{sha256} {as_text(region)}"
    sent = known.of(name, _whose(), lambda: decode_query(data, region))
    if not sent.is_described:
        _ = sent.picture  # what cannot be decoded is refused before anything else is looked at
    return sent


def stored_picture(media: Media, region: Region | None = None) -> SentPicture:
    """A stored picture, or a part of it, as if it had been sent."""
    original = original_of(media)
    return SentPicture(lambda: _decode_stored(original, region))


def decode_media(media: Media, region: Region | None = None) -> Picture:
    """A stored picture, or a part of it, from the original's pixels."""
    return _decode_stored(original_of(media), region)


def _decode_stored(original: bytes, region: Region | None) -> Picture:
    return current_ingest().decode_stored(original, in_request=True, region=region or WHOLE)


def _whose() -> str | None:
    """Whose pictures are remembered together; None for who asks without a secret of their own."""
    caller = current_caller()
    if caller.principal is None and (caller.key is None or caller.key.kind == "public"):
        return None
    return holder()


def decode_query(data: bytes, region: Region | None = None) -> Picture:
    """The request's picture, decoded as when it is stored: the two must be described alike.

    Of a JPEG that was cut off, what is there: a query is answered with it. `region`: that part of
    it, from its own pixels.
    """
    with stage("decode"):
        return current_ingest().decode_query(data, region=region or WHOLE)


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
    if wanted.page == 1:
        count_search(application.id, kind_of(query), len(hits))
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
    if wanted.page == 1:
        count_search(application.id, kind_of(query), page.total)
    return replace(page, cursor=None)


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


def members_of(asked: SearchRequest, application: Application) -> dict[str, dict[str, Any]]:
    """The filters for the collections that are named, by the names of their arguments."""
    clauses = {}
    if asked.collection:
        collection = find_collection(asked.collection, application.id)
        clauses["collection"] = members_clause(collection)
    if asked.smart_collection:
        smart = find_smart_collection(asked.smart_collection, application.id)
        clauses["smart_collection"] = members_clause(smart)
    return clauses
