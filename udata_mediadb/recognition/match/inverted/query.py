"""A description as the index asks for it: which words, which codes, who votes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..description import STRONGEST, MatchDescription
from ..features import Variant, variant_of
from .postings import Geometry, packed_geometry
from .vocabulary import CELLS_PROBED, Codes, Vocabulary, Words

WORDS_PER_KEYPOINT = 3  # one word finds 2 to 4 % fewer; measured: docs/explanation/match-index.md
# The other readings of a query are asked with less.
# Measured: docs/explanation/match-index.md, "Variants"
_KEYPOINTS = 1000  # of the first variant; those beyond the strongest with one word each
_KEYPOINTS_OF_OTHERS = 300
_WORDS_OF_OTHERS = 1
_PROBES_OF_OTHERS = 4
MOST_VOTERS = 1 << 11  # scoring.py packs them with the image into one number


@dataclass(frozen=True, eq=False)
class IndexQuery:
    """Rows to look up. Several rows belong to one voter: a keypoint under one variant.

    `words`: (r,) int32; `codes`: (r,) uint64; `voters`: (r,) int32; `geometry`: (v,) uint16 and
    `variants`: (v,) uint8 of each voter.
    """

    words: Words
    codes: Codes
    voters: NDArray[np.int32]
    geometry: Geometry
    variants: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.words)


def index_query(
    vocabulary: Vocabulary, description: MatchDescription, variants: Sequence[Variant]
) -> IndexQuery:
    """Every keypoint under its nearest words, once per variant.

    The first variant is asked with all keypoints and several words, the others with the strongest
    keypoints and one word each.
    """
    strongest = description.only(slice(_KEYPOINTS_OF_OTHERS))
    own = description.only(slice(_KEYPOINTS))
    seen = [
        variant_of(strongest if number else own, variant) for number, variant in enumerate(variants)
    ]
    projected = vocabulary.project(np.concatenate([d.vectors for d in seen]))
    if len(projected) > MOST_VOTERS:
        raise ValueError(f"a query has at most {MOST_VOTERS} voters, not {len(projected)}")
    first, spread = min(len(own), STRONGEST), len(own)
    asked = (
        (projected[:first], WORDS_PER_KEYPOINT, CELLS_PROBED),
        (projected[first:spread], _WORDS_OF_OTHERS, CELLS_PROBED),
        (projected[spread:], _WORDS_OF_OTHERS, _PROBES_OF_OTHERS),
    )
    words = np.concatenate([part.ravel() for part in vocabulary.nearest_words_of(asked)])
    each = np.repeat((WORDS_PER_KEYPOINT, _WORDS_OF_OTHERS), (first, len(projected) - first))
    voters = np.repeat(np.arange(len(projected), dtype=np.int32), each)
    return IndexQuery(
        words=words,
        codes=vocabulary.codes(projected[voters], words),
        voters=voters,
        geometry=np.concatenate([packed_geometry(d) for d in seen]),
        variants=np.repeat(np.arange(len(seen), dtype=np.uint8), [len(d) for d in seen]),
    )
