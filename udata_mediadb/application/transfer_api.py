"""The route that gives an application away, udata dialect."""

from typing import Any

from ..authorization.caller import require_application, require_principal
from ..authorization.resource import MediaDBResource
from ..errors import InvalidFields
from ..web.arguments import Argument
from ..web.bodies import read_object
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from .api_fields import application_fields, represent
from .arguments import IN_PATH, read_id
from .transfer import transfer_application

TO_OWNER = Argument("owner", "id of the user who is to have it", read=read_id)
TO_ORGANIZATION = Argument(
    "organization", "id of the organisation that is to have it", read=read_id
)


@ns.route("/applications/<string:application>/transfer/", endpoint="mediadb_application_transfer")
class ApplicationTransferAPI(MediaDBResource):
    """Another owner or organisation for an application."""

    @takes(path=(IN_PATH,), body=(TO_OWNER, TO_ORGANIZATION), errors=(403, 404, 409, 423))
    @ns.doc("transfer_mediadb_application", security=SECURITY)
    @ns.marshal_with(application_fields)
    def post(self, application: str) -> dict[str, Any]:
        """Give an application, with all that it holds, to `owner` or to `organization`."""
        principal = require_principal("administer")
        found = require_application("administer", application)
        asked = read_object()
        clean = {name: asked.get(name) for name in ("owner", "organization")}
        for name, value in clean.items():
            if value is not None:
                _require_id(name, value)
        return represent([transfer_application(found, principal, **clean)])[0]


def _require_id(name: str, value: object) -> None:
    try:
        read_id(value)
    except ValueError as exc:
        raise InvalidFields({name: str(exc)}) from exc
