"""What a portal has to know of its cluster: read from the database, and remembered for a while."""

import time
from dataclasses import dataclass

from pymongo.errors import PyMongoError

from ..models import CLUSTER, ClusterLayout
from .database_name import database_name, is_of

REMEMBERED_S = 30.0


@dataclass(frozen=True)
class Known:
    """`secret` and `path` of the doors; `why`: why there are none to ask, empty where there are."""

    secret: str = ""
    path: str = "/"
    why: str = ""


class KnownLayout:
    """Safe for several threads: two of them may read it at once, which does no harm."""

    def __init__(self) -> None:
        self._known = Known()
        self._until = 0.0

    def read(self) -> Known:
        """As it was some seconds ago at most; while MongoDB is away, what was remembered."""
        if time.monotonic() > self._until:
            try:
                layout = ClusterLayout.objects(id=CLUSTER).first()
                if layout is not None:
                    self._known = _known(layout)
                    self._until = time.monotonic() + REMEMBERED_S
            except PyMongoError:
                pass  # what was remembered may still do
        return self._known

    def forget(self) -> None:
        """A door does not know it."""
        self._until = 0.0


def _known(layout: ClusterLayout) -> Known:
    if layout.database is not None and not is_of(layout, database_name()):
        return Known(
            why=f"The shards are those of the database {layout.database}, of which this one is a "
            "copy: start its own with `mediadb-cluster start`."
        )
    return Known(str(layout.secret), str(layout.path))
