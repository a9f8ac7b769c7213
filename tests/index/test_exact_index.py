"""The exact index: copies reach the shortlist, mirrored and negative ones too."""

import numpy as np
import pytest

from tests.contracts.pictures import picture, pixels
from udata_mediadb.recognition.exact import ExactIndex
from udata_mediadb.recognition.match.permutations import FOLDED_DIMENSIONS
from udata_mediadb.recognition.match.signature import MatchSignature
from udata_mediadb.recognition.match.votes import voting_vectors

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stored():
    signature = MatchSignature()
    index = ExactIndex(voting_vectors)
    index.add(range(60), [signature.describe(picture(pixels(s, 400, 300))) for s in range(60)])
    return index


@pytest.mark.parametrize(
    "attack",
    [
        lambda p: p[60:220, 80:300],
        lambda p: p[:, ::-1],
        lambda p: p[::-1],
        lambda p: 255 - p,
        lambda p: 255 - p[:, ::-1],
        np.rot90,
    ],
    ids=["crop", "mirrored", "upside down", "negative", "mirrored negative", "turned"],
)
def test_an_attacked_copy_is_first_in_the_shortlist(stored, attack):
    query = MatchSignature().describe(picture(attack(pixels(17, 400, 300))))
    assert stored.shortlist(query, 3)[0][0] == 17


def test_voting_vectors_have_unit_length():
    vectors = voting_vectors(MatchSignature().describe(picture(pixels(1))))
    assert vectors.shape[1] == FOLDED_DIMENSIONS == 32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
