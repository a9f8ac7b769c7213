"""The first segment of a shard, from segments that have its media already, among others.

Words were computed when those were written, so no description is read: of a portal that had all on
one machine before, or of half as many shards.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import numpy as np

from ...recognition.segments.id_sets import Ids, contains, id_set
from .. import log
from ..manifest import Entry, Manifest
from ..segment_store import SegmentStore, Stored, live_table
from .share import WHOLE, Share

logger = logging.getLogger(__name__)


def sources_of(share: Share) -> list[Share]:
    """The shares that have all of its media, the smallest first."""
    counts = [one for one in range(share.count - 1, 1, -1) if share.count % one == 0]
    return [] if share.is_whole else [share.within(count) for count in counts] + [WHOLE]


def seed(
    store: SegmentStore, application: str, share: Share, sources: Sequence[SegmentStore]
) -> bool:
    """Publish a segment of the share's media from the first of the sources that has a state.

    False where none has one of this database. OSError where the disk is full.
    """
    for source in sources:
        source.fetch()
        opened = source.open_newest()
        if opened is None or not opened.stored:
            continue
        if opened.manifest.mark != log.mark(application, opened.manifest.seq):
            continue
        _publish(store, share, opened.manifest, opened.stored)
        logger.info("A shard of %s begins with what %s has", application, source.directory.name)
        return True
    return False


def _publish(
    store: SegmentStore, share: Share, manifest: Manifest, stored: Sequence[Stored]
) -> None:
    mine = [replace(one, dead=_without_others(one, share)) for one in stored]
    table = live_table(mine)
    names = [store.write_merged([one.part for one in mine], table)] if len(table) else []
    new = replace(
        manifest,
        generation=store.newest() + 1,
        content=uuid4().hex,
        segments=tuple(map(Entry, names)),
    )
    try:
        store.publish(new)
    except BaseException:
        store.remove(names)
        raise


def _without_others(stored: Stored, share: Share) -> Ids:
    """The numbers that do not count: dead ones, and those of other shards."""
    images = np.asarray(stored.segment.images)
    live = images[~contains(stored.dead, images)]
    keys = stored.table.keys()[~contains(stored.dead, images)]
    others = [not share.has(_media(key)) for key in keys.tolist()]
    return id_set(np.concatenate([stored.dead, live[np.array(others, bool)]]))


def _media(key: bytes) -> str:
    return str(UUID(bytes=key.ljust(16, b"\0")))
