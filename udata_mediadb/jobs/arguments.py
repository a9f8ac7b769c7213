"""What the routes of jobs take."""

from typing import Any

from ..web.arguments import Argument
from ..web.page_arguments import PAGE_ARGUMENTS
from .models import ENDED, UNFINISHED

IN_PATH = Argument("job", "the job's id")
# Each of these words is understood in either argument.
ACTIONS = {
    "pause": "pause",
    "paused": "pause",
    "resume": "resume",
    "queued": "resume",
    "running": "resume",
    "cancel": "cancel",
    "cancelled": "cancel",
}


def read_action(value: Any) -> str:
    """What to do with it: pause, resume or cancel."""
    if not isinstance(value, str) or value.lower() not in ACTIONS:
        raise ValueError("pause, resume or cancel")
    return ACTIONS[value.lower()]


def _read_state(value: Any) -> str:
    if value not in (*UNFINISHED, *ENDED):
        raise ValueError(f"one of {', '.join((*UNFINISHED, *ENDED))}")
    return str(value)


APPLICATION = Argument("application", "only of this one; without it, of all that are yours")
KIND = Argument("kind", "only of this kind", read=str)
STATE = Argument(
    "state", "only in this state", read=_read_state, schema={"enum": [*UNFINISHED, *ENDED]}
)
LISTING = (*PAGE_ARGUMENTS, APPLICATION, KIND, STATE)
ACTION = Argument(
    "action",
    "`pause`, `resume` or `cancel`",
    read=read_action,
    schema={"enum": ["pause", "resume", "cancel"]},
)
NEW_STATE = Argument(
    "state",
    "the same by the state that is wanted: `paused`, `running` or `cancelled`",
    read=read_action,
    schema={"enum": ["paused", "queued", "running", "cancelled"]},
)
CHANGING = (ACTION, NEW_STATE)
