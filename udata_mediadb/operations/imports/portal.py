"""`source=portal`: the pictures that the portal shows itself come in, by a job of its own."""

from collections.abc import Mapping
from typing import Any

from ...application.models import Application
from ...authorization.caller import acting_user, require_caller
from ...errors import Forbidden, InvalidFields
from ...jobs.models import Job
from ...web.arguments import readers
from ...web.bodies import Upload
from ...web.readers import read_properties
from ..importing.job import begin_portal_import
from .arguments import DRY_RUN, IMPORTING, PORTAL, REMOTE, SOURCE

_TAKEN = {SOURCE.name, DRY_RUN.name, REMOTE.name, "application"}


def is_of_portal(properties: Mapping[str, Any]) -> bool:
    """Whether it is the portal's own pictures that are asked for."""
    return properties.get(SOURCE.name) == PORTAL


def begin_of_portal(application: Application, upload: Upload) -> Job:
    """The job; Forbidden for who is no administrator of the portal."""
    said = [
        one.name for one in IMPORTING if one.name not in _TAKEN and one.name in upload.properties
    ]
    if said or upload.image is not None:
        raise InvalidFields(dict.fromkeys(said or ["file"], f"does not go with source={PORTAL}"))
    principal = require_caller().principal
    if principal is None or not principal.is_admin:
        raise Forbidden("Administrators of the portal alone bring in its pictures.")
    asked = read_properties(upload.properties, readers(DRY_RUN, REMOTE))
    return begin_portal_import(
        application,
        acting_user(application),
        remote=asked.get(REMOTE.name, False),
        dry_run=asked.get(DRY_RUN.name, False),
    )
