"""What is read when somebody asks for the metrics: indexes, media, jobs, memory, disks.

Of the worker that answers, where it says so; the rest is the same for all.
"""

import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pymongo
from flask import current_app
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from pymongo.errors import PyMongoError

from ...errors import MediaDBError
from ...indexing.current import current_catalogs
from ...jobs.models import Job
from ...media.current import current_ingest
from ...media.files import index_root
from ...media.models import DELETED, PENDING, Media
from ...mongo.clock import now, utc
from .measures import is_shared

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
        try:
            with pymongo.timeout(DATABASE_S):
                found = [*_of_indexes(), *_of_media(), *_of_jobs()]
        except (PyMongoError, MediaDBError):
            yield _gauge("mediadb_database_up", "Whether MongoDB answers", 0)
        else:
            yield _gauge("mediadb_database_up", "Whether MongoDB answers", 1)
            yield from found


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
    counts = {state: Media.objects(state=state).count() for state in (PENDING, DELETED)}
    all_of_them = Media._get_collection().estimated_document_count()
    counts["active"] = max(0, all_of_them - sum(counts.values()))
    for state, count in counts.items():
        media.add_metric([state], count)
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
