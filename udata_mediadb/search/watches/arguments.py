"""What the routes of watches take."""

from typing import Any

from ...errors import FetchRefused
from ...fetching.urls import parse_url
from ...media.arguments import APPLICATION, NAME
from ...web.arguments import Argument
from ...web.page_arguments import PAGE_ARGUMENTS
from ...web.readers import read_share
from ..arguments import MEDIA
from ..rules.making import SIGNATURES
from .models import ACTIVE, PAUSED, USE
from .models import MEDIA as NEW_MEDIA


def _one_of(*names: str) -> Any:
    def read(value: Any) -> str:
        if value not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return str(value)

    return read


def _read_url(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("an http or https address")
    try:
        return parse_url(value).url
    except FetchRefused as exc:
        raise ValueError(exc.message) from exc


def _read_id(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("the id of a query that you made")
    return value


IN_PATH = Argument("watch", "the watch's id")
EVENT = Argument(
    "event",
    f"`{NEW_MEDIA}`: a media comes that meets the rule; `{USE}`: one of the application's media is "
    "used by another object of the portal, such as a dataset or reuse",
    read=_one_of(NEW_MEDIA, USE),
    schema={"enum": [NEW_MEDIA, USE], "default": NEW_MEDIA},
)
QUERY = Argument("query", "the picture to watch for: a query that you made", read=_read_id)
PALETTE = Argument(
    "palette", "or colours, as in a [search](api.md#colours)", "array", schema={"items": {}}
)
SIGNATURE = Argument(
    "signature",
    "by which it must be found: `match` (the usual one), `similarity` or `colors`",
    read=_one_of(*SIGNATURES),
    schema={"enum": [*SIGNATURES]},
)
MIN_SCORE = Argument(
    "min_score", "the least `score`, 0 to 1", "number", read=read_share, schema={"minimum": 0}
)
WEBHOOK = Argument(
    "webhook",
    "where each event is posted to: an http or https address that is not private; without it there "
    "is the feed alone",
    read=_read_url,
    schema={"x-nullable": True},
)
STATE = Argument(
    "state",
    "`paused`: nothing is looked at or told meanwhile",
    read=_one_of(ACTIVE, PAUSED),
    schema={"enum": [ACTIVE, PAUSED]},
)
MAKING = (APPLICATION, NAME, EVENT, MEDIA, QUERY, PALETTE, SIGNATURE, MIN_SCORE, WEBHOOK)
CHANGING = (NAME, WEBHOOK, STATE)
OF_APPLICATION = Argument("application", "whose; default: that of the api-key, or your only one")
LISTING = (*PAGE_ARGUMENTS, OF_APPLICATION)
READER = Argument("reader", "that of `feed_url`, in place of a key")
