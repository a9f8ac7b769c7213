"""Which application an import goes to."""

from ...application.models import Application
from ...errors import Conflict, NotFound
from ...mongo.ids import compact_id


def find_target(name: str) -> Application | None:
    """The application of this name, None for none; or of this id, NotFound for none.

    Conflict where several have the name.
    """
    if identifier := compact_id(name):
        by_id: Application | None = Application.objects(id=identifier).first()
        if by_id is None:
            raise NotFound(f"There is no application {name!r}.")
        return by_id
    named = list(Application.objects(name=name).limit(2))
    if len(named) > 1:
        raise Conflict(f"Several applications are named {name!r:.60}: give the id of one.")
    return named[0] if named else None
