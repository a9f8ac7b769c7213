"""The status route, udata dialect."""

from importlib.metadata import version
from typing import Any

from flask_restx import Model, fields

from .application.models import Application
from .auth.guard import applications_of, require_principal
from .indexing.models import signature_key
from .indexing.versions import in_use
from .media.describing import progress_of
from .media.junction import keep_described
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
        applications = applications_of(require_principal())
        state = current_mediadb()
        for application in applications:
            keep_described(application)
        return {
            "version": version("udata-mediadb"),
            "host": state.host.name,
            "signatures": [signature_key(m.signature) for m in state.methods.values()],
            "applications": [_about(application) for application in applications],
        }


def _about(application: Application) -> dict[str, Any]:
    state = current_mediadb()
    return {
        "id": application.id,
        "name": application.name,
        "media": {
            kind: Media.objects(application=application.id, state=kind).count()
            for kind in (ACTIVE, PENDING, DELETED)
        },
        "indexes": {
            name: state.catalogs.get(
                application.id, in_use(state.methods, application.built, name)
            ).status()
            for name in application.signatures
        },
        "describing": progress_of(state.methods, application),
    }
