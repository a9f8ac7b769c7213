"""What a killed process left is mended when the next one starts, beside its requests."""

import logging
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from tempfile import gettempdir

from ...indexing.background import BackgroundJob
from ...indexing.file_lock import file_lock
from ...media.ingest import Ingest
from ...media.models import PENDING, PURGED, Media
from ...mongo.clock import now
from .identity import require_identity
from .mending import mend
from .problems import Kind, Problem

logger = logging.getLogger(__name__)

# Whoever stores a picture is done by then, or was killed: no request may take that long.
OLD = timedelta(minutes=10)
AT_MOST = 200  # some 20 s of one core; `reindex` does the rest
_KINDS: dict[str, Kind] = {PENDING: "pending", PURGED: "purge-unfinished"}


class StartMending:
    """Runs once in each process, at its first request."""

    def __init__(
        self,
        new_ingest: Callable[[], Ingest],
        root: Path | None,
        context: Callable[[], AbstractContextManager[object]],
    ) -> None:
        """`root`: where the lock of this machine lies. `context`: what the storage needs."""
        self._new_ingest = new_ingest
        self._context = context
        self._lock = (root or Path(gettempdir()) / "mediadb") / "mending"
        self._process = 0
        self._job = BackgroundJob("Mending what a killed process left", self._run, niceness=10)

    def start(self) -> None:
        """Begin in a thread, unless this process has; at once back. Never before a fork."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._job.start()

    def _run(self) -> bool:
        try:
            with self._context(), file_lock(self._lock) as mine:
                if mine:
                    ingest = self._new_ingest()
                    require_identity(ingest.storage)
                    mend_old(ingest)
        except Exception as exc:  # whatever it is, requests go on, and `check` names it
            logger.warning("What a killed process may have left was not mended: %s", exc)
        return True


def mend_old(ingest: Ingest, older_than: timedelta = OLD) -> int:
    """Complete or take away what has been unfinished for long; how many, a bounded number."""
    left = Media.objects(state__in=list(_KINDS), created_at__lt=now() - older_than)
    found = list(left.only("id", "application", "state").limit(AT_MOST))
    problems = [Problem(_KINDS[m.state], m.application, m.id) for m in found]
    replaced = Media.objects(replaced_at__exists=True, replaced_at__lt=now() - older_than)
    problems += [
        Problem("replacement-unfinished", m.application, m.id)
        for m in replaced.only("id", "application").limit(AT_MOST)
    ]
    return sum(mend(ingest, problem) for problem in problems)
