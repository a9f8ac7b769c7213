"""Segments for an application of `portal_filling` in minutes, where a rebuild takes an hour.

The postings of made-up media are made up as well (`synthetic`), not computed from their stored
descriptions. Real media have their own. All else is as a rebuild leaves it.
"""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np
from flask import Flask

from udata_mediadb.indexing import log
from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.descriptions import decoded, described
from udata_mediadb.indexing.manifest import Entry, Manifest
from udata_mediadb.indexing.media_table import MediaTable, keys_of
from udata_mediadb.indexing.numbering import FIRST
from udata_mediadb.indexing.segment_store import SegmentStore
from udata_mediadb.media.models import ACTIVE, Media
from udata_mediadb.recognition.match.inverted.match_segments import MatchSegments
from udata_mediadb.recognition.match.inverted.merging import Part

from .portal_filling import match_key
from .synthetic import synthetic_segment


def write_index(app: Flask, catalog: Catalog, models: Sequence[str]) -> None:
    """Publish a manifest of two segments: the real media, and the made-up ones, which are like
    those of these file names."""
    store = catalog.store
    assert store is not None
    assert isinstance(store.format, MatchSegments)
    with app.app_context():
        seq = log.last_seq(catalog.application)
        everything = Media.objects(application=catalog.application, state=ACTIVE)
        real = [str(media) for media in everything.filter(filename__exists=True).scalar("id")]
        made = [str(media) for media in everything.filter(filename__exists=False).scalar("id")]
        alike = [str(media) for media in everything.filter(filename__in=models).scalar("id")]
        names, pool = [_write_real(catalog, store, real)], _pool(store, catalog, alike)
        first = FIRST + len(real)
        names.append(_write_made_up(store, store.format, pool, made, first))
        manifest = Manifest(
            generation=store.newest() + 1,
            content=uuid4().hex,
            seq=seq,
            mark=log.mark(catalog.application, seq),
            next_number=first + len(made),
            version=store.format.version,
            segments=tuple(map(Entry, names)),
        )
    store.publish(manifest)


def _pool(store: SegmentStore, catalog: Catalog, real: list[str]) -> Part:
    index = store.format.index()
    for batch in described(catalog.application, match_key(), real):
        media, descriptions = decoded(batch, catalog.signature)
        index.add([FIRST + real.index(one) for one in media], descriptions)
    part = index.delta
    assert isinstance(part, Part)
    return part


def _write_real(catalog: Catalog, store: SegmentStore, real: list[str]) -> str:
    numbers = np.arange(FIRST, FIRST + len(real), dtype=np.uint32)
    return store.write_merged([_pool(store, catalog, real)], MediaTable.of(numbers, keys_of(real)))


def _write_made_up(
    store: SegmentStore, form: MatchSegments, pool: Part, made: list[str], first: int
) -> str:
    name = uuid4().hex
    path: Path = store.directory / name
    numbers = np.arange(first, first + len(made), dtype=np.uint32)
    synthetic_segment(path, pool, form.vocabulary, len(made), first)
    MediaTable.of(numbers, keys_of(made)).write(path.with_name(f"{name}.media"))
    return name
