"""The audit record: who read or changed a key, and when. Never a key itself."""

from datetime import timedelta

from flask import g, has_request_context, request
from mongoengine import DateTimeField, StringField

from ..mongo.clock import now
from ..mongo.documents import DurableDocument

KEEP = timedelta(days=730)


class AuditEntry(DurableDocument):
    """One entry. `user`: None for a key without a token, or the command line."""

    action = StringField(required=True)
    application = StringField(required=True)
    user = StringField()
    address = StringField()
    at = DateTimeField(default=now)

    meta = {
        "collection": "mediadb_audit",
        "indexes": [
            ("application", "-at"),
            {"fields": ["at"], "expireAfterSeconds": int(KEEP.total_seconds())},
        ],
    }


def record(action: str, application: str) -> None:
    """Note an action of the current caller; from a command the address stays empty."""
    caller = g.get("mediadb_caller") if has_request_context() else None
    principal = caller.principal if caller else None
    AuditEntry(
        action=action,
        application=application,
        user=principal.user if principal else None,
        address=request.remote_addr if has_request_context() else None,
    ).save(force_insert=True)
