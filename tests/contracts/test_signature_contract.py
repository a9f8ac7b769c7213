"""What every implementation of the Signature seam keeps."""

import contextlib
import json

import numpy as np
import pytest

from tests.contracts.pictures import flat, picture, pixels
from udata_mediadb.recognition.colors import ColorsSignature
from udata_mediadb.recognition.match.signature import MatchSignature
from udata_mediadb.recognition.similarity import SimilaritySignature

IMPLEMENTATIONS = [MatchSignature, SimilaritySignature, ColorsSignature]


@pytest.fixture(params=IMPLEMENTATIONS, ids=lambda implementation: implementation.name)
def signature(request):
    return request.param()


def is_copy(comparison):
    """Accepted as showing the same; what merely looks alike may well be "similar"."""
    return comparison is not None and comparison.decision in ("clone", "match")


class TestSignatureContract:
    def test_has_a_name_and_a_version(self, signature):
        assert signature.name
        assert signature.version

    def test_a_picture_matches_itself_at_distance_zero(self, signature):
        description = signature.describe(picture(pixels(1)))
        comparison = signature.verify(description, description)
        assert comparison.accepted
        assert comparison.distance <= 0.01

    def test_the_same_picture_gives_the_same_description(self, signature):
        first, second = (signature.describe(picture(pixels(1))) for _ in range(2))
        assert first == second

    def test_loading_what_was_dumped_gives_the_same_description(self, signature):
        description = signature.describe(picture(pixels(2)))
        assert signature.loads(signature.dumps(description)) == description

    def test_a_kept_query_is_the_query(self, signature):
        query, stored = (
            signature.describe(picture(p)) for p in (pixels(1)[40:400, 90:], pixels(1))
        )
        kept = signature.loads(signature.dumps_query(query))
        assert kept == query
        assert signature.verify(kept, stored) == signature.verify(query, stored)

    def test_a_stored_query_may_have_its_picture_to_look_at(self, signature):
        shown = picture(pixels(1)[40:400, 90:])
        query, stored = signature.describe(shown), signature.describe(picture(pixels(1)))
        loaded = signature.loads(signature.dumps(query))
        for at_hand in (shown, None):
            seen = signature.with_pixels(loaded, lambda at_hand=at_hand: at_hand)
            assert seen == query
            assert is_copy(signature.verify(seen, stored)) == is_copy(
                signature.verify(query, stored)
            )

    def test_a_reloaded_description_compares_alike(self, signature):
        one, other = (signature.describe(picture(p)) for p in (pixels(1), pixels(1)[40:400, 90:]))
        reloaded = signature.loads(signature.dumps(one))
        assert signature.verify(other, reloaded) == signature.verify(other, one)

    @pytest.mark.parametrize("data", [b"", b"x", b"\x80\x04N.", b"\x00" * 100_000])
    def test_other_bytes_are_refused(self, signature, data):
        with pytest.raises(ValueError):
            signature.loads(data)

    @pytest.mark.parametrize("end", [10, -1])
    def test_truncated_bytes_are_refused(self, signature, end):
        data = signature.dumps(signature.describe(picture(pixels(1))))
        with pytest.raises(ValueError):
            signature.loads(data[:end])

    def test_damaged_bytes_never_give_another_error_than_a_value_error(self, signature):
        data = bytearray(signature.dumps(signature.describe(picture(pixels(1)))))
        rng = np.random.default_rng(0)
        for position in [*range(40), *rng.integers(0, len(data), 100)]:
            damaged = bytearray(data)
            damaged[position] ^= 0xFF
            with contextlib.suppress(ValueError):
                signature.loads(bytes(damaged))

    @pytest.mark.parametrize(
        "array",
        [
            np.zeros((1, 1, 3), np.uint8),
            np.full((1, 4000, 3), 255, np.uint8),
            np.full((3000, 2, 3), 7, np.uint8),
            pixels(3, 17, 900),
        ],
        ids=["one pixel", "a line", "a column", "a strip"],
    )
    def test_any_decoded_picture_can_be_described_and_compared(self, signature, array):
        poor = signature.describe(picture(array))
        rich = signature.describe(picture(pixels(1)))
        assert signature.loads(signature.dumps(poor)) == poor
        for query, reference in ((poor, rich), (rich, poor)):
            assert not is_copy(signature.verify(query, reference))

    def test_details_are_json(self, signature):
        query, reference = (signature.describe(picture(pixels(s))) for s in (1, 1))
        details = signature.verify(query, reference).details
        assert json.loads(json.dumps(details, allow_nan=False)) == details

    def test_two_blank_pictures_are_no_copies(self, signature):
        assert not is_copy(
            signature.verify(signature.describe(flat(255)), signature.describe(flat(254)))
        )
