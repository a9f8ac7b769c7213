"""What `POST media/changes/` takes."""

from typing import Any

from ...media.arguments import APPLICATION, BULK_EDIT, BULK_WHERE
from ...web.arguments import Argument
from ...web.bulk_results import IDS_MAX
from ...web.readers import read_text
from .job import CHANGE, DELETE, RESTORE

DOES = (CHANGE, DELETE, RESTORE)


def _read_do(value: Any) -> str:
    if value not in DOES:
        raise ValueError(f"one of {', '.join(DOES)}")
    return str(value)


DO = Argument(
    "do",
    "`change` (default), `delete`, so that it can be restored, or `restore` what was deleted",
    read=_read_do,
    schema={"enum": list(DOES)},
)
UNDOES = Argument(
    "undoes",
    "with `restore`, in place of ids and query: the id of the job whose deletions are taken back",
    read=read_text,
)
IDS = Argument(
    "ids", f"ids of media, at most {IDS_MAX:,}", "array", schema={"items": {"type": "string"}}
)
_KNOWN = {"ids", APPLICATION.name, *(one.name for one in BULK_WHERE)}
SAID = tuple(one for one in BULK_EDIT if one.name not in _KNOWN)
BEGINNING = (APPLICATION, DO, IDS, *BULK_WHERE, UNDOES, *SAID)
