"""The status route, udata dialect."""

from importlib.metadata import version
from typing import Any

from flask_restx import Model, fields

from ..application.models import Application
from ..authorization.caller import applications_of, require_principal
from ..authorization.resource import MediaDBResource
from ..hosts.current import current_host
from ..indexing.current import current_catalogs, current_registry
from ..indexing.versions import in_use
from ..media.describer import describe_if_due
from ..media.describing import progress_of
from ..media.models import ACTIVE, DELETED, PENDING, Media
from ..search.exam.sitting import last_exam
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.page_fields import FREE, shaped
from ..web.readers import plain

_COUNT = {"type": "integer", "minimum": 0}
freshness_fields = Model(
    "MediaDBApplicationFreshness",
    {
        "id": fields.String,
        "name": fields.String,
        "media": shaped(
            {
                "type": "object",
                "properties": dict.fromkeys((ACTIVE, PENDING, DELETED), _COUNT),
            },
            description="How many media there are in each state",
        ),
        "indexes": shaped(
            {"type": "object", "additionalProperties": FREE},
            description="By signature: what this worker's index holds, and how fresh it is",
        ),
        "describing": shaped(
            FREE, description="Of signatures that came later: how many media are described"
        ),
        "exam": shaped(
            {**FREE, "x-nullable": True},
            description="What the last exam found, and whether that drifts; null without any",
        ),
    },
)
status_fields = Model(
    "MediaDBStatus",
    {
        "version": fields.String,
        "host": fields.String,
        "signatures": fields.List(fields.String, description="Name and version of each"),
        "applications": fields.List(
            fields.Nested(freshness_fields),
            description="Counts and freshness of each of yours",
        ),
    },
)
for _model in (freshness_fields, status_fields):
    ns.add_model(_model.name, _model)


@ns.route("/status/", endpoint="mediadb_status")
class StatusAPI(MediaDBResource):
    """What this worker holds, and how fresh it is."""

    @takes()
    @ns.doc("get_mediadb_status", security=SECURITY)
    @ns.marshal_with(status_fields)
    def get(self) -> dict[str, Any]:
        """Counts, index freshness and versions."""
        applications = applications_of(require_principal())
        for application in applications:
            describe_if_due(application)
        return {
            "version": version("udata-mediadb"),
            "host": current_host().name,
            "signatures": [m.key for m in current_registry().values()],
            "applications": [_about(application) for application in applications],
        }


def _exam(application: Application) -> dict[str, Any] | None:
    last = last_exam(application.id)
    if last is None:
        return None
    told = ("recall", "false_accepts", "drift")
    return {
        "id": last.id,
        "ended_at": last.ended_at.isoformat(),
        "signature": last.signature,
        **{name: plain(last.result[name]) for name in told},
    }


def _about(application: Application) -> dict[str, Any]:
    registry = current_registry()
    return {
        "id": application.id,
        "name": application.name,
        "media": {
            kind: Media.objects(application=application.id, state=kind).count()
            for kind in (ACTIVE, PENDING, DELETED)
        },
        "indexes": {
            name: current_catalogs()
            .get(application.id, in_use(registry, application.described_versions, name))
            .status()
            for name in application.signatures
        },
        "describing": progress_of(registry, application),
        "exam": _exam(application),
    }
