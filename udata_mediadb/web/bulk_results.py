"""Lists of ids in a request, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import InvalidFields
from ..mongo.ids import hyphened_id

IDS_MAX = 10_000  # in one call; some 400 KB of JSON


@dataclass(frozen=True)
class Outcome:
    """What became of one id of a list: the HTTP status of its own, and why."""

    id: str
    status: int
    message: str


def read_ids(value: object, field: str) -> list[str]:
    """The ids of a list, in order, each once; InvalidFields for what is no list of texts."""
    if not isinstance(value, list) or not value:
        raise InvalidFields({field: "a list of one or more media ids"})
    if len(value) > IDS_MAX:
        raise InvalidFields({field: f"at most {IDS_MAX} ids in one call, not {len(value)}"})
    if not all(isinstance(item, str) for item in value):
        raise InvalidFields({field: "ids are texts"})
    return list(dict.fromkeys(hyphened_id(item) or item for item in value))


def overall_status(outcomes: Sequence[Outcome]) -> int:
    """200 where all went well, the common status where all failed alike, else 207."""
    statuses = {outcome.status for outcome in outcomes}
    if not statuses:
        return 200
    if len(statuses) == 1:
        return statuses.pop()
    return 207 if max(statuses) >= 400 else 200
