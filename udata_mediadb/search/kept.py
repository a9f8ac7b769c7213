"""What a kept query looks like, as a whole or in part: descriptions, and pixels where needed."""

from dataclasses import replace

from ..application.models import Application
from ..imaging import WHOLE, Picture, Region, decode
from ..indexing.current import current_registry
from ..indexing.versions import to_describe
from ..media.described import DECODE_SIDE_PX
from .models import KeptDescription, KeptQuery, KeptRegion
from .query import Described
from .regions import as_text
from .sent import SentPicture

REGIONS_MAX = 8  # of one query are remembered, the latest
_MAX_PIXELS = 4096 * 4096  # of our own copies, strips too: `keeping.DETAIL_SIDE_PX`


def described(kept: KeptQuery, region: Region | None = None) -> Described:
    """What a kept query was described as; a region that nobody asked for yet has no descriptions.

    They come with `describe_region`, or one by one from the pixels.
    """
    known = kept.descriptions if region is None else _known(kept, region)
    descriptions = {one.signature: bytes(one.data) for one in known}
    return Described(descriptions, lambda: picture_of(kept, region))


def picture_of(kept: KeptQuery, region: Region | None = None) -> Picture:
    """The pixels that are kept of it; width and height are the original's."""
    data = kept.copy if region is None or kept.detail is None else kept.detail
    part = region or WHOLE
    shown = decode(bytes(data), max_pixels=_MAX_PIXELS, side=DECODE_SIDE_PX, region=part)
    width, height = part.size((kept.width, kept.height))
    return replace(shown, width=width, height=height, format=kept.format)


def describe_region(
    kept: KeptQuery, application: Application, region: Region, sent: SentPicture | None = None
) -> None:
    """Describe a region by all signatures of the application once, for this search and its pages.

    `sent`: that part of the very file, where it is at hand.
    """
    if _known(kept, region):
        return
    shown = sent or SentPicture(lambda: picture_of(kept, region))
    made = KeptRegion(region=as_text(region), descriptions=descriptions_by(application, shown))
    kept.regions.append(made)
    pushed = {"$each": [made.to_mongo()], "$slice": -REGIONS_MAX}
    KeptQuery.objects(id=kept.id).update_one(__raw__={"$push": {"regions": pushed}})


def descriptions_by(application: Application, sent: SentPicture) -> list[KeptDescription]:
    """The descriptions by all signatures of the application, as they are kept."""
    wanted = to_describe(current_registry(), application.described_versions, application.signatures)
    return [
        KeptDescription(
            signature=key, data=one.signature.dumps_query(sent.described(one.signature))
        )
        for key, one in wanted.items()
    ]


def _known(kept: KeptQuery, region: Region) -> list[KeptDescription]:
    name = as_text(region)
    return next((list(one.descriptions) for one in kept.regions if one.region == name), [])
