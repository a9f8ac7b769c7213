"""When segments are written: one job at a time per machine and application, beside the searches."""

import logging
import threading
import time

from pymongo.errors import PyMongoError

from ..errors import Unavailable
from .catalog import Catalog
from .lease import lease
from .merging import Progress, flush, merge_where_due, rebuild

logger = logging.getLogger(__name__)

RETRY_S = 30.0  # after a failure such as a full disk
BUSY_RETRY_S = 1.0  # while another process has the lease


class Upkeep:
    """Writes segments for one catalog where they are due."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._running = threading.Lock()
        self._not_before = 0.0

    def start_if_due(self) -> None:
        """Begin in a thread of its own; at once back."""
        if time.monotonic() < self._not_before or not self._catalog.is_due:
            return
        if self._running.acquire(blocking=False):
            threading.Thread(target=self._run_and_release, daemon=True).start()

    def run(self) -> bool:
        """Flush, merge, sweep, whatever is due; False where another process is at it.

        OSError where the disk is full: what was published before serves on.
        """
        catalog, store = self._catalog, self._catalog.store
        assert store is not None
        with lease(store.directory) as mine:
            if mine:
                self._write_what_is_due()
                merge_where_due(store, catalog.limits)
                store.sweep()
            return mine

    def rebuild(self, progress: Progress = lambda _: None) -> bool:
        """Write everything anew from MongoDB; False where another process is at it."""
        catalog, store = self._catalog, self._catalog.store
        assert store is not None
        with lease(store.directory) as mine:
            if mine:
                rebuild(store, catalog.application, catalog.signature, catalog.limits, progress)
                merge_where_due(store, catalog.limits)
                store.sweep()
            return mine

    def _write_what_is_due(self) -> None:
        catalog, store = self._catalog, self._catalog.store
        assert store is not None
        try:
            delta = catalog.delta()
            if not catalog.is_due:
                return  # another process wrote it while we came here
        except Unavailable:
            if not catalog.is_due:
                raise
            delta = None
        if delta is None:
            rebuild(store, catalog.application, catalog.signature, catalog.limits)
        else:
            flush(store, catalog.application, delta)

    def _run_and_release(self) -> None:
        wait = RETRY_S
        try:
            wait = 0.0 if self.run() else BUSY_RETRY_S
        except (OSError, ValueError, PyMongoError, Unavailable) as exc:
            # the searches go on with what there is
            logger.warning("No segment written for %s: %s", self._catalog.application, exc)
        finally:
            self._not_before = time.monotonic() + wait
            self._running.release()
