"""What can be said of a collection and of what it holds."""

from ..filters.arguments import FILTERS
from ..media.arguments import APPLICATION, IDS, KEYWORDS, METADATA, SORT_KEYS
from ..web.arguments import Argument
from ..web.page_arguments import AFTER, PAGE_ARGUMENTS, sort_argument
from ..web.readers import NAME_LENGTH, read_flag, read_name
from .listing import POSITION

IN_PATH = Argument("collection", "the collection's id, 32 hexadecimal digits")
NAME = Argument(
    "name",
    f"at most {NAME_LENGTH:,} characters",
    read=read_name,
    schema={"maxLength": NAME_LENGTH, "example": "Bridges"},
)
PARENT = Argument(
    "parent",
    "the collection that it lies in; null: the first level",
    schema={"x-nullable": True},
)
DESCRIBED = (NAME, KEYWORDS, METADATA)
CHANGING = (*DESCRIBED, PARENT)
CREATING = (APPLICATION, *CHANGING)
QUERY = Argument(
    "query",
    "what media must meet, as an object or as JSON text, [see queries](collections.md#queries)",
    "object",
    schema={"example": {"keywords": ["bridge"], "metadata": {"country": ["france", "belgium"]}}},
)
SMART_CHANGING = (*DESCRIBED, QUERY)
SMART_CREATING = (APPLICATION, *SMART_CHANGING)
TEXT_FILTER = Argument(
    "q",
    "every word begins a word of the name, the keywords or the metadata; accents and case do not "
    "count",
)
MEMBERS = (
    Argument(
        "media",
        "ids of media, at most 10,000",
        "array",
        aliases=(IDS.name,),
        schema={"items": {"type": "string"}},
    ),
)
RECURSIVE = Argument("recursive", "true: with all collections in it", "boolean", read=read_flag)
PARENT_FILTER = Argument("parent", "only those in this one; empty: the first level")
MEMBERS_APPLICATION = Argument("application", "the collection's own; in another one is nothing")
ORDERS = (*SORT_KEYS, POSITION)
MEMBER_FILTERS = (
    *PAGE_ARGUMENTS,
    AFTER,
    MEMBERS_APPLICATION,
    *FILTERS,
    sort_argument(ORDERS),
)
SMART_MEMBER_FILTERS = (
    *PAGE_ARGUMENTS,
    AFTER,
    MEMBERS_APPLICATION,
    *FILTERS,
    sort_argument(SORT_KEYS),
)
