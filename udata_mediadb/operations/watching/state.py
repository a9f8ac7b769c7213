"""What is read when somebody asks for the metrics: indexes, media, jobs, memory, disks.

Of the worker that answers, where it says so; the rest is the same for all.
"""

import logging
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pymongo
from flask import current_app
from mongoengine.connection import get_db
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from pymongo.errors import PyMongoError

from ...errors import MediaDBError
from ...indexing.current import current_catalogs
from ...jobs.models import Job
from ...media.current import current_ingest
from ...media.files import index_root
from ...media.models import ACTIVE, DELETED, PENDING, PICTURE, PURGED, Media
from ...mongo.clock import now, utc
from .measures import is_shared
from .shards import of_shards

logger = logging.getLogger(__name__)
DATABASE_S = 2.0  # scrapes have deadlines of 10 s, and health checks shorter ones
_INDEX = ("application", "signature")
_OF_INDEXES = {
    "indexed": ("mediadb_index_media", "Media in an index of the worker that answers"),
    "in_memory": ("mediadb_index_delta_media", "Those of them that are in no segment yet"),
    "segments": ("mediadb_index_segments", "Segments that it uses"),
    "generation": ("mediadb_index_generation", "Manifest that it uses"),
    "behind": ("mediadb_index_behind_entries", "Entries of the log that it lacks since a search"),
}


class State(Collector):
    """Reads the state of the current app; what cannot be read is left out."""

    def collect(self) -> Iterator[Metric]:
        yield _gauge("mediadb_build_info", "The version", 1, version=version("udata-mediadb"))
        yield _gauge("mediadb_metrics_shared", "Whether all workers count together", is_shared())
        budget = current_ingest().budget
        yield _gauge("mediadb_decoding_bytes", "Held by the worker that answers", budget.held_bytes)
        yield _gauge("mediadb_decoding_limit_bytes", "May be held by each", budget.total_bytes)
        yield from _disks()
        answers = _database_answers()
        yield _gauge("mediadb_database_up", "Whether MongoDB answers", answers)
        for read in (_of_media, _of_jobs, _of_indexes, of_shards) if answers else ():
            yield from _in_time(read)


def require_database() -> None:
    """Raise what pymongo raises where MongoDB does not answer in `DATABASE_S`."""
    with pymongo.timeout(DATABASE_S):
        get_db().command("ping")


def _database_answers() -> bool:
    try:
        require_database()
    except PyMongoError:
        return False
    return True


def _in_time(read: Callable[[], Iterator[Metric]]) -> list[Metric]:
    """What it reads, or nothing: a thousand indexes may take longer than a scrape may."""
    try:
        with pymongo.timeout(DATABASE_S):
            return list(read())
    except (PyMongoError, MediaDBError, OSError) as exc:
        logger.warning("The metrics lack what %s reads: %s", read.__name__, exc)
        return []


def _gauge(name: str, help: str, value: float, **labels: str) -> Metric:
    made = GaugeMetricFamily(name, help, labels=list(labels))
    made.add_metric(list(labels.values()), float(value))
    return made


def _disks() -> Iterator[Metric]:
    free = GaugeMetricFamily("mediadb_disk_free_bytes", "Room left", labels=["disk"])
    size = GaugeMetricFamily("mediadb_disk_bytes", "Size", labels=["disk"])
    disks: dict[str, Callable[[], Path]] = {
        "files": lambda: Path(current_app.config["FS_ROOT"]),
        "indexes": lambda: index_root(current_app),
    }
    for name, path in disks.items():
        try:
            usage = shutil.disk_usage(path())
        except OSError:
            continue  # nothing is there yet
        free.add_metric([name], usage.free)
        size.add_metric([name], usage.total)
    return iter((size, free))


def _of_indexes() -> Iterator[Metric]:
    made = {
        key: GaugeMetricFamily(name, help, labels=_INDEX)
        for key, (name, help) in _OF_INDEXES.items()
    }
    unwritten = GaugeMetricFamily(
        "mediadb_index_unwritten_entries", "Entries of the log that no segment has", labels=_INDEX
    )
    for application, signature, served in current_catalogs().held():
        for key, value in served.status().items():
            if key in made:
                made[key].add_metric([application, signature], value)
        unwritten.add_metric([application, signature], served.catalog.unwritten())
    return iter((*made.values(), unwritten))


def _of_media() -> Iterator[Metric]:
    media = GaugeMetricFamily("mediadb_media", "Media, about, by state", labels=["state"])
    others = (PENDING, DELETED, PURGED, PICTURE)
    counts = {state: Media.objects(state=state).count() for state in others}
    all_of_them = Media._get_collection().estimated_document_count()
    counts[ACTIVE] = max(0, all_of_them - sum(counts.values()))
    for state in (ACTIVE, PENDING, DELETED):
        media.add_metric([state], counts[state])
    yield media
    oldest = Media.objects(state=PENDING).order_by("created_at").only("created_at").first()
    age = (now() - utc(oldest.created_at)).total_seconds() if oldest else 0.0
    yield _gauge("mediadb_pending_oldest_seconds", "Age of the oldest upload at work", age)


def _of_jobs() -> Iterator[Metric]:
    """Of the queue that commands, workers and routes share; by its documents alone."""
    jobs = GaugeMetricFamily("mediadb_jobs", "Jobs, by kind and state", labels=["kind", "state"])
    grouped = Job._get_collection().aggregate(
        [{"$group": {"_id": {"kind": "$kind", "state": "$state"}, "count": {"$sum": 1}}}]
    )
    for one in grouped:
        jobs.add_metric([str(one["_id"].get("kind")), str(one["_id"].get("state"))], one["count"])
    yield jobs
