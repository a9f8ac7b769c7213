"""When segments are written: one job at a time per application, beside the searches.

Per machine, or of all machines where they share a bucket.
"""

from ..errors import Unavailable
from . import log
from .background import BackgroundJob
from .catalog import Catalog
from .merging import Progress, flush, merge_where_due, rebuild
from .shards.seeding import seed


class Upkeep:
    """Writes segments for one catalog where they are due."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        title = f"Writing segments for {catalog.application}, {catalog.signature.name}"
        self._job = BackgroundJob(title, self.run)

    def start_if_due(self) -> None:
        """Begin in a thread of its own; at once back."""
        if self._job.may_start and self._catalog.is_due:
            self._job.start()

    def start(self) -> None:
        """See `run`; in a thread of its own, at once back."""
        self._job.start()

    def run(self) -> bool:
        """Catch up, flush, merge, sweep, whatever is due; False where another process is at it.

        Who does not hold the lock does not catch up: of four workers that only store, one
        computes words.
        OSError where the disk is full: what was published before serves on.
        """
        catalog, store = self._catalog, self._catalog.store
        assert store is not None
        with store.exclusive() as mine:
            if mine:
                self._write_what_is_due()
                merge_where_due(store, catalog.limits)
                store.sweep()
                log.prune(catalog.application, catalog.limits.kept)
            return mine

    def rebuild(self, progress: Progress = lambda _: None) -> bool:
        """Write everything anew from MongoDB; False where another process is at it."""
        catalog, store = self._catalog, self._catalog.store
        assert store is not None
        with store.exclusive() as mine:
            if mine:
                self._rebuild(progress)
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
            if not seed(store, catalog.application, catalog.share, catalog.sources):
                self._rebuild()
        else:
            flush(store, catalog.application, delta)

    def _rebuild(self, progress: Progress = lambda _: None) -> None:
        catalog, store = self._catalog, self._catalog.store
        assert store is not None
        rebuild(
            store, catalog.application, catalog.signature, catalog.limits, progress, catalog.share
        )
