"""What a new media shows again: the best match among those that are there, for rooms below."""

from dataclasses import replace

from ..application.models import Application
from ..indexing.current import current_catalogs
from ..media.models import Media
from ..web.bodies import Upload
from .actions import search
from .querying import Sought, new_query
from .request import read_search

_PROVES = "match"  # the signature that finds copies; where there is none, the application's own


def similar_to(application: Application, media: Media) -> str | None:
    """The id of the media that shows the same best, wholly or in part; None for none."""
    names = [_PROVES] if _PROVES in application.signatures else []
    asked = read_search({"signatures": ",".join(names)} if names else {})
    query = new_query(application, asked, Upload(), Sought(media=media, home=application))
    hits = search(application, replace(query, without=media.id), current_catalogs())
    return hits[0].media.id if hits else None
