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
from .segment import FORMAT, Segment
from .segment_writing import write_segment
from .vocabulary import Vocabulary

_UNNAMED = 2  # had the version of its vocabulary alone


@dataclass(frozen=True)
class MatchSegments:
    """See `segmented.SegmentFormat`; `form`: of the files."""

    vocabulary: Vocabulary
    form: int = FORMAT

    @property
    def version(self) -> str:
        """Postings of another vocabulary are refused; those of an earlier form are taken over."""
        if self.form == _UNNAMED:
            return self.vocabulary.version
        return f"{self.vocabulary.version}.{self.form}"

    @property
    def formers(self) -> Sequence["MatchSegments"]:
        """The form before packed postings."""
        return () if self.form == _UNNAMED else (MatchSegments(self.vocabulary, _UNNAMED),)

    def open(self, path: Path) -> Segment:
        """See `Segment.open`."""
        return Segment.open(path, self.vocabulary.version)

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
