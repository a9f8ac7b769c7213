"""How a media looks on the wire."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_restx import Model, fields

from ..application.models import Application
from ..hosts.current import current_host
from ..hosts.related import Related, loaded
from ..web.page_fields import nullable, page_model
from ..web.readers import plain
from .links import file_url, media_uri
from .models import Media
from .relating import related_references

media_fields = Model(
    "MediaDBMedia",
    {
        "id": fields.String(description="The id, a UUID"),
        "application": fields.String(description="Id of the application that holds it"),
        "name": fields.String,
        "filename": nullable(fields.String, description="As sent, for show only"),
        "keywords": fields.List(fields.String),
        "metadata": fields.Raw(description="Free keys and values"),
        "related": fields.List(
            fields.Raw, description="Objects of the portal that it illustrates: class, id and more"
        ),
        "md5": fields.String,
        "sha256": fields.String,
        "size": fields.Integer(description="Bytes of the original"),
        "width": fields.Integer(description="Pixels, upright"),
        "height": fields.Integer(description="Pixels, upright"),
        "format": fields.String(description="JPEG, PNG, GIF, WEBP, BMP, TIFF or AVIF"),
        "owner": nullable(fields.Raw, description="Who added it"),
        "organization": nullable(fields.Raw, description="Whose application holds it"),
        "uri": fields.String(description="The media in the API"),
        "url": fields.String(description="The picture, re-encoded, without GPS"),
        "thumbnail_url": fields.String,
        "duplicate_of": nullable(
            fields.String, description="On creation: an older media with the same bytes"
        ),
        "created_at": fields.DateTime,
        "updated_at": fields.DateTime,
        "deleted": nullable(fields.DateTime),
    },
)
media_page_fields = page_model("MediaDBMediaPage", media_fields)


def represent(found: Sequence[Media]) -> list[dict[str, Any]]:
    """Media with owners and links; the number of queries does not grow with the page."""
    host = current_host()
    applications = Application.objects.in_bulk(list({m.application for m in found}))
    users = host.user_refs({m.owner for m in found if m.owner})
    ids = {a.organization for a in applications.values() if a.organization}
    organizations = host.organization_refs(ids)
    related = related_references(found)
    return [_one(m, applications[m.application], users, organizations, related) for m in found]


def _one(
    media: Media,
    application: Application,
    users: Mapping[str, dict[str, Any]],
    organizations: Mapping[str, dict[str, Any]],
    related: Mapping[Related, dict[str, Any]],
) -> dict[str, Any]:
    stored = ("id", "application", "name", "filename", "md5", "sha256", "size", "width", "height")
    return {
        **{field: getattr(media, field) for field in (*stored, "format")},
        "keywords": list(media.keywords),
        "metadata": plain(media.metadata),
        "related": [related.get(one, one.bare()) for one in loaded(media.related)],
        "owner": users.get(media.owner),
        "organization": organizations.get(application.organization),
        "uri": media_uri(media),
        "url": file_url(media, application, "media"),
        "thumbnail_url": file_url(media, application, "thumbnail"),
        "duplicate_of": None,
        "created_at": media.created_at,
        "updated_at": media.updated_at,
        "deleted": media.deleted_at,
    }
