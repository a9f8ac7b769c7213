"""Where a request's properties and the settings of the app become a search; for both dialects."""

from dataclasses import replace
from typing import Any

from flask import current_app

from ..application.models import Application
from ..collection.actions import find_collection, find_smart_collection
from ..collection.listing import members_clause
from ..errors import InvalidFields
from ..filters import terms
from ..filters.conditions import both, clause
from ..hosts.related import related_query
from ..imaging import Picture, decode
from ..indexing.current import current_catalogs
from ..media.counts import current_counts
from ..media.describer import current_describer
from ..media.ingest import DECODE_SIDE_PX
from ..media.listing import NEWEST_FIRST, active_in, list_page
from ..media.models import Media
from ..web.bodies import Upload, image_of
from ..web.pages import Page, PageRequest
from .actions import choose_signatures, search
from .blending import BLENDED
from .query import Hit, Query
from .request import SearchRequest


def new_query(
    application: Application, asked: SearchRequest, upload: Upload, media: Media | None
) -> Query:
    """What to look for: the stored media, else the upload's picture, else by criteria alone.

    Raises what decoding and fetching raise, InvalidFields where there is nothing to look for, and
    NotFound for a collection that the application has not.
    """
    picture = None
    if media is None and (_has_picture(upload) or not (asked.palette or _has_criteria(asked))):
        picture = picture_of(upload)
    return Query(
        picture=picture,
        media=media.id if media else None,
        keywords=asked.keywords,
        metadata=asked.metadata,
        within=both(
            clause(asked.query), _members(asked, application), related_query(asked.related)
        ),
        min_score=asked.min_score,
        palette=asked.palette,
        signatures=_signatures(application, asked, picture is not None or media is not None),
        blend=asked.blend,
        min_box=asked.min_box,
        include_rejected=asked.include_rejected,
        candidates=current_app.config["MEDIADB_SEARCH_CANDIDATES"],
    )


def picture_of(upload: Upload) -> Picture:
    """The request's picture, decoded as when it is stored: the two must be described alike.

    Of a JPEG that was cut off, what is there: a query is answered with it.
    """
    return decode(
        image_of(upload),
        max_pixels=current_app.config["MEDIADB_IMAGE_MAX_PIXELS"],
        side=DECODE_SIDE_PX,
        lenient=True,
    )


def similar_query(application: Application, asked: SearchRequest, media: Media) -> Query:
    """What looks like this media, itself left out; by similarity where nothing else is asked."""
    if asked.blend is None and not asked.signatures:
        asked = replace(asked, signatures=["similarity"])
    return replace(new_query(application, asked, Upload(), media), without=media.id)


def has_picture(query: Query) -> bool:
    """Whether pictures are compared: else `find_by_criteria` answers it."""
    return any(one is not None for one in (query.picture, query.media, query.palette))


def find_by_picture(application: Application, query: Query, wanted: PageRequest) -> Page[Hit]:
    """One page of hits, best first."""
    current_describer().start_if_due(application)
    hits = search(application, query, current_catalogs())
    return Page(hits[wanted.offset :][: wanted.page_size], wanted, len(hits))


def find_by_criteria(application: Application, query: Query, wanted: PageRequest) -> Page[Media]:
    """One page of the media that meet the criteria, newest first."""
    met = both(terms.query(query.keywords, query.metadata), query.within)
    return list_page(
        active_in(application.id, met),
        NEWEST_FIRST,
        wanted,
        counts=current_counts(),
        application=application.id,
    )


def _signatures(application: Application, asked: SearchRequest, has_picture: bool) -> list[str]:
    """The signatures to search by; a blend needs two, a palette alone is for colors."""
    if asked.blend is not None:
        if not has_picture:
            raise InvalidFields({"blend": "needs a picture"})
        return choose_signatures(application, BLENDED)
    if asked.palette is not None and not (has_picture or asked.signatures):
        return choose_signatures(application, ["colors"])
    chosen = choose_signatures(application, asked.signatures)
    if asked.palette is not None and "colors" not in chosen:
        raise InvalidFields({"palette": "goes with the signature colors"})
    return chosen


def _members(asked: SearchRequest, application: Application) -> dict[str, Any]:
    """The clause for the collections that are named; both hold where both are."""
    clauses = []
    if asked.collection:
        clauses.append(members_clause(find_collection(asked.collection, application.id)))
    if asked.smart_collection:
        smart = find_smart_collection(asked.smart_collection, application.id)
        clauses.append(members_clause(smart))
    return both(*clauses)


def _has_picture(upload: Upload) -> bool:
    return upload.image is not None or bool(upload.properties.get("url"))


def _has_criteria(asked: SearchRequest) -> bool:
    named = (asked.keywords, asked.metadata, asked.query, asked.collection, asked.smart_collection)
    return any((*named, asked.related))
