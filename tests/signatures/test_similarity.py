"""The similarity signature on drawn and real pictures: what is like what, and what never fails."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests import images
from tests.contracts.pictures import flat, picture, pixels
from udata_mediadb.imaging import decode
from udata_mediadb.recognition.registry import new_registry
from udata_mediadb.recognition.similarity import OnnxEncoder, SimilaritySignature, shipped_encoder
from udata_mediadb.recognition.similarity.description import SimilarityDescription
from udata_mediadb.recognition.similarity.networks import HAS_ONNXRUNTIME
from udata_mediadb.recognition.similarity.signature import MAX_DISTANCE, similarity_confidence

SIGNATURE = SimilaritySignature()
CALTECH = Path(__file__).parents[3] / "shared" / "data" / "caltech"
RUNTIMES = ["opencv", "onnxruntime"] if HAS_ONNXRUNTIME else ["opencv"]


class Negated:
    """An encoder of the same dimension with another id."""

    id = "negated"
    dimension = SIGNATURE.dimension

    def encode(self, picture):
        return -SIGNATURE.encoder.encode(picture)

    def check(self):
        """Always works."""


class Short(Negated):
    """An encoder of another dimension."""

    id = SIGNATURE.version
    dimension = 3

    def encode(self, picture):
        return np.array([1, 0, 0], np.float32)


def describe(array):
    return SIGNATURE.describe(picture(array))


def verify(query, reference):
    return SIGNATURE.verify(describe(query), describe(reference))


def read(path):
    return decode(path.read_bytes(), max_pixels=10_000_000, side=1024)


@pytest.mark.parametrize(
    "alter",
    [
        lambda array: array[:, ::-1],
        lambda array: cv2.resize(array, (320, 240), interpolation=cv2.INTER_AREA),
        lambda array: array[24:-24, 32:-32],
        lambda array: array // 2,
    ],
    ids=["mirrored", "reduced", "cropped", "darker"],
)
def test_an_altered_picture_is_similar(alter):
    comparison = verify(alter(pixels(1)), pixels(1))

    assert comparison.decision == "similar"
    assert comparison.accepted


def test_a_picture_of_something_else_is_refused_by_its_distance():
    rings = np.full((480, 640, 3), 255, np.uint8)
    for radius in range(20, 220, 20):
        cv2.circle(rings, (320, 240), radius, (0, 0, 0), 2)

    comparison = verify(rings, pixels(1))

    assert comparison.decision == "rejected_distance"
    assert not comparison.accepted
    assert comparison.distance > MAX_DISTANCE


@pytest.mark.skipif(not CALTECH.is_dir(), reason="needs ../shared/data/caltech")
def test_photographs_of_one_kind_are_nearer_than_others():
    kinds = ["airplanes", "dalmatian", "minaret", "laptop"]
    paths = [path for kind in kinds for path in sorted((CALTECH / kind).glob("*.jpg"))[:4]]
    vectors = np.array([SIGNATURE.describe(read(path)).vector for path in paths])
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -1)

    nearest = scores.argmax(axis=1)

    assert [paths[i].parent for i in nearest] == [path.parent for path in paths]


@pytest.mark.parametrize(
    "data",
    [
        images.encoded(np.full((1, 1, 3), 9, np.uint8), "PNG"),
        images.encoded(np.full((300, 400, 3), (26, 79, 138), np.uint8), "PNG"),
        images.encoded(np.full((300, 400, 3), (26, 79, 138), np.uint8), "JPEG", quality=30),
        images.encoded(Image.new("RGBA", (200, 200), (255, 0, 0, 0)), "PNG"),
        images.encoded(pixels(1, 10_000, 3), "PNG"),
        images.encoded(pixels(1, 3, 10_000), "PNG"),
    ],
    ids=["1 x 1", "flat", "flat JPEG", "transparent", "10,000 x 3", "3 x 10,000"],
)
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_every_picture_has_a_finite_vector_of_length_one(runtime, data):
    signature = SimilaritySignature(shipped_encoder(runtime))

    vectors = signature.vectors(signature.describe(decode(data, max_pixels=10**6, side=1024)))

    assert vectors.shape == (1, signature.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors) == pytest.approx(1, abs=1e-5)


def test_a_flat_picture_looks_like_nothing():
    assert SIGNATURE.verify(SIGNATURE.describe(flat(200)), SIGNATURE.describe(flat(200))) is None
    assert SIGNATURE.verify(SIGNATURE.describe(flat(200)), describe(pixels(1))) is None


def test_a_picture_that_is_flat_but_for_a_spot_is_not_flat():
    spotted = np.full((300, 400, 3), 250, np.uint8)
    spotted[101:107, 203:209] = 0

    assert verify(spotted, spotted).accepted


def test_pale_content_is_not_flat():
    pale = np.full((300, 400, 3), 250, np.uint8)
    cv2.circle(pale, (200, 150), 100, (238, 238, 238), -1)

    assert verify(pale, pale).accepted


def test_a_stored_vector_is_the_encoders_up_to_rounding():
    exact = SIGNATURE.encoder.encode(picture(pixels(3)))

    stored = SIGNATURE.loads(SIGNATURE.dumps(describe(pixels(3)))).vector

    assert len(SIGNATURE.dumps(describe(pixels(3)))) == 16 + 2 * SIGNATURE.dimension
    assert float(exact @ stored) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("encoder", "why"), [(Negated(), "another encoder"), (Short(), "vector of 3 numbers")]
)
def test_vectors_of_another_encoder_are_refused(encoder, why):
    other = SimilaritySignature(encoder)
    description = other.describe(picture(pixels(1)))

    with pytest.raises(ValueError, match=why):
        SIGNATURE.loads(other.dumps(description))


def test_descriptions_of_two_encoders_do_not_compare():
    other = SimilaritySignature(Negated())

    with pytest.raises(ValueError, match="do not compare"):
        SIGNATURE.verify(describe(pixels(1)), other.describe(picture(pixels(1))))


def test_the_version_is_the_encoders_id():
    assert SIGNATURE.version == shipped_encoder().id
    assert SimilaritySignature(Negated()).version == "negated"


def test_opposite_directions_are_at_distance_one():
    signature = SimilaritySignature(Negated())
    one = signature.describe(picture(pixels(1)))
    turned = type(one)(one.encoder, -one.components, blank=False)

    assert signature.verify(one, turned).distance == 1
    assert signature.verify(one, turned).details["confidence"] == 0


def test_confidence_falls_with_the_distance_and_is_half_near_the_cut():
    steps = [similarity_confidence(distance) for distance in np.linspace(0, 1, 101)]

    assert steps[0] == 1
    assert steps[-1] == 0
    assert steps == sorted(steps, reverse=True)
    assert similarity_confidence(MAX_DISTANCE) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_threads_get_the_vectors_of_their_own_pictures(runtime):
    encoder: OnnxEncoder = shipped_encoder(runtime)
    pictures = [picture(pixels(seed, 160, 120)) for seed in range(6)]

    with ThreadPoolExecutor(4) as pool:
        vectors = list(pool.map(encoder.encode, pictures * 3))

    for position, vector in enumerate(vectors):
        np.testing.assert_allclose(vector, encoder.encode(pictures[position % 6]), atol=1e-6)


@pytest.mark.skipif(not HAS_ONNXRUNTIME, reason="needs onnxruntime")
@pytest.mark.parametrize("seed", range(4))
def test_onnxruntime_gives_the_same_vectors_as_opencv(seed):
    both = [shipped_encoder(runtime).encode(picture(pixels(seed))) for runtime in RUNTIMES]

    np.testing.assert_allclose(*both, atol=1e-3)
    assert shipped_encoder("opencv").id == shipped_encoder("onnxruntime").id


@pytest.mark.parametrize("alone", [False, True])
def test_what_an_index_holds_for_hopeless_is_accepted_by_none(*, alone):
    signature = SIGNATURE.asked(min_box=None, every=False, alone=alone)
    towards, across = np.linalg.qr(np.random.default_rng(4).normal(size=(signature.dimension, 2)))[
        0
    ].T
    query, *stored = [
        SimilarityDescription(
            signature.version,
            (cosine * towards + np.sqrt(1 - cosine**2) * across).astype(np.float16),
            blank=False,
        )
        for cosine in (1.0, *np.linspace(0.3, 0.5, 201), *np.linspace(-0.2, 0.2, 41))
    ]
    index = new_registry()["similarity"].new_index()
    index.add(range(len(stored)), stored)

    found = dict(index.shortlist(query, len(stored)))
    assert len(found) == len(stored)
    hopeless = {one for one, score in found.items() if score < signature.hopeless_below}
    accepted = {
        one for one, reference in enumerate(stored) if signature.verify(query, reference).accepted
    }
    assert not hopeless & accepted
    assert len(hopeless) + len(accepted) > len(stored) - 20  # those near the cut are compared
    assert bool(hopeless) is not alone
