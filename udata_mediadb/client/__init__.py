"""A client of the media library, for Python without Flask: needs httpx alone.

    with MediaDB("https://portal.example", key="…") as db:
        bridge = db.media.add("bridge.jpg", keywords=["river"])
        for hit in db.search("crop.jpg"):
            print(hit.media.name, hit.decision)

`AsyncMediaDB` is the same for asyncio. docs/how-to/use-the-python-client.md shows more.
"""

from importlib.util import find_spec

if find_spec("httpx") is None:
    raise ImportError("the client and `mediadb` need httpx: pip install 'udata-mediadb[client]'")

from ._async.client import AsyncMediaDB
from ._sync.client import MediaDB
from .errors import (
    BadRequest,
    Conflict,
    MediaDBClientError,
    NotAllowed,
    NotFound,
    ServerError,
    TooManyRequests,
    Unreachable,
    UnsupportedImage,
)
from .values import (
    Application,
    Collection,
    DuplicateGroup,
    Exam,
    Hit,
    Job,
    Key,
    Match,
    Media,
    Upload,
)

__all__ = [
    "Application",
    "AsyncMediaDB",
    "BadRequest",
    "Collection",
    "Conflict",
    "DuplicateGroup",
    "Exam",
    "Hit",
    "Job",
    "Key",
    "Match",
    "Media",
    "MediaDB",
    "MediaDBClientError",
    "NotAllowed",
    "NotFound",
    "ServerError",
    "TooManyRequests",
    "Unreachable",
    "UnsupportedImage",
    "Upload",
]
