"""The filters of a list of media, as its query string has them."""

from ..hosts.related import read_related
from ..web.arguments import ANY_KEY, Argument
from .stored import ORIENTATIONS

APPLICATION = Argument("application", "only of this application; default: all that you may read")
SCOPES = (
    APPLICATION,
    Argument("organization", "only of applications of this organisation, by its id"),
    Argument("collection", "only those that this collection holds"),
    Argument("smart_collection", "only those that meet the query of this one"),
    Argument("deleted", "true: those that were deleted, for who may restore them", "boolean"),
    Argument("takedown", "true: those that were taken down, for who may edit them", "boolean"),
)
KEYWORD_NAMES = ("keyword", "keywords", "tag")  # ours, our own plural, and udata's word
FILTERS = (
    Argument(
        "keyword",
        "with this keyword (also `tag`); repeat it for several, all must hold",
        repeated=True,
        aliases=KEYWORD_NAMES[1:],
        schema={"example": "paris"},
    ),
    Argument(
        "metadata.<key>",
        "whose metadata has this value under `<key>`; repeat it for several, any may hold. With "
        "`.gte`, `.gt`, `.lte` or `.lt` behind it: a number or text from or up to this; `.in`: any "
        "of these, with commas; `.ne`: not this",
        repeated=True,
    ),
    Argument(
        "q",
        "every word begins a word of the name, the keywords or the metadata, "
        "[see below](#words-and-names)",
    ),
    Argument(
        "related",
        "that illustrate this object of the portal, `Class:id`; repeat it for several, "
        "all must hold",
        repeated=True,
        read=read_related,
        schema={"example": "Dataset:5f3e8b2c9a1d4e6f7a8b9c0d"},
    ),
    Argument("format", "JPEG, PNG, …; repeat it for several, any may hold", repeated=True),
    Argument("orientation", "by width and height", schema={"enum": list(ORIENTATIONS)}),
    *(
        Argument(f"{name}{suffix}", words + more, kind)
        for name, words, kind in (
            ("width", "pixels, upright", "integer"),
            ("height", "pixels, upright", "integer"),
            ("size", "bytes of the original", "integer"),
            ("created_at", "when it was added, ISO 8601: a year, a day, a moment", "string"),
            ("updated_at", "when it was changed, likewise", "string"),
            ("published_from", "until when it is under embargo, likewise", "string"),
            ("published_until", "from when it is not shown any more, likewise", "string"),
        )
        for suffix, more in (("", ""), (f".{ANY_KEY}", "; `<key>` is gte, gt, lte or lt"))
    ),
    Argument("licence", "id of a licence; repeat it for several, any may hold", repeated=True),
    Argument("md5", "of the original; repeat it for several", repeated=True),
    Argument("sha256", "of the original; repeat it for several", repeated=True),
    Argument("external_id", "an id of your own; repeat it for several", repeated=True),
    Argument("owner", "id of the user who added it; repeat it for several", repeated=True),
)
