"""The status route, udata dialect."""

from importlib.metadata import version
from typing import Any

from flask_restx import Model, fields

from .auth.guard import applications_of, require_principal
from .indexing.models import signature_key
from .media.models import ACTIVE, DELETED, PENDING, Media
from .namespace import SECURITY, ns
from .resource import MediaDBResource
from .state import current_mediadb

status_fields = Model(
    "MediaDBStatus",
    {
        "version": fields.String,
        "host": fields.String,
        "signatures": fields.Raw(description="Name and version of each signature"),
        "applications": fields.List(
            fields.Raw, description="Counts and freshness of each of yours"
        ),
    },
)
ns.add_model(status_fields.name, status_fields)


@ns.route("/status/", endpoint="mediadb_status")
class StatusAPI(MediaDBResource):
    """What this worker holds, and how fresh it is."""

    @ns.doc("get_mediadb_status", security=SECURITY)
    @ns.marshal_with(status_fields)
    def get(self) -> dict[str, Any]:
        """Counts, index freshness and versions."""
        state = current_mediadb()
        return {
            "version": version("udata-mediadb"),
            "host": state.host.name,
            "signatures": [signature_key(m.signature) for m in state.methods.values()],
            "applications": [
                {
                    "id": application.id,
                    "name": application.name,
                    "media": {
                        kind: Media.objects(application=application.id, state=kind).count()
                        for kind in (ACTIVE, PENDING, DELETED)
                    },
                    "indexes": {
                        name: state.catalogs.get(application.id, name).status()
                        for name in application.signatures
                    },
                }
                for application in applications_of(require_principal())
            ],
        }
