"""P9 in a portal that shows pictures of its own: they come in by a job as well, checked first."""

from flask import Response, redirect, request, url_for

from ...application.models import Application
from ...authorization.caller import require_active
from ...errors import Forbidden
from ...hosts.current import current_host
from ...jobs.models import Job
from ...operations.importing.job import begin_portal_import
from .csrf import require_own_form
from .languages import gettext
from .visitor import current_visitor, editable


def may_take_portal_pictures() -> bool:
    """Whether there are any, and the visitor is who may take all of them: an administrator."""
    principal = current_visitor().principal
    return current_host().has_pictures() and principal is not None and principal.is_admin


def check_portal(application: str) -> Response:
    """Look at the portal's pictures, and change nothing; to what is found."""
    require_own_form()
    library = editable(application)
    require_active(library)
    remote = request.form.get("remote") == "true"
    job = begin_of_portal(library, remote=remote, dry_run=True)
    where = url_for(".imported", application=library.id, job=job.id)
    return redirect(where, 303)  # type: ignore[return-value]


def begin_of_portal(
    library: Application, *, remote: bool, dry_run: bool, checked: str | None = None
) -> Job:
    """The job; `checked`: of which dry run. Forbidden for who is no administrator of the portal."""
    if not may_take_portal_pictures():
        raise Forbidden(gettext("Administrators of the portal alone bring in its pictures."))
    principal = current_visitor().principal
    owner = principal.user if principal else None
    return begin_portal_import(library, owner, remote=remote, dry_run=dry_run, checked=checked)
