"""Every `MEDIADB_*` setting with its default and a line of help; docs/settings.md shows this table.

Settings are read from `app.config` when they are needed, so a portal may set them after `init_app`.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One key of the Flask configuration."""

    name: str
    default: Any
    help: str


SETTINGS = (
    Setting(
        "MEDIADB_MONGODB_URI",
        "mongodb://127.0.0.1:27017/mediadb",
        "Used only where the portal has not connected MongoEngine itself.",
    ),
    Setting(
        "MEDIADB_SECRET",
        None,
        "Secret for key hashes, sealed private keys and signed links; None: the SECRET_KEY.",
    ),
    Setting("MEDIADB_UPLOAD_MAX_BYTES", 32 * 1024 * 1024, "Larger uploads are refused with 413."),
    Setting(
        "MEDIADB_IMAGE_MAX_PIXELS",
        80_000_000,
        "Images with more pixels are refused with 413 before decoding.",
    ),
    Setting(
        "MEDIADB_FETCH_ALLOW",
        (),
        "Host names or networks that a `url` may name although they are private.",
    ),
    Setting(
        "MEDIADB_FETCH_DEADLINE_S", 10.0, "Total time for fetching a `url`, redirects included."
    ),
    Setting("MEDIADB_THUMBNAIL_SIDE_PX", 256, "Long side of thumbnails."),
    Setting(
        "MEDIADB_SERVED_SIDE_PX",
        4096,
        "Long side of the re-encoded picture that is shown inline; larger originals are reduced.",
    ),
    Setting("MEDIADB_PAGE_SIZE_MAX", 100, "Larger page sizes are cut to this."),
    Setting(
        "MEDIADB_SEARCH_CANDIDATES",
        20,
        "References verified per search and signature; more while whole batches are accepted.",
    ),
    Setting(
        "MEDIADB_LINK_LIFETIME_S",
        24 * 3600,
        "How long links to files of an application that is not public stay valid, at least.",
    ),
)


def set_defaults(config: MutableMapping[str, Any]) -> None:
    """Give every setting that the portal did not set its default."""
    for setting in SETTINGS:
        config.setdefault(setting.name, setting.default)
