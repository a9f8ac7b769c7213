"""What can be said of a media."""

from ..filters.conditions import read_conditions
from ..hosts.about import ABOUT, PUBLISHING
from ..hosts.related import COUNT as RELATED_COUNT
from ..hosts.related import read_related
from ..web.arguments import Argument
from ..web.readers import (
    EXTERNAL_ID_LENGTH,
    KEYWORD_LENGTH,
    KEYWORDS_COUNT,
    METADATA_BYTES,
    NAME_LENGTH,
    read_external_id,
    read_flag,
    read_keywords,
    read_md5,
    read_metadata,
    read_name,
    read_sha256,
    read_text,
    read_texts,
)

DUPLICATES_MODES = ("allow", "reject", "return")


def read_duplicates(value: object) -> str:
    """What to do with a picture whose bytes are stored already."""
    if value not in DUPLICATES_MODES:
        raise ValueError(f"one of {', '.join(DUPLICATES_MODES)}")
    return str(value)


VERSION_IN_PATH = Argument("version", "the id of an earlier picture, from the list of them")
IN_PATH = Argument("media", "the media's id, a UUID")
APPLICATION = Argument("application", "the application's id; default: your only one")
URL = Argument(
    "url",
    "where the portal fetches the picture, in place of a file, never from a private address; or "
    "the picture itself as a `data:` URI",
    schema={"example": "https://www.example.org/bridge.jpg"},
)
NAME = Argument(
    "name",
    f"at most {NAME_LENGTH:,} characters; default: the media's id",
    read=read_name,
    schema={"maxLength": NAME_LENGTH, "example": "Pont Adolphe"},
)
KEYWORDS = Argument(
    "keywords",
    f"at most {KEYWORDS_COUNT} of {KEYWORD_LENGTH} characters",
    "array",
    read=read_keywords,
    schema={"items": {"type": "string"}, "example": ["bridge", "Luxembourg"]},
)
METADATA = Argument(
    "metadata",
    f"free keys and values, at most {METADATA_BYTES // 1024} KB; keys have no `$`, `.` or NUL",
    "object",
    read=read_metadata,
    schema={"example": {"year": 1903}},
)
RELATED = Argument(
    "related",
    f"objects of the portal that it illustrates, at most {RELATED_COUNT}: a list of "
    '`{"class", "id"}`, also as JSON text, or `Class:id` texts; '
    "[in udata](../how-to/link-pictures-to-datasets.md) they must exist",
    "array",
    read=read_related,
    schema={
        "items": {
            "type": "object",
            "properties": {"class": {"type": "string"}, "id": {"type": "string"}},
        },
        "example": [{"class": "Dataset", "id": "5f3e8b2c9a1d4e6f7a8b9c0d"}],
    },
)
SHA256 = Argument(
    "sha256",
    "of the file; refused when it does not fit",
    read=read_sha256,
    schema={"pattern": "^[0-9a-fA-F]{64}$"},
)
MD5 = Argument(
    "md5",
    "of the file; refused when it does not fit",
    read=read_md5,
    schema={"pattern": "^[0-9a-fA-F]{32}$"},
)
EXTERNAL_ID = Argument(
    "external_id",
    f"an id of your own, at most {EXTERNAL_ID_LENGTH} characters; no two media of an application "
    "have the same (409)",
    read=read_external_id,
    schema={"maxLength": EXTERNAL_ID_LENGTH, "x-nullable": True},
)
DUPLICATES = Argument(
    "duplicates",
    "of a picture whose bytes are stored already: `allow` it, `reject` it (409), or `return` the "
    "one that is there (200); default: the application's option, and none that is laxer",
    read=read_duplicates,
    schema={"enum": list(DUPLICATES_MODES)},
)
ADDING = (
    APPLICATION,
    URL,
    NAME,
    KEYWORDS,
    METADATA,
    *ABOUT,
    *PUBLISHING,
    RELATED,
    MD5,
    SHA256,
    EXTERNAL_ID,
    DUPLICATES,
)
REPLACING = (URL, MD5, SHA256, DUPLICATES)
CHANGING = (NAME, KEYWORDS, METADATA, *ABOUT, *PUBLISHING, RELATED, EXTERNAL_ID)
FORCE = Argument(
    "force",
    "true: for good, also what is deleted already; else it can be restored",
    "boolean",
    read=read_flag,
)
IDS = Argument(
    "ids",
    "ids of media, at most 10,000",
    "array",
    required=True,
    schema={"items": {"type": "string"}},
)
SORT_KEYS = ("created_at", "updated_at", "name", "size")
# udata's words for the same, and Flask-Admin's
SORT_ALIASES = {"created": "created_at", "last_modified": "updated_at", "title": "name"}
BULK_WHERE = (
    Argument(
        "query",
        "in place of ids: all media of the application that meet this "
        "[query](collections.md#queries)",
        "object",
        read=read_conditions,
    ),
)
BULK_CHANGES = (
    Argument("add_keywords", "to those that each has", "array", read=read_keywords),
    Argument("remove_keywords", "in any case", "array", read=read_keywords),
    Argument("set_metadata", "keys with new values; other keys stay", "object", read=read_metadata),
    Argument("unset_metadata", "keys to take away", "array", read=read_texts),
    Argument("add_to_collection", "the id of a collection", read=read_text),
    Argument(
        "take_embedded",
        "true: what its file says fills what nothing was said of, but for coordinates",
        "boolean",
        read=read_flag,
    ),
)
BULK_EDIT = (
    Argument(
        "ids",
        "ids of media, at most 1,000",
        "array",
        schema={"items": {"type": "string"}},
    ),
    APPLICATION,
    *BULK_WHERE,
    *BULK_CHANGES,
    *ABOUT,
    *PUBLISHING,
)
KIND = Argument(
    "kind", "which file", schema={"enum": ["original", "media", "thumbnail", "preview"]}
)
SIZE = Argument(
    "size",
    "the long side in pixels, at most: 256, 512, 1024, as WebP where `Accept` names `image/webp`, "
    "else as JPEG; default: `preview` 512, the others as they are",
    "integer",
    schema={"enum": [256, 512, 1024]},
)
SIGNED_LINK = (
    SIZE,
    Argument("expires", "of a signed link: when it ends, in seconds since 1970", "integer"),
    Argument("signature", "of a signed link"),
    Argument("version", "of a link to a picture that was replaced: which one it was made for"),
)
