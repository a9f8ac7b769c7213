"""How a media looks on the wire."""

from collections.abc import Sequence
from typing import Any

from flask import has_request_context
from flask_restx import Model, fields

from ..application.models import Application
from ..authorization.caller import is_allowed
from ..hosts.current import current_host
from ..web.page_fields import FREE, REFERENCE, nullable, page_model, reference, shaped
from ..web.readers import plain
from .about import BY_LANGUAGE, TEXTS, represent_about
from .copies import copies_of, hidden_of
from .links import links
from .models import Media
from .relating import related_references

BY_LANGUAGE_SCHEMA = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "example": {"x-default": "Old bridge", "de": "Alte Brücke"},
}
COPY = {
    "type": "object",
    "required": ["media", "relation", "proof"],
    "properties": {
        "media": {"type": "string"},
        "relation": {"type": "string", "example": "crop_of"},
        "proof": FREE,
    },
}
ONE_TEXT = {"type": "string", "x-nullable": True}
about_fields = {
    "title": shaped(ONE_TEXT, description="In the language asked for; `lang=*`: all by language"),
    "description": shaped(ONE_TEXT, description="Markdown; likewise"),
    "alt": shaped(ONE_TEXT, description="For who cannot see it; likewise"),
    "creator": nullable(fields.String),
    "credit": nullable(fields.String),
    "source": nullable(fields.String),
    "licence": shaped(
        {
            "type": "object",
            "x-nullable": True,
            "properties": {name: {"type": "string"} for name in ("id", "title", "url")},
        }
    ),
    "rights": nullable(fields.String),
    "taken_at": nullable(fields.String, description="ISO 8601 in the precision that is known"),
    "place": shaped({**FREE, "x-nullable": True}),
    "published_from": nullable(fields.DateTime, description="Before: under embargo"),
    "published_until": nullable(fields.DateTime, description="From then on: not shown any more"),
    "takedown": nullable(fields.String, description="Why it was taken down"),
    "attribution": shaped(
        {
            "type": "object",
            "x-nullable": True,
            "properties": {name: {"type": "string"} for name in ("text", "html")},
        },
        description="A line to print beside the picture",
    ),
}
permissions_fields = Model(
    "MediaDBPermissions",
    {
        "edit": fields.Boolean(description="Whether you may change and delete it"),
        "delete": fields.Boolean(description="Whether you may delete it"),
    },
)
media_fields = Model(
    "MediaDBMedia",
    {
        "id": fields.String(description="The id, a UUID"),
        "application": fields.String(description="Id of the application that holds it"),
        "name": fields.String,
        "filename": nullable(fields.String, description="As sent, for show only"),
        "external_id": nullable(fields.String, description="The id that a client gave it"),
        "keywords": fields.List(fields.String),
        "metadata": shaped(FREE, description="Free keys and values", example={"year": 1903}),
        **about_fields,
        "related": fields.List(
            shaped(REFERENCE),
            description="Objects of the portal that it illustrates: class, id and more",
        ),
        "md5": fields.String,
        "sha256": fields.String,
        "size": fields.Integer(description="Bytes of the original"),
        "width": fields.Integer(description="Pixels, upright"),
        "height": fields.Integer(description="Pixels, upright"),
        "format": fields.String(description="JPEG, PNG, GIF, WEBP, BMP, TIFF, AVIF or HEIF"),
        "owner": reference(description="Who added it"),
        "organization": reference(description="Whose application holds it"),
        "uri": fields.String(description="The media in the API"),
        "url": fields.String(description="The picture, re-encoded, without GPS"),
        "thumbnail_url": fields.String,
        "preview_url": fields.String(description="512 pixels, WebP or JPEG by Accept; see `size`"),
        "page": nullable(fields.String, description="The media in the pages for people"),
        "permissions": fields.Nested(permissions_fields),
        "duplicate_of": nullable(
            fields.String, description="The first media of the application with the same bytes"
        ),
        "copies": fields.List(
            shaped(COPY), description="Versions of the same picture: same, crop_of, edit_of, …"
        ),
        "similar_to": nullable(
            fields.String,
            description="The media that showed the same best when this one was added, where the "
            "application's option `similar_to` is true",
        ),
        "created_at": fields.DateTime,
        "updated_at": fields.DateTime,
        "deleted": nullable(fields.DateTime),
    },
)
embedded_fields = Model(
    "MediaDBEmbedded",
    {
        **{name: nullable(fields.String) for name in (*TEXTS, "licence")},
        **{name: shaped(BY_LANGUAGE_SCHEMA) for name in BY_LANGUAGE},
        "keywords": fields.List(fields.String),
        "place": shaped(FREE),
    },
)
media_page_fields = page_model("MediaDBMediaPage", media_fields)


def represent(found: Sequence[Media], *held: Application) -> list[dict[str, Any]]:
    """Media with owners and links; the number of queries does not grow with the page.

    `held`: applications that need not be read any more.
    """
    applications = {one.id: one for one in held}
    if unread := {media.application for media in found} - set(applications):
        applications |= Application.objects.in_bulk(list(unread))
    host = current_host()
    owners = {media.owner for media in found if media.owner}
    users = host.user_refs(owners) if owners else {}
    shared = {one.organization for one in applications.values() if one.organization}
    organizations = host.organization_refs(shared) if shared else {}
    relating = [media for media in found if media.related]
    related = related_references(relating) if relating else {}
    linked = links(found, applications)
    hidden = hidden_of(found)
    copies = copies_of(found, hidden)
    named = {media.application: applications[media.application] for media in found}
    permissions = {key: permissions_of(application) for key, application in named.items()}
    return [
        {
            **_stored(media),
            **represent_about(plain(media.about), media.name),
            "related": related.get(media.id, []),
            "owner": users.get(media.owner),
            "organization": organizations.get(applications[media.application].organization),
            **linked[media.id],
            "permissions": permissions[media.application],
            "duplicate_of": None if media.duplicate_of in hidden else media.duplicate_of,
            "similar_to": None if media.similar_to in hidden else media.similar_to,
            "copies": copies[media.id],
        }
        for media in found
    ]


def permissions_of(application: Application) -> dict[str, bool]:
    """What the one who asks may do with its media; nothing where nobody asks, as in a command."""
    may = has_request_context() and is_allowed("edit", application)
    return {"edit": may, "delete": may}


def _stored(media: Media) -> dict[str, Any]:
    fields = (
        "id",
        "application",
        "name",
        "filename",
        "external_id",
        "md5",
        "sha256",
        "size",
        "width",
        "height",
    )
    return {
        **{field: getattr(media, field) for field in (*fields, "width", "height", "format")},
        "keywords": list(media.keywords),
        "metadata": plain(media.metadata) if media.metadata else {},
        "created_at": media.created_at,
        "updated_at": media.updated_at,
        "deleted": media.deleted_at,
    }
