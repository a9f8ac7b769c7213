"""The inverted index: segments on disk, a delta in memory, one ranking over both.

Not safe for concurrent use: callers lock. Several processes may map the same segments.
"""

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...index import Order
from ...segments.id_sets import Ids, contains, id_set, no_ids
from ..description import MatchDescription
from ..features import VARIANTS, Variant
from .cold import share_memory
from .global_descriptors import Distances, WholePicture, near_pictures
from .merging import Part, merge
from .packed_postings import PackedPostings
from .parts import Parts
from .postings import AnyPostings, describe_postings, empty_postings
from .query import IndexQuery
from .questions import MatchQuestion, question_of
from .scan import scan as fastest_scan
from .scan_numpy import Found
from .scoring import one_per_voter
from .segment import Segment
from .segment_writing import write_segment
from .shares import idf_of, ranked
from .vocabulary import Vocabulary
from .votes import Votes, joined, votes_of

Scan = Callable[[AnyPostings, IndexQuery, int], Found]


class InvertedIndex:
    """Images by the visual words of their keypoints; docs/explanation/match-index.md.

    What is added goes to the delta, what is discarded gets a tombstone: segments are never written
    to. `dead` has the tombstones of each segment; an id may be live in one segment only.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        segments: Sequence[Segment] = (),
        dead: Sequence[Ids] = (),
        *,
        variants: Sequence[Variant] = VARIANTS,
        scan: Scan = fastest_scan,
    ) -> None:
        """`variants`: readings of the query; `scan`: all scans give the same."""
        self.vocabulary = vocabulary
        self._variants = tuple(variants)
        self._scan = scan
        self._parts: Parts[Segment, Part] = Parts(segments, dead, Segment.part, merge)
        self._idf_cache: NDArray[np.float32] | None = None
        self._words_cache: NDArray[np.int64] | None = None
        self._checksum: int | None = None
        self._share_memory()

    def __len__(self) -> int:
        """How many images it holds."""
        return len(self._parts)

    @property
    def segments(self) -> list[tuple[Segment, Ids]]:
        """Each segment with the ids in it that are dead, sorted."""
        return self._parts.segments

    @property
    def delta(self) -> Part:
        """What is in memory only, as one part."""
        if not self._parts.fresh:
            return Part(empty_postings(self.vocabulary), no_ids())
        return merge(self._parts.fresh)

    def add(self, ids: Sequence[int], descriptions: Sequence[MatchDescription]) -> None:
        """Add references; an id that is already there is replaced."""
        latest = dict(zip(ids, descriptions, strict=True))  # twice in one call: the last one counts
        if not latest:
            return
        self.discard(list(latest))
        added = describe_postings(self.vocabulary, list(latest), list(latest.values()))
        self._parts.add(Part(added, id_set(latest)))
        self._changed()

    def discard(self, ids: Sequence[int]) -> None:
        """Forget references; ids that are not there are ignored."""
        self._parts.discard(id_set(ids))
        self._changed()

    def shortlist(
        self,
        description: MatchDescription,
        k: int,
        allowed: NDArray[np.uint32] | None = None,
        order: Order | None = None,
    ) -> list[tuple[int, float]]:
        """Up to k (id, score) pairs, best first; references without any vote are left out."""
        if k <= 0 or not len(self):
            return []
        wanted = None if allowed is None else id_set(allowed)
        asked = self.question_of(description)
        return ranked([self], asked, k, wanted, self._idf(), order)

    def question_of(self, description: MatchDescription) -> MatchQuestion:
        """What is asked of each share."""
        return question_of(self.vocabulary, description, self._variants)

    @property
    def postings_by_word(self) -> NDArray[np.int64]:
        """See `Share.postings_by_word`; in segments of what is dead, too, until they are merged."""
        if self._words_cache is None:
            settled = [np.diff(part.postings.offsets) for part in self._parts.settled]
            fresh = [_live_words(part) for part in self._parts.fresh]
            none = np.zeros(len(self.vocabulary), np.int64)
            self._words_cache = np.sum([none, *settled, *fresh], axis=0, dtype=np.int64)
        return self._words_cache

    @property
    def words_checksum(self) -> int:
        """Differs where `postings_by_word` does, in whatever process."""
        if self._checksum is None:
            self._checksum = zlib.crc32(self.postings_by_word.tobytes())
        return self._checksum

    def weigh_by(self, images: int, postings: NDArray[np.int64]) -> None:
        """Take these for the size and the words of the index, until it changes."""
        self._idf_cache = idf_of(images, postings)

    def votes(self, query: IndexQuery, threshold: int, wanted: Ids | None) -> Votes:
        """See `Share.votes`."""
        parts = [self._votes(part, query, threshold, wanted) for part in self._parts.all]
        return one_per_voter(joined(parts))

    def near(self, whole: WholePicture, wanted: Ids | None) -> list[tuple[Ids, Distances]]:
        """See `Share.near`."""
        return [self._near(part, whole, wanted) for part in self._parts.all]

    def flush(self, path: Path) -> Segment:
        """Write the delta as a segment and go on with it; the delta is empty afterwards."""
        write_segment(path, [self.delta], self.vocabulary)
        segment = Segment.open(path, self.vocabulary.version)
        self._parts.flushed(segment)
        self._share_memory()
        self._changed()
        return segment

    def replace(self, old: Sequence[Segment], new: Segment) -> None:
        """Go on with `new`, the merge of `old`; what was discarded meanwhile stays dead."""
        self._parts.replace(old, new)
        self._share_memory()
        self._changed()

    def _votes(self, part: Part, query: IndexQuery, threshold: int, wanted: Ids | None) -> Votes:
        found = self._scan(part.postings, query, threshold)
        votes = votes_of(part.postings, query, found)
        if wanted is not None:
            votes = votes.only(contains(wanted, votes.images))
        if len(part.dead):
            votes = votes.only(~contains(part.dead, votes.images))
        return votes

    def _near(self, part: Part, whole: WholePicture, wanted: Ids | None) -> tuple[Ids, Distances]:
        postings = part.postings
        places = postings.without_texture if whole.textured else np.arange(len(part.images))
        if len(part.dead):
            places = places[~contains(part.dead, part.images[places])]
        if wanted is not None:
            places = places[contains(wanted, part.images[places])]
        return near_pictures(whole, postings.wholes, part.images, places)

    def _share_memory(self) -> None:
        every = (segment.postings for segment, _ in self.segments)
        share_memory([one.seen for one in every if isinstance(one, PackedPostings)])

    def _changed(self) -> None:
        self._idf_cache = self._words_cache = self._checksum = None

    def _idf(self) -> NDArray[np.float32]:
        if self._idf_cache is None:
            self._idf_cache = idf_of(len(self), self.postings_by_word)
        return self._idf_cache


def _live_words(part: Part) -> NDArray[np.int64]:
    """(w,) postings of each word, without those of dead images: quick for a part in memory."""
    counts = np.diff(part.postings.offsets).astype(np.int64)
    if not len(part.dead):
        return counts
    words = np.repeat(np.arange(len(counts)), counts)
    ids, _ = part.postings.between(0, len(words))
    gone = words[contains(part.dead, ids)]
    return counts - np.bincount(gone, minlength=len(counts))
