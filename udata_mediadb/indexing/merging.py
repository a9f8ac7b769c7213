"""Writing segments: a worker's delta, a rebuild, merges. For the holder of the file lock.

Each step publishes a manifest that stands for itself, so a crash between two steps costs work only.
Nothing here locks a catalog: searches go on.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import numpy as np

from ..recognition.segments.segmented import SegmentedIndex
from ..recognition.signature import Signature, signature_key
from . import log
from .descriptions import decoded, described_of, searchable
from .index_limits import IndexLimits
from .manifest import Entry, Manifest
from .media_table import MediaTable, keys_of
from .numbering import FIRST
from .replica import Delta
from .segment_store import SegmentStore, Stored, live_table
from .shards.share import WHOLE, Share

DEAD_SHARE = 0.2  # a segment with more dead media than this is written anew: they cost time

Progress = Callable[[int], None]


def flush(store: SegmentStore, application: str, delta: Delta) -> None:
    """Publish a delta as a segment more."""
    names = [store.write(delta.part, delta.keys)] if len(delta.part.live) else []
    manifest = Manifest(
        generation=delta.base.generation + 1,
        content=uuid4().hex,
        seq=delta.seq,
        mark=log.mark(application, delta.seq),
        next_number=delta.next_number,
        version=store.format.version,
        segments=(*delta.entries, *map(Entry, names)),
    )
    _publish(store, manifest, names)


def merge_where_due(store: SegmentStore, limits: IndexLimits) -> None:
    """Merge segments of one size, and write anew those with many dead, until none is left."""
    opened = store.open_newest()
    while opened is not None and (group := _due(opened.stored, limits)):
        rest = [e for e in opened.manifest.segments if e.name not in {s.name for s in group}]
        name = store.write_merged([stored.part for stored in group], live_table(group))
        manifest = replace(
            opened.manifest,
            generation=opened.manifest.generation + 1,
            segments=(*rest, Entry(name)),
        )
        _publish(store, manifest, [name])
        opened = store.open_newest(opened.stored)


def rebuild(
    store: SegmentStore,
    application: str,
    signature: Signature[Any],
    limits: IndexLimits,
    progress: Progress = lambda _: None,
    share: Share = WHOLE,
) -> None:
    """Segments of everything that MongoDB has of the share, whatever was there before."""
    # The sequence first: what is logged meanwhile is applied again afterwards, harmlessly.
    seq = log.last_seq(application)
    live = searchable(application)
    names: list[str] = []
    index, chunk = store.format.index(), list[str]()
    first = FIRST
    for batch in described_of(application, signature_key(signature), None, live, share):
        media, descriptions = decoded(batch, signature)
        start = first + len(chunk)
        index.add(range(start, start + len(media)), descriptions)
        chunk += media
        progress(len(media))
        if len(chunk) >= limits.chunk:
            names.append(_write_chunk(store, index, first, chunk))
            first += len(chunk)
            index, chunk = store.format.index(), []
    if chunk:
        names.append(_write_chunk(store, index, first, chunk))
    manifest = Manifest(
        generation=store.newest() + 1,
        content=uuid4().hex,
        seq=seq,
        mark=log.mark(application, seq),
        next_number=first + len(chunk),
        version=store.format.version,
        segments=tuple(map(Entry, names)),
    )
    _publish(store, manifest, names)


def _write_chunk(
    store: SegmentStore, index: SegmentedIndex[Any], first: int, media: list[str]
) -> str:
    numbers = np.arange(first, first + len(media), dtype=np.uint32)
    return store.write_merged([index.delta], MediaTable.of(numbers, keys_of(media)))


def _publish(store: SegmentStore, manifest: Manifest, written: Sequence[str]) -> None:
    try:
        store.publish(manifest)
    except BaseException:
        store.remove(written)
        raise


def _due(stored: Sequence[Stored], limits: IndexLimits) -> list[Stored]:
    """The segments to merge next: a whole tier, else one that is full of dead."""
    tiers: dict[int, list[Stored]] = {}
    for one in stored:
        tiers.setdefault(_tier(len(one.part.live), limits), []).append(one)
    for tier in sorted(tiers):
        if len(tiers[tier]) >= limits.fan:
            return tiers[tier]
    return next(
        ([s] for s in stored if DEAD_SHARE * len(s.segment) < len(s.dead) < len(s.segment)), []
    )


def _tier(live: int, limits: IndexLimits) -> int:
    tier = 0
    while live > limits.delta * limits.fan ** (tier + 1) * 0.5:
        tier += 1
    return tier
