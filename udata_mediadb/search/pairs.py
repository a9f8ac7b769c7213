"""The two pictures that a request names, for the one who asks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..application.models import Application
from ..authorization.caller import require_active, require_allowed, require_application
from ..errors import InvalidFields, NotFound
from ..imaging import Region
from ..media.access import readable_media
from ..mongo.ids import compact_id
from ..web.arguments import readers
from ..web.bodies import Upload, image_of
from ..web.readers import read_properties
from .compare_arguments import PAIR
from .keeping import find_query
from .regions import part_of
from .sides import Side, side_of_file, side_of_media, side_of_query

Make = Callable[[Region | None], Side]


def pair_of(properties: Mapping[str, Any], files: Sequence[Upload] = ()) -> tuple[Side, Side]:
    """The query and the reference: files, addresses, kept queries and media, in this order.

    InvalidFields unless there are two; NotFound for what the caller may not read, which does not
    exist. They are decoded one after the other, within the worker's memory for that.
    """
    asked = read_properties(properties, readers(*PAIR))
    urls, queries, media = (asked.get(name, []) for name in ("url", "query", "media"))
    sent = [one for one in files if one.image is not None]
    count = len(sent) + len(urls) + len(queries) + len(media)
    if count != 2:
        raise InvalidFields(
            {"media": f"two pictures are compared, of image, url, query and media; not {count}"}
        )
    makers = [
        *map(_of_upload, sent),
        *(_of_upload(Upload(properties={"url": url})) for url in urls),
        *_stored(queries, media, asked.get("application")),
    ]
    regions = part_of(asked.get("region")), part_of(asked.get("reference_region"))
    query, reference = (make(region) for make, region in zip(makers, regions, strict=True))
    return query, reference


def _of_upload(upload: Upload) -> Make:
    return lambda region: side_of_file(image_of(upload), upload.filename, region)


def _stored(queries: Sequence[str], media: Sequence[str], named: str | None) -> list[Make]:
    """What is kept and stored; before anything is decoded, the caller must be allowed to search."""
    made: list[Make] = []
    places: list[Application] = []
    for query in queries:
        kept = find_query(query)
        places.append(require_application("search", kept.application))
        made.append(lambda region, kept=kept: side_of_query(kept, region))  # type: ignore[misc]
    for one in media:
        found, home = readable_media(one)
        require_allowed("search", home)
        places.append(home)
        made.append(lambda region, found=found: side_of_media(found, region))  # type: ignore[misc]
    if not places:
        places.append(require_application("search", named))
    for place in places:
        require_active(place)
        if named and compact_id(named) != place.id:
            raise NotFound("They are not both in this application.")
    return made
