"""What this worker can search: one index per application and signature, kept up with the op log.

The truth is in MongoDB. Before each search a worker adopts the newest manifest of the segments that
all workers share, where there is one, and applies the tail of the log: what one worker acknowledged
every worker finds. docs/decisions/0005-shared-segments.md
"""

import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..errors import Unavailable
from ..recognition.registered import RegisteredSignature
from . import log
from .descriptions import BATCH, batches, count_up_to, decoded, described_of, searchable
from .index_limits import IndexLimits
from .moment import Moment
from .replica import Delta, Replica
from .segment_store import Opened, SegmentStore
from .shards.share import WHOLE, Share

LOG_ENTRIES_AT_ONCE = 256
RETRY_AFTER_S = 10  # while a rebuild runs


class Catalog:
    """The index of one application and signature in this process; safe for several threads."""

    def __init__(
        self,
        application: str,
        registered: RegisteredSignature,
        store: SegmentStore | None = None,
        limits: IndexLimits | None = None,
        share: Share = WHOLE,
        sources: Sequence[SegmentStore] = (),
    ) -> None:
        """Without a store everything stays in memory. `share`: which media it has;
        `sources`: stores that have them all, among others.
        """
        self.share = share
        self.sources = sources
        self.application = application
        self.signature = registered.signature
        self.store = store
        self.limits = limits or IndexLimits()
        self.registered = registered
        self._key = registered.key
        self._lock = threading.Lock()
        self._held: Replica | None = None
        self._counts: dict[str, int] = {}

    def shortlist(
        self,
        description: Any,
        k: int,
        allowed: Iterable[str] | None = None,
        moment: Moment | None = None,
    ) -> list[tuple[str, float]]:
        """Up to k (media id, score), best first; `allowed` restricts to these media.

        `moment`: of the search, where it asks several catalogs. Unavailable where this worker
        cannot catch up at once.
        """
        return self.shortlists([description], k, allowed, moment)[0]

    def shortlists(
        self,
        descriptions: Sequence[Any],
        k: int,
        allowed: Iterable[str] | None = None,
        moment: Moment | None = None,
    ) -> list[list[tuple[str, float]]]:
        """The shortlist of each description, of the same state of the index."""
        wanted = None if allowed is None else list(allowed)
        self.registered.prepare(descriptions)
        with self._lock:
            current = self._current(moment)
            return [current.shortlist(one, k, wanted) for one in descriptions]

    @contextmanager
    def held(self, least: int) -> Iterator[Replica]:
        """What it holds, for the time of the block, with at least entry `least` of the log applied.

        Unavailable as for `shortlist`.
        """
        with self._lock:
            held = self._held
            if held is None or held.applied < least:
                held = self._current()
            yield held

    def catch_up(self) -> None:
        """Apply what the log has and this worker has not; Unavailable as for `shortlist`."""
        with self._lock:
            self._current()

    def status(self) -> dict[str, int]:
        """What it holds, how much of it in memory only, and how many log entries it lacks."""
        counts = self._counts or _counts(None)  # those of the last search: nobody waits for a lock
        behind = max(0, log.last_seq(self.application) - counts["applied"])
        return {**counts, "behind": behind}

    def status_now(self) -> dict[str, int]:
        """The same after catching up."""
        self.catch_up()
        return self.status()

    def count_stored(self) -> int:
        """How many descriptions MongoDB has for it."""
        return count_up_to(self.application, self._key)

    @property
    def is_due(self) -> bool:
        """Whether a segment should be written."""
        if self.store is None:
            return False
        if (held := self._held) is None:
            return self._too_many_to_load()
        if held.entries > self.limits.load:
            return True
        limit = self.limits.delta if self._counts["generation"] else self.limits.memory
        return self._counts["in_memory"] > limit

    def unwritten(self) -> int:
        """How many entries of the log no segment has; reads no index and waits for no lock."""
        manifest = self.store.newest_manifest() if self.store else None
        known = manifest is not None and manifest.mark == log.mark(self.application, manifest.seq)
        return log.last_seq(self.application) - (manifest.seq if manifest and known else 0)

    def delta(self) -> Delta | None:
        """What to write next, on top of the newest manifest; None: rebuild instead."""
        with self._lock:
            try:
                held = self._current()
            except Unavailable:
                if self._held is None:
                    raise
                held = self._held  # far behind: what it has until now is a step ahead
            newest = self.store.newest_usable() if self.store else 0
            if held.manifest is None or held.manifest.generation != newest:
                return None
            if self.store and newest != self.store.newest():
                return None  # a newer one was refused: its number is taken
            return held.delta()

    def _current(self, moment: Moment | None = None) -> Replica:
        """What it holds, brought up to date."""
        try:
            return self._brought_up_to_date(moment or Moment(self.application))
        finally:
            self._counts = _counts(self._held)

    def _brought_up_to_date(self, moment: Moment) -> Replica:
        self._adopt()
        if self._held is None:
            self._load()
        try:
            return self._apply_tail(moment)
        except _Hole:
            held = self._held
            if self.store is not None and held is not None and held.manifest is not None:
                self.store.refuse(held.manifest.generation, "the op log has a hole")
            self._held = None
            self._load()
            return self._apply_tail(moment)

    def _adopt(self) -> None:
        if self.store is None:
            return
        mine = self._held.manifest if self._held is not None else None
        if self.store.newest_usable() == (mine.generation if mine else 0):
            return
        opened = self.store.open_newest(self._held.stored if self._held is not None else ())
        if opened is None or (mine and mine.generation == opened.manifest.generation):
            return
        if not self._same_log(opened):
            self.store.refuse(opened.manifest.generation, "it is of another database")
            self._adopt()
        elif self._held is None or not self._held.rearrange(opened):
            self._held = Replica.of(opened, self.store.format)

    def _same_log(self, opened: Opened) -> bool:
        manifest = opened.manifest
        return manifest.mark == log.mark(self.application, manifest.seq)

    def _load(self) -> None:
        if self.store is not None and self._too_many_to_load():
            raise Unavailable("The index is being built. Try again in a moment.", RETRY_AFTER_S)
        if self.store is not None:
            self.store.fetch()  # few; many are fetched beside the searches: `Upkeep`
            self._adopt()
            if self._held is not None:
                return
        # The sequence first: what is logged while we load is applied again afterwards, harmlessly.
        held = Replica(self.registered.new_index(), log.last_seq(self.application))
        self._add(held, None, searchable(self.application))
        self._held = held

    def _too_many_to_load(self) -> bool:
        limit = self.limits.load * self.share.count  # about as many for each share
        return count_up_to(self.application, self._key, limit + 1) > limit

    def _apply_tail(self, moment: Moment) -> Replica:
        held = self._held
        assert held is not None
        end = time.monotonic() + self.limits.catch_up_s
        while True:
            seq, media = _tail(moment, held.applied)
            leaving = {one for one, op in media.items() if op == "discard"}
            for some in batches(media, BATCH):
                self._apply(held, some, leaving, moment)
            full = seq - held.applied == LOG_ENTRIES_AT_ONCE
            held.applied = seq
            if not full:
                return held
            if time.monotonic() > end:
                raise Unavailable("This worker is catching up. Try again in a moment.")

    def _apply(
        self, held: Replica, media: Sequence[str], leaving: Collection[str], moment: Moment
    ) -> None:
        live = moment.searchable(media, leaving)
        held.discard([one for one in media if one not in live])
        self._add(held, sorted(live), live)

    def _add(self, held: Replica, media: Sequence[str] | None, live: set[str]) -> None:
        mine = None if media is None else self.share.of(media)
        for batch in described_of(self.application, self._key, mine, live, self.share):
            held.add(*decoded(batch, self.signature))


def _counts(held: Replica | None) -> dict[str, int]:
    if held is None:  # one that holds nothing is false, too
        return dict.fromkeys(("indexed", "in_memory", "generation", "segments", "applied"), 0)
    manifest = held.manifest
    return {
        "indexed": len(held),
        "in_memory": held.in_memory,
        "generation": manifest.generation if manifest else 0,
        "segments": len(manifest.segments) if manifest else 0,
        "applied": held.applied,
    }


class _Hole(Exception):
    """Entries are missing in the log: it was restored, or pruned."""


def _tail(moment: Moment, after: int) -> tuple[int, dict[str, log.Op]]:
    try:
        return moment.tail(after, LOG_ENTRIES_AT_ONCE)
    except Unavailable as exc:
        raise _Hole from exc
