"""The match index as a format of segments: postings, made with one vocabulary."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...segments.id_sets import Ids
from ..description import MatchDescription
from . import questions
from .index import InvertedIndex
from .merging import Part
from .query import prepare_queries
from .questions import Arrays, MatchQuestion, question_of
from .segment import Segment
from .segment_writing import write_segment
from .vocabulary import Vocabulary


@dataclass(frozen=True)
class MatchSegments:
    """See `segmented.SegmentFormat`."""

    vocabulary: Vocabulary

    @property
    def version(self) -> str:
        """Postings of another vocabulary are refused."""
        return self.vocabulary.version

    def open(self, path: Path) -> Segment:
        """See `Segment.open`."""
        return Segment.open(path, self.version)

    def write(self, path: Path, parts: Sequence[Part]) -> None:
        """See `write_segment`."""
        write_segment(path, parts, self.vocabulary)

    def index(self, segments: Sequence[Segment] = (), dead: Sequence[Ids] = ()) -> InvertedIndex:
        """See `InvertedIndex`."""
        return InvertedIndex(self.vocabulary, segments, dead)

    def packed(self, descriptions: Sequence[MatchDescription]) -> Arrays:
        """See `SegmentFormat.packed`."""
        prepare_queries(self.vocabulary, descriptions)
        return questions.packed([question_of(self.vocabulary, one) for one in descriptions])

    def unpacked(self, arrays: Arrays) -> list[MatchQuestion]:
        """See `SegmentFormat.unpacked`."""
        return questions.unpacked(arrays, len(self.vocabulary))
