"""How media, collections and hits look in LTU's answers; what its samples lack is added."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from ...application.models import Application
from ...collection.actions import stored_query
from ...collection.models import Collection, SmartCollection
from ...collection.tree import children_of
from ...hosts.related import loaded
from ...media.files import Kind
from ...media.links import link_arguments
from ...media.models import Media
from ...media.serving import picture_of
from ...mongo.clock import utc
from ...recognition.signature import Comparison
from ...search.query import Hit, score_of
from ...web.readers import plain
from .about import about_fields, with_about
from .signatures import DECISIONS, ltu_code

FILE_ENDPOINT = "mediadb_ltu.files_serve_file"
VERSION = 1  # of a media: LTU's guide sorts by it and never shows it


def stamp(moment: datetime) -> str:
    """2023-09-29T13:15:33.341804Z"""
    return utc(moment).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def media_items(found: Sequence[Media], application: Application) -> list[dict[str, Any]]:
    """Media as lists show them; no query."""
    return [media_item(media, application) for media in found]


def media_item(media: Media, application: Application) -> dict[str, Any]:
    """One media, with the keys of LTU's samples, those of its prose and some of ours."""
    created = stamp(media.created_at)
    older = {"duplicate_of": media.duplicate_of} if media.duplicate_of else {}
    return {
        **about_fields(media),
        **older,
        "id": media.id,
        "created_at": created,
        "name": media.name,
        **_files(media, application),
        "keywords": list(media.keywords),
        "metadata": with_about(media),
        "related": _related(media),
        "md5": media.md5,
        "request_at": created,
        "updated_at": stamp(media.updated_at),
        "status": media.state,
        "uuid": media.id,
        "version": VERSION,
    }


def found_item(media: Media, application: Application) -> dict[str, Any]:
    """A media found by keywords and metadata alone."""
    return {
        **about_fields(media),
        "id": media.id,
        **_files(media, application),
        "name": media.name,
        "metadata": with_about(media),
        "keywords": list(media.keywords),
        "related": _related(media),
    }


def hit_item(hit: Hit, application: Application) -> dict[str, Any]:
    """A media found by picture, with what each signature says under its code."""
    best = ltu_code(hit.best_signature)
    keywords, score = list(hit.media.keywords), hit.best.distance
    found = hit.comparisons.items()
    return {
        **found_item(hit.media, application),
        "score": score,
        "details": {
            "best_index": best,
            "best_signature": best,
            **{ltu_code(name): _detail(name, one, hit.media) for name, one in found},
            "score": score,
            "confidence": hit.score,
            "keywords": keywords,
            "metadata": with_about(hit.media),
        },
    }


def collection_items(
    collections: Sequence[Collection], application: Application
) -> list[dict[str, Any]]:
    """Collections with their children's ids, fetched in one query."""
    children = children_of(application.id, [collection.id for collection in collections])
    return [
        {
            "id": collection.id,
            "collections": children.get(collection.id, []),
            **_description(collection),
            "api_key": application.public_key,
            "parent": collection.parent,
        }
        for collection in collections
    ]


def smart_collection_item(smart: SmartCollection, application: Application) -> dict[str, Any]:
    return {
        "id": smart.id,
        **_description(smart),
        "query": stored_query(smart),
        "api_key": application.public_key,
    }


def _description(document: Collection | SmartCollection) -> dict[str, Any]:
    return {
        "created_at": stamp(document.created_at),
        "updated_at": stamp(document.updated_at),
        "name": document.name,
        "metadata": plain(document.metadata),
        "keywords": list(document.keywords),
    }


def _related(media: Media) -> list[dict[str, str]]:
    """The portal's objects that it illustrates; the portal is not asked what they are called."""
    return [one.bare() for one in loaded(media.related)]


def _detail(name: str, comparison: Comparison, media: Media) -> dict[str, Any]:
    """The frame of LTU's sample; a signature without geometry has no box and no homography."""
    info = {
        "decision": DECISIONS.get(comparison.decision, comparison.decision),
        "category": name.upper(),
        "reference": {"originalDimensions": [float(media.width), float(media.height)]},
        "query": {},
        "scores": {},
        "distance": comparison.distance,
        "confidence": score_of(comparison),
        **comparison.details,
    }
    return {
        "message": "succeed",
        "keywords": list(media.keywords),
        "code": 0.0,
        "info": info,
        "score": comparison.distance,
    }


def _files(media: Media, application: Application) -> dict[str, Any]:
    """Links, or the picture itself where the application is configured for buffers."""
    thumbnail = _link(media, application, "thumbnail")
    if application.default_option("url", True):
        url = _link(media, application, "media")
        return {
            "media": {"url": url, "thumbnail_url": thumbnail},
            "url": url,
            "thumbnail": thumbnail,
            "thumbnail_url": thumbnail,
        }
    buffer = base64.b64encode(picture_of(media)).decode()
    return {
        "media": {"thumbnail_url": thumbnail},
        "buffer": buffer,  # once: it is the whole picture (LTU guide l. 489: beside the id)
        "thumbnail": thumbnail,
        "thumbnail_url": thumbnail,
    }


def _link(media: Media, application: Application, kind: Kind) -> str:
    arguments = link_arguments(media, application, kind)
    key = application.public_key
    return url_for(FILE_ENDPOINT, key=key, media=media.id, kind=kind, _external=True, **arguments)
