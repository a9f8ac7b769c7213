"""What MongoDB says it did: its own profiler, over everything that the portal asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mongoengine.connection import get_db

READS = ("query", "getmore")
# What threads beside the requests look at every few seconds
BESIDE = ("mediadb_job", "mediadb_followed", "mediadb_log", "mediadb_watch", "mediadb_watch_event")
BESIDE_COMMENT = "beside requests"


@contextmanager
def profiled() -> Iterator[list[dict[str, Any]]]:
    """Collects the reads of all workers' requests while it is open; filled when it closes."""
    database = get_db()
    reads: list[dict[str, Any]] = []
    database.command("profile", 0)
    database["system.profile"].drop()
    database.command("profile", 2)
    try:
        yield reads
    finally:
        database.command("profile", 0)
        entries = database["system.profile"].find({"ns": {"$not": {"$regex": "system.profile$"}}})
        reads += [
            entry
            for entry in entries
            if (entry["op"] in READS or {"aggregate", "distinct"} & set(entry.get("command", {})))
            and entry["ns"].rsplit(".", 1)[1] not in BESIDE
            and entry.get("command", {}).get("comment") != BESIDE_COMMENT
        ]


def scanned(reads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The commands that read a whole collection of media or collections."""
    return [
        read["command"]
        for read in reads
        if "COLLSCAN" in read.get("planSummary", "") and read["ns"].rsplit(".", 1)[1] in LARGE
    ]


LARGE = ("mediadb_media", "mediadb_collection", "mediadb_smart_collection", "mediadb_signature")
