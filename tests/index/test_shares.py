"""However its images are spread over shares, an index answers the same list to the last place."""

from collections.abc import Sequence

import numpy as np
import pytest

from udata_mediadb.recognition.match.description import MatchDescription
from udata_mediadb.recognition.match.inverted.index import InvertedIndex
from udata_mediadb.recognition.match.inverted.shares import idf_of, ranked
from udata_mediadb.recognition.match.inverted.vocabulary import Vocabulary
from udata_mediadb.recognition.segments.id_sets import id_set

from ..indexing.kinds import keypoints
from ..indexing.kinds import vocabulary as small_vocabulary

PICTURES = 240
SEEDS = range(6)


def by_shares(
    shares: Sequence[InvertedIndex],
    description: MatchDescription,
    k: int,
    allowed: list[int] | None,
) -> list[tuple[int, float]]:
    """As a search over several machines does it."""
    filled = [share for share in shares if len(share)]
    if not filled:
        return []
    images = sum(map(len, filled))
    idf = idf_of(images, np.sum([share.postings_by_word for share in filled], axis=0))
    wanted = None if allowed is None else id_set(allowed)
    return ranked(filled, shares[0].question_of(description), k, wanted, idf)


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_answer_as_one_index(seed: int) -> None:
    """Made-up pictures, many of them twice; random splits, additions, deletions and filters."""
    chance = np.random.default_rng(seed)
    vocabulary = small_vocabulary()
    one = InvertedIndex(vocabulary)
    shares = [InvertedIndex(vocabulary) for _ in range(chance.integers(1, 7))]
    home = chance.integers(0, len(shares), PICTURES)
    shown = chance.integers(0, PICTURES // 2, PICTURES)  # equal pictures have equal scores
    for start in range(0, PICTURES, 40):
        ids = list(range(start, start + 40))
        one.add(ids, [keypoints(int(shown[i])) for i in ids])
        for number, share in enumerate(shares):
            mine = [i for i in ids if home[i] == number]
            share.add(mine, [keypoints(int(shown[i])) for i in mine])
    gone = chance.choice(PICTURES, 50, replace=False).tolist()
    for index in (one, *shares):
        index.discard(gone)

    for asked in chance.integers(0, PICTURES, 20).tolist():
        allowed = chance.choice(PICTURES, 90, replace=False).tolist() if asked % 2 else None
        k = int(chance.integers(1, 120))
        query = keypoints(int(shown[asked]))
        wanted = None if allowed is None else np.array(allowed, np.uint32)
        assert by_shares(shares, query, k, allowed) == one.shortlist(query, k, wanted)


def test_real_pictures_too(
    descriptions: list[MatchDescription], blank: MatchDescription, vocabulary: Vocabulary
) -> None:
    one = InvertedIndex(vocabulary)
    shares = [InvertedIndex(vocabulary) for _ in range(3)]
    every = [*descriptions, blank, *descriptions[:5]]
    for number, description in enumerate(every):
        one.add([number], [description])
        shares[number % 3].add([number], [description])

    for description in every:
        found = one.shortlist(description, 20)
        assert found
        assert by_shares(shares, description, 20, None) == found


def test_one_round_with_local_counts_would_not_do(
    descriptions: list[MatchDescription], vocabulary: Vocabulary
) -> None:
    """What the second round is for: each share alone gives other scores."""
    one = InvertedIndex(vocabulary)
    shares = [InvertedIndex(vocabulary) for _ in range(3)]
    for number, description in enumerate(descriptions):
        one.add([number], [description])
        shares[number % 3].add([number], [description])
    alone = sorted(pair for share in shares for pair in share.shortlist(descriptions[0], 20))
    assert alone != sorted(one.shortlist(descriptions[0], 20))
