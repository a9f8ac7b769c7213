"""The filters of a list of media, as its query string has them."""

from ..hosts.related import read_related
from ..web.arguments import Argument

APPLICATION = Argument("application", "only of this application; default: all that you may read")
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
        "whose metadata has this value under `<key>`; repeat it for several, any may hold",
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
)
