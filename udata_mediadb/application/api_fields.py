"""How an application looks on the wire."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_restx import Model, fields

from ..hosts.current import current_host
from ..web.page_fields import FREE, nullable, page_model, reference, shaped
from .models import Application

application_fields = Model(
    "MediaDBApplication",
    {
        "id": fields.String(description="The id, 32 hexadecimal digits"),
        "name": fields.String,
        "owner": reference(description="The user that it belongs to"),
        "organization": reference(description="The organisation that it belongs to"),
        "public": fields.Boolean(description="Anyone may read; the public key alone may search"),
        "anonymous_search": fields.Boolean(
            description="Where it is public, anyone may search it without any key"
        ),
        "private_key_alone": fields.Boolean(
            description="The private key administers without a token beside it"
        ),
        "status": fields.String(enum=["Active", "Inactive"]),
        "signatures": fields.List(fields.String),
        "options": shaped(FREE, example={"default": {"duplicates": "allow"}}),
        "public_key": nullable(fields.String, description="For those who may edit"),
        "created_at": fields.DateTime,
        "updated_at": fields.DateTime,
    },
)
application_page_fields = page_model("MediaDBApplicationPage", application_fields)


def represent(applications: Sequence[Application]) -> list[dict[str, Any]]:
    """Applications with their owners shown, fetched in one query for all."""
    host = current_host()
    users = host.user_refs({a.owner for a in applications if a.owner})
    organizations = host.organization_refs({a.organization for a in applications if a.organization})
    return [_one(a, users, organizations) for a in applications]


def _one(
    application: Application,
    users: Mapping[str, dict[str, Any]],
    organizations: Mapping[str, dict[str, Any]],
) -> dict[str, Any]:
    return {
        "id": application.id,
        "name": application.name,
        "owner": users.get(application.owner),
        "organization": organizations.get(application.organization),
        "public": application.public,
        "anonymous_search": bool(application.anonymous_search),
        "private_key_alone": application.private_key_alone,
        "status": application.status,
        "signatures": list(application.signatures),
        "options": application.options,
        "public_key": application.public_key,
        "created_at": application.created_at,
        "updated_at": application.updated_at,
    }
