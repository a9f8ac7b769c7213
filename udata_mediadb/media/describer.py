"""When missing descriptions are computed: one run per application, beside requests."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from tempfile import gettempdir

from flask import current_app

from ..application.models import Application
from ..indexing.background import BackgroundJob
from ..indexing.catalogs import Catalogs
from ..indexing.file_lock import file_lock
from ..indexing.versions import is_incomplete, to_describe
from ..mongo.lease import lease
from .describing import Progress, describe_missing
from .ingest import Ingest

Context = Callable[[], AbstractContextManager[object]]


class Describer:
    """Starts the runs of one process."""

    def __init__(
        self, new_ingest: Callable[[], Ingest], catalogs: Catalogs, context: Context
    ) -> None:
        """`catalogs`: of this process; what signatures that were taken away left there goes too.

        `context`: what a thread needs to be in, for the storage.
        """
        self._new_ingest = new_ingest
        self._context = context
        self._catalogs = catalogs
        self._root = catalogs.root or Path(gettempdir()) / "mediadb"  # for the file lock only
        self._jobs: dict[str, BackgroundJob] = {}
        self._lock = threading.Lock()

    def start_if_due(self, application: Application) -> None:
        """Begin where the application lacks descriptions; at once back.

        Called wherever an application is used: whatever stopped an earlier run, one goes on.
        """
        described, names = application.described_versions, application.signatures
        if not is_incomplete(self._catalogs.registry, described, names):
            return
        identifier = application.id
        with self._lock:
            if identifier not in self._jobs:
                self._jobs[identifier] = BackgroundJob(
                    f"Describing the media of application {identifier}",
                    lambda: self._run_in_thread(identifier),
                    niceness=10,
                )
            job = self._jobs[identifier]
        job.start()

    def _run_in_thread(self, application: str) -> bool:
        with self._context():
            return self.run(application) is not None

    def run(self, application: str, progress: Progress = lambda _: None) -> int | None:
        """See `describe_missing`; None where another process is at it."""
        with ExitStack() as both:
            # the first is free, the second is for all machines
            if not both.enter_context(file_lock(self._root / application / "describing")):
                return None
            if not both.enter_context(lease(f"describing/{application}")):
                return None
            failed = describe_missing(self._new_ingest(), application, progress)
            if (found := Application.objects(id=application).first()) is not None:
                keep = to_describe(
                    self._catalogs.registry, found.described_versions, found.signatures
                )
                self._catalogs.drop(application, keep=list(keep))
                self._catalogs.write_due(application, found.signatures)
            return failed


def current_describer() -> Describer:
    """Those of the current app."""
    found: Describer = current_app.extensions["mediadb"].describer
    return found


def describe_if_due(application: Application) -> None:
    """See `Describer.start_if_due`; in the current app."""
    current_describer().start_if_due(application)
