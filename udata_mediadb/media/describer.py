"""When missing descriptions are computed: one run per application and machine, beside requests."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import gettempdir

from ..application.models import Application
from ..indexing.background import Background
from ..indexing.catalogs import Catalogs
from ..indexing.lease import lease
from ..indexing.versions import to_describe
from .describing import Progress, describe_missing, is_due
from .ingest import Ingest

Context = Callable[[], AbstractContextManager[object]]


class Describer:
    """Starts the runs of one process."""

    def __init__(self, catalogs: Catalogs, context: Context) -> None:
        """`catalogs`: of this process; what signatures that were taken away left there goes too.

        `context`: what a thread needs to be in, for the storage.
        """
        self._context = context
        self._catalogs = catalogs
        self._root = catalogs.root or Path(gettempdir()) / "mediadb"  # for the lease only
        self._jobs: dict[str, Background] = {}
        self._lock = threading.Lock()

    def start_if_due(self, ingest: Ingest, application: Application) -> None:
        """Begin where the application lacks descriptions; at once back."""
        if not is_due(ingest.methods, application):
            return
        identifier = application.id
        with self._lock:
            if identifier not in self._jobs:
                self._jobs[identifier] = Background(
                    f"Describing the media of application {identifier}",
                    lambda: self._run_in_thread(ingest, identifier),
                    niceness=10,
                )
            job = self._jobs[identifier]
        job.start()

    def _run_in_thread(self, ingest: Ingest, application: str) -> bool:
        with self._context():
            return self.run(ingest, application) is not None

    def run(
        self, ingest: Ingest, application: str, progress: Progress = lambda _: None
    ) -> int | None:
        """See `describe_missing`; None where another process is at it."""
        with lease(self._root / application / "describing") as mine:
            if not mine:
                return None
            failed = describe_missing(ingest, application, progress)
            if (found := Application.objects(id=application).first()) is not None:
                keep = to_describe(ingest.methods, found.built, found.signatures)
                self._catalogs.drop(application, keep=list(keep))
                self._catalogs.write_due(application, found.signatures)
            return failed
