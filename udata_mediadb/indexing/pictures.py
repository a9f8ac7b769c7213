"""Which pictures of media that were replaced count (`media.pictures`).

An index that no longer has the earlier picture must have the new one, else a search for what both
show finds neither. The new one is logged first, the earlier one leaves last, by an entry of its
own. So to whoever applies the log an earlier picture counts until that entry comes, whatever the
documents say by then.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..media.models import PICTURE, Media


def counting_pictures(
    application: str, live: Mapping[str, Any], ids: Sequence[str] | None
) -> dict[str, bool]:
    """By picture whether it counts, of those whose media was replaced or is about to be; those that
    are not named here count as their media do.

    `live`: the filter for media that count. `ids`: of media or pictures, None for all.
    """
    later = _later(application, ids)
    if not later:
        return {}
    wanted = {"_id": {"$in": list({one["picture_of"] for one in later})}, **live}
    shown = {"picture": 1, "earlier.picture": 1}
    held = {one["_id"]: one for one in Media._get_collection().find(wanted, shown)}
    counting: dict[str, bool] = {}
    for one in later:
        if (media := held.get(one["picture_of"])) is not None:
            earlier = {before["picture"] for before in media.get("earlier", ())}
            counting |= dict.fromkeys((media["_id"], *earlier), False)
            current = media.get("picture", media["_id"])
            counting |= {current: True}
            counting[one["_id"]] = one["_id"] not in earlier  # new, or about to be exchanged
    return counting


def still_counting(
    counting: Mapping[str, bool], ids: Iterable[str], leaving: Collection[str]
) -> set[str]:
    """Of these, those that count to whoever applies the log; `leaving`: an entry takes them out."""
    return {one for one in ids if one in counting and (counting[one] or one not in leaving)}


def _later(application: str, ids: Sequence[str] | None) -> list[dict[str, Any]]:
    """Pictures with an id of their own: all, or where they or their media have one of these."""
    where: dict[str, Any] = {"application": application, "state": PICTURE}
    if ids is not None:  # the whole filter, so that each half has its index
        where = {"$or": [{"_id": {"$in": list(ids)}}, {"picture_of": {"$in": list(ids)}}]}
    found = Media._get_collection().find(where, {"picture_of": 1})
    return [one for one in found if "picture_of" in one]
