"""Segments as a merge leaves them."""

from collections.abc import Sequence
from pathlib import Path

from udata_mediadb.recognition.match.inverted.segment import Segment
from udata_mediadb.recognition.match.inverted.segment_writing import write_segment
from udata_mediadb.recognition.match.inverted.vocabulary import Vocabulary
from udata_mediadb.recognition.segments.id_sets import Ids


def merge_segments(
    path: Path, segments: Sequence[Segment], dead: Sequence[Ids], vocabulary: Vocabulary
) -> Segment:
    """A new segment with what is live in these; `dead` has the tombstones of each."""
    parts = [segment.part(ids) for segment, ids in zip(segments, dead, strict=True)]
    write_segment(path, parts, vocabulary)
    return Segment.open(path, vocabulary.version)
