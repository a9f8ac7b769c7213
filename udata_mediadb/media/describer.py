"""When missing descriptions are computed: wherever an application is used that lacks some, a job
begins, one per application (`describing_job`)."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from mongoengine.errors import OperationError
from pymongo.errors import PyMongoError

from ..application.models import Application
from ..indexing.current import current_registry
from ..indexing.versions import is_incomplete, unbuilt
from ..jobs.models import CANCELLED, FAILED, Job
from ..jobs.workers import start
from ..mongo.clock import now, utc
from .describing import media_to_describe

logger = logging.getLogger(__name__)

NAME = "describing"
LOOK_EVERY_S = 5.0  # whether a job is at it; as often as the queue is looked at
AGAIN_AFTER = timedelta(minutes=10)  # one that failed


class Describer:
    """Begins the jobs of one process; remembers when it looked."""

    def __init__(self) -> None:
        self._looked: dict[tuple[str, ...], float] = {}
        self._lock = threading.Lock()

    def start_if_due(self, application: Application) -> None:
        """Begin where the application lacks descriptions; at once back.

        Called wherever an application is used: whatever ended an earlier job, another one goes on.
        """
        described, names = application.described_versions, application.signatures
        if not is_incomplete(current_registry(), described, names):
            return
        wanted = missing(application)
        if not self._is_time((application.id, *sorted(names), *wanted)):
            return
        try:
            if not _is_ended(application.id, wanted):
                start_describing(application)
        except (PyMongoError, OperationError) as exc:  # a search needs none of it
            logger.warning("Describing was not begun: %s", exc)

    def _is_time(self, asked: tuple[str, ...]) -> bool:
        with self._lock:
            looked, at = self._looked.get(asked), time.monotonic()
            if looked is not None and at - looked < LOOK_EVERY_S:
                return False
            recent = {one: t for one, t in self._looked.items() if at - t < LOOK_EVERY_S}
            self._looked = {**recent, asked: at}
            return True


def start_describing(application: Application, begin: Callable[..., Job] = start) -> Job:
    """Begin to describe what the application lacks, or the job that is at it.

    `begin`: `enqueue` where this process does it itself.
    """
    only_one = f"{NAME} {application.id}"
    if (there := Job.objects(only_one=only_one).first()) is not None:
        return there  # counting all media takes longer
    return begin(
        NAME,
        application=application.id,
        arguments={"signatures": missing(application)},
        total=media_to_describe(application),
        only_one=only_one,
    )


def missing(application: Application) -> list[str]:
    """The keys of the signatures by which its media may not all be described."""
    registry = current_registry()
    names = unbuilt(registry, application.described_versions, application.signatures)
    return sorted(registry[name].key for name in names)


def _is_ended(application: str, wanted: list[str]) -> bool:
    """Whether somebody cancelled just this, or it failed a moment ago."""
    last = Job.objects(kind=NAME, application=application).order_by("-created_at", "-id").first()
    if last is None or last.arguments.get("signatures") != wanted:
        return False
    if last.state == FAILED:
        return bool(utc(last.ended_at) > now() - AGAIN_AFTER)
    return bool(last.state == CANCELLED)


def current_describer() -> Describer:
    """That of the current app."""
    found: Describer = current_app.extensions["mediadb"].describer
    return found


def describe_if_due(application: Application) -> None:
    """See `Describer.start_if_due`; in the current app."""
    current_describer().start_if_due(application)
