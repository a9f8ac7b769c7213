"""What a kept query looks like, as a whole or in part: descriptions, and pixels where needed."""

from ..application.models import Application
from ..imaging import WHOLE, Picture, Region
from ..indexing.current import current_registry
from ..indexing.versions import to_describe
from .models import KeptDescription, KeptQuery, KeptRegion
from .query import Described
from .regions import as_text
from .sent import SentPicture, seen_again

REGIONS_MAX = 8  # of one query are remembered, the latest


def described(kept: KeptQuery, region: Region | None = None) -> Described:
    """What a kept query was described as; a region that nobody asked for yet has no descriptions.

    They come with `describe_region`, or one by one from the pixels.
    """
    known = kept.descriptions if region is None else _known(kept, region)
    descriptions = {one.signature: bytes(one.data) for one in known}
    return Described(descriptions, lambda: _seen(kept, region))


def _seen(kept: KeptQuery, region: Region | None) -> Picture:
    """What the search saw that kept it."""
    own = next((one for one in kept.regions if region and one.region == as_text(region)), None)
    if region is None or own is None or own.copy is None:
        return picture_of(kept, region)
    return seen_again(bytes(own.copy), region.size((kept.width, kept.height)), kept.format)


def picture_of(kept: KeptQuery, region: Region | None = None) -> Picture:
    """The pixels that are kept of it; width and height are the original's."""
    data = kept.copy if region is None or kept.detail is None else kept.detail
    return seen_again(bytes(data), (kept.width, kept.height), kept.format, region or WHOLE)


def describe_region(
    kept: KeptQuery, application: Application, region: Region, sent: SentPicture | None = None
) -> None:
    """Describe a region by all signatures of the application once, for this search and its pages.

    `sent`: that part of the very file, where it is at hand.
    """
    if _known(kept, region):
        return
    shown = sent or SentPicture(lambda: picture_of(kept, region))
    described_by = descriptions_by(application, shown)
    made = KeptRegion(region=as_text(region), descriptions=described_by, copy=shown.copy)
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
