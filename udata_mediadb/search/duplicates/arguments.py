"""What the routes of duplicates take."""

from typing import Any

from ...media.arguments import APPLICATION
from ...mongo.ids import hyphened_id
from ...web.arguments import Argument
from ...web.page_arguments import PAGE_ARGUMENTS
from .models import KINDS, OPEN, STATES

ACTIONS = ("merge", "keep_all", "link", "dismiss", "undo")
_ALSO = {"keep": "keep_all", "keep all": "keep_all", "keep-all": "keep_all"}


def _read_action(value: Any) -> str:
    action = _ALSO.get(value, value) if isinstance(value, str) else value
    if action not in ACTIONS:
        raise ValueError(f"one of {', '.join(ACTIONS)}")
    return str(action)


def _one_of(names: tuple[str, ...]) -> Any:
    def read(value: Any) -> str:
        if value not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return str(value)

    return read


def _read_media(value: Any) -> str:
    if (found := hyphened_id(value)) is None:
        raise ValueError("the id of a media of the group")
    return found


def _read_version(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("the version of the group, as it was read")
    return value


IN_PATH = Argument("group", "the group's id")
SCANNING = (APPLICATION,)
OF_APPLICATION = Argument(
    "application", "whose duplicates; default: that of the api-key, or your only one"
)
KIND = Argument("kind", "only groups of this kind", read=_one_of(KINDS), schema={"enum": [*KINDS]})
STATE = Argument(
    "state",
    f"only groups in this state; without it those that are `{OPEN}`",
    read=_one_of((*STATES, "any")),
    schema={"enum": [*STATES, "any"], "default": OPEN},
)
LISTING = (*PAGE_ARGUMENTS, OF_APPLICATION, KIND, STATE)
ACTION = Argument(
    "action",
    "`merge`, `keep_all`, `link`, `dismiss`, or `undo` of what was decided",
    read=_read_action,
    required=True,
    schema={"enum": [*ACTIONS]},
)
KEEP = Argument("keep", "with `merge`: the media that stays; without it the best", read=_read_media)
VERSION = Argument(
    "version",
    "`version` of the group as you read it: 409 `group-changed` where it is another one by now",
    read=_read_version,
)
ACTING = (ACTION, KEEP, VERSION)
