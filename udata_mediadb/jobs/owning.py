"""The application that a job is of."""

from ..application.models import Application
from ..errors import NotFound


class ApplicationGone(NotFound):
    """Raised by a job whose application was deleted: it leaves nothing behind, not even that."""


def application_of(identifier: str | None) -> Application:
    """As it is now; ApplicationGone where it was deleted meanwhile."""
    found: Application | None = Application.objects(id=identifier).first()
    if found is None:
        raise ApplicationGone("The application is no more.")
    return found
