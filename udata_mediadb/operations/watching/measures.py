"""What is counted of the requests of all workers, by prometheus-client.

Where `PROMETHEUS_MULTIPROC_DIR` names a directory, the workers of a machine count together (its
"multiprocess mode"); else each one counts for itself, and answers for itself.
"""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

logger = logging.getLogger(__name__)
DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client's own variable
PREFIX = "mediadb_"
# A list takes 10 ms, a search 100 to 200, one of a large library or a busy machine seconds.
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 2, 5, 10, 30)
_STAGE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


@dataclass(frozen=True)
class Measures:
    """The counters and histograms of this process."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    search_stages: Histogram
    ingest_stages: Histogram
    failures: Counter

    def note_request(self, route: str, method: str, code: int, seconds: float) -> None:
        """One request was answered. `route`: as it is declared, not as it was asked."""
        self.requests.labels(route, method, str(code)).inc()
        self.seconds.labels(route, method).observe(seconds)

    def note_stages(self, kind: str, stages: Mapping[str, float]) -> None:
        """How long the stages of a search or an upload took."""
        histogram = self.search_stages if kind == "search" else self.ingest_stages
        for name, seconds in stages.items():
            histogram.labels(name).observe(seconds)

    def note_failure(self, what: str) -> None:
        """An answer was 503 or 507. `what`: database, storage, decoding, cluster or other."""
        self.failures.labels(what).inc()

    def shared(self) -> CollectorRegistry:
        """The counts of all workers that count together; of this one where it counts alone."""
        if not is_shared():
            return self.registry
        registry = CollectorRegistry()
        registry.register(_OurOwn())
        return registry


class _OurOwn(Collector):
    """Of all that the processes of the portal count, what is ours."""

    def collect(self) -> Iterator[Metric]:
        files = sorted(map(str, Path(os.environ[DIRECTORY]).glob("*.db")))
        return (one for one in _merged(files) if one.name.startswith(PREFIX))


def _merged(files: Sequence[str]) -> Iterable[Metric]:
    """What these files count together, without those that cannot be read."""
    try:
        return _together(files)
    except Exception:  # struct.error, ValueError, RuntimeError …: whatever is in there
        readable = [one for one in files if _is_readable(one)]
        return _together(readable)


def _is_readable(file: str) -> bool:
    try:
        _together([file])
    except Exception as exc:
        logger.warning("The metrics lack what is in %s: %r", Path(file).name, exc)
        return False
    return True


def _together(files: Sequence[str]) -> Iterable[Metric]:
    found: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
    return found


def counts_for_all() -> bool:
    """Whether what this process counts goes into files; prometheus-client saw to that when it was
    first imported."""
    return bool(values.ValueClass._multiprocess)


def is_shared() -> bool:
    """Whether the workers count together: not where the directory has gone meanwhile."""
    named = os.environ.get(DIRECTORY)
    return counts_for_all() and named is not None and Path(named).is_dir()


@cache
def measures() -> Measures:
    """Those of this process, also where several apps are in it."""
    registry = CollectorRegistry()
    return Measures(
        registry,
        Counter("mediadb_requests", "Requests", ["route", "method", "code"], registry=registry),
        Histogram(
            "mediadb_request_seconds",
            "Time from the request to its answer",
            ["route", "method"],
            buckets=_SECONDS,
            registry=registry,
        ),
        Histogram(
            "mediadb_search_stage_seconds",
            "Time of each stage of a search by image",
            ["stage"],
            buckets=_STAGE_SECONDS,
            registry=registry,
        ),
        Histogram(
            "mediadb_ingest_stage_seconds",
            "Time of each stage of storing a picture",
            ["stage"],
            buckets=_STAGE_SECONDS,
            registry=registry,
        ),
        Counter(
            "mediadb_failures",
            "Answers of 503 and 507, by what failed",
            ["what"],
            registry=registry,
        ),
    )
