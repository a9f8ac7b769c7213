"""What an import takes."""

from typing import Any

from ...media.arguments import APPLICATION, KEYWORDS
from ...web.arguments import Argument
from ...web.readers import read_flag, read_text

ON_DUPLICATE = ("skip", "add", "update")
SOURCES = ("zip", "csv", "jsonl", "iiif", "feed")
PORTAL = "portal"
OUTCOMES = ("added", "updated", "skipped", "ignored", "failed")


def _one_of(*words: str) -> Any:
    def read(value: object) -> str:
        if value not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return str(value)

    return read


IN_PATH = Argument("import", "the id of the import, which is that of its job")
UPLOAD_IN_PATH = Argument("upload", "the id of the upload")
SOURCE = Argument(
    "source",
    "what is brought in: `zip`, `csv`, `jsonl`, `iiif` or `feed` (Atom, RSS, DCAT); default: as it "
    "looks. `portal`, without a file: the pictures that the portal itself shows, for its "
    "administrators",
    read=_one_of(*SOURCES, PORTAL),
    schema={"enum": [*SOURCES, PORTAL]},
)
URL = Argument(
    "url",
    "in place of a file: where the portal fetches the ZIP, table, IIIF manifest or collection, or "
    "feed, never from a private address",
    read=read_text,
)
UPLOAD = Argument("upload", "in place of a file: the id of an upload that is complete (`uploads/`)")
CHECKED = Argument(
    "checked",
    "in place of a file: the id of a dry run that has ended; what it looked at is kept for a day",
    read=read_text,
)
FOLDERS = Argument(
    "keywords_from_folders",
    "true: the folders of a ZIP that a picture lies in are keywords of it; 400 for any other "
    "source",
    "boolean",
    read=read_flag,
)
NAMES = Argument(
    "names_from_files",
    "true: a picture that nothing names is called as its file is, or as the last part of its "
    "address, without the ending; else its id",
    "boolean",
    read=read_flag,
)
HIDDEN = Argument(
    "hidden",
    "true: also what is hidden in a ZIP, whose name or folder's name begins with a dot; else it is "
    "ignored, and the report names it; 400 for any other source",
    "boolean",
    read=read_flag,
)
COLLECTION = Argument(
    "collection", "the id of a collection that gets all that is added", read=read_text
)
DUPLICATE = Argument(
    "on_duplicate",
    "of a picture whose bytes, or whose `external_id`, the application has: `skip` it (default), "
    "`add` it, or `update` the media that is there, also with the new picture",
    read=_one_of(*ON_DUPLICATE),
    schema={"enum": list(ON_DUPLICATE)},
)
DRY_RUN = Argument(
    "dry_run",
    "true: say of each item what would happen, and change nothing",
    "boolean",
    read=read_flag,
)
REMOTE = Argument(
    "remote",
    "with `source=portal`, true: also pictures that it shows from other hosts",
    "boolean",
    read=read_flag,
)
IMPORTING = (
    APPLICATION,
    SOURCE,
    URL,
    UPLOAD,
    CHECKED,
    KEYWORDS,
    FOLDERS,
    NAMES,
    HIDDEN,
    COLLECTION,
    DUPLICATE,
    DRY_RUN,
    REMOTE,
)
