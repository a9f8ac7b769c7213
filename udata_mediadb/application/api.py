"""Routes of applications, udata dialect."""

from typing import Any

from ..authentication.keyring import current_keyring
from ..authorization.caller import applications_of, require_application, require_principal
from ..authorization.resource import MediaDBResource
from ..errors import InvalidFields
from ..hosts.current import current_host
from ..indexing.current import current_catalogs, current_registry
from ..indexing.versions import versions_of
from ..web.bodies import read_object
from ..web.declaring import also_as, takes
from ..web.namespace import SECURITY, ns
from ..web.page_arguments import PAGE_ARGUMENTS
from ..web.page_fields import as_answered, page_answer, requested_page
from ..web.pages import Page
from .actions import create_application, delete_application, update_application
from .api_fields import application_fields, application_page_fields, represent
from .arguments import CHANGEABLE, IN_PATH, ORGANIZATION
from .changes import signatures_changed
from .key_reading import are_keys_readable

ns.add_model(application_fields.name, application_fields)
ns.add_model(application_page_fields.name, application_page_fields)


@ns.route("/applications/", endpoint="mediadb_applications")
class ApplicationListAPI(MediaDBResource):
    """Your applications."""

    @takes(query=PAGE_ARGUMENTS, errors=(404,), etag=True)
    @ns.doc("list_mediadb_applications", security=SECURITY)
    @ns.marshal_with(application_page_fields)
    def get(self) -> dict[str, Any]:
        """List the applications that you own or share."""
        wanted = requested_page()
        found = applications_of(require_principal())
        page = Page(found[wanted.offset :][: wanted.page_size], wanted, len(found))
        return page_answer(page, represent(page.items))

    @takes(body=(ORGANIZATION, *CHANGEABLE), errors=(423,))
    @ns.doc("create_mediadb_application", security=SECURITY)
    @ns.marshal_with(application_fields, code=201)
    def post(self) -> tuple[dict[str, Any], int]:
        """Create an application; `organization` makes it that organisation's."""
        principal, properties = require_principal("administer"), read_object()
        _require_known(properties.get("organization"))
        created = create_application(
            properties,
            principal,
            versions=versions_of(current_registry()),
            keyring=current_keyring(),
            readable_key=are_keys_readable(),
        )
        return represent([created])[0], 201


@ns.route("/applications/<string:application>/", endpoint="mediadb_application")
class ApplicationAPI(MediaDBResource):
    """One application."""

    @takes(path=(IN_PATH,), errors=(403, 404), etag=True)
    @ns.doc("get_mediadb_application", security=SECURITY)
    @ns.marshal_with(application_fields)
    def get(self, application: str) -> dict[str, Any]:
        """Get an application."""
        return represent([require_application("read", application)])[0]

    @takes(path=(IN_PATH,), body=CHANGEABLE, errors=(403, 404, 423))
    @ns.doc("update_mediadb_application", security=SECURITY)
    @ns.marshal_with(application_fields)
    def put(self, application: str) -> dict[str, Any]:
        """Change name, public flag, status, options or signatures."""
        found = require_application("administer", application)
        versions = versions_of(current_registry())
        properties = read_object(lambda: as_answered(represent([found])[0], application_fields))
        changed = update_application(found, properties, versions=versions)
        signatures_changed.send(changed)
        return represent([changed])[0]

    patch = also_as(put, "patch_mediadb_application")

    @takes(path=(IN_PATH,), errors=(403, 404, 409, 423))
    @ns.doc("delete_mediadb_application", security=SECURITY, responses={204: "Deleted"})
    def delete(self, application: str) -> tuple[str, int]:
        """Delete an application that holds no media."""
        found = require_application("administer", application)
        delete_application(found)
        current_catalogs().drop(found.id)
        return "", 204


def _require_known(organization: Any) -> None:
    """Raise InvalidFields, in udata's words, for an organisation that is unknown or deleted."""
    if not isinstance(organization, str) or not organization:
        return  # nothing, or refused with the other fields
    if organization not in current_host().organization_refs([organization]):
        raise InvalidFields({"organization": f"Unknown reference {organization!r:.60}"})
