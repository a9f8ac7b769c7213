"""The route that ends the signed links of an application, udata dialect."""

from ..authorization.caller import require_application, require_principal
from ..authorization.resource import MediaDBResource
from ..mongo.clock import now
from ..mongo.documents import durable
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from .arguments import IN_PATH
from .models import Application


@ns.route("/applications/<string:application>/links/", endpoint="mediadb_application_links")
class ApplicationLinksAPI(MediaDBResource):
    """The signed links to the pictures of an application."""

    @takes(path=(IN_PATH,), errors=(403, 404, 423))
    @ns.doc("end_mediadb_application_links", security=SECURITY, responses={204: "Ended"})
    def delete(self, application: str) -> tuple[str, int]:
        """End all signed links that were given out so far; answers from now on have new ones."""
        require_principal("administer")
        found = require_application("administer", application)
        durable(Application).update_one(
            {"_id": found.id}, {"$inc": {"links_generation": 1}, "$set": {"updated_at": now()}}
        )
        return "", 204
