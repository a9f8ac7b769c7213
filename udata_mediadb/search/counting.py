"""How often an application is searched, in which way, and how often something was found.

Numbers alone: no picture, no words, no address, nobody's name. A count that is lost with a worker
or a database is no harm, so nobody waits for it to be written.
"""

import logging
from datetime import timedelta

from pymongo import UpdateOne, WriteConcern
from pymongo.errors import PyMongoError

from ..mongo.clock import now
from .models import SearchCount
from .query import Query

logger = logging.getLogger(__name__)
KEPT = timedelta(days=400)  # a year, and the same month of the year before
KINDS = ("picture", "query", "media", "palette", "criteria")


def kind_of(query: Query) -> str:
    """What is looked for: a picture that was sent, one that is kept or stored, colours, words."""
    if query.described is not None:
        return "query"
    if query.media is not None or query.without is not None:
        return "media"
    if query.sent is not None:
        return "picture"
    return "palette" if query.comparing.palette is not None else "criteria"


def count_search(application: str, kind: str, found: int) -> None:
    """Add one search to today's count."""
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    key = {"_id": f"{application} {today:%Y-%m-%d} {kind}"}
    about = {"application": application, "kind": kind, "day": today}
    more = {"searches": 1, "found": int(found > 0)}
    counts = SearchCount._get_collection().with_options(write_concern=WriteConcern(w=0))
    try:
        counts.bulk_write([UpdateOne(key, {"$inc": more, "$setOnInsert": about}, upsert=True)])
    except PyMongoError as exc:
        logger.debug("A search was not counted: %s", type(exc).__name__)


def counted_searches(application: str) -> list[dict[str, object]]:
    """Searches of each kind that there were, and the share of them that found something."""
    stages = [
        {"$match": {"application": application, "day": {"$gte": now() - KEPT}}},
        {
            "$group": {
                "_id": "$kind",
                "searches": {"$sum": "$searches"},
                "found": {"$sum": "$found"},
            }
        },
    ]
    by_kind = {one["_id"]: one for one in SearchCount._get_collection().aggregate(stages)}
    return [
        {
            "kind": kind,
            "searches": one["searches"],
            "found": one["found"],
            "hit_rate": round(one["found"] / one["searches"], 4),
        }
        for kind in KINDS
        if (one := by_kind.get(kind))
    ]
