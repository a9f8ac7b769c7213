"""What goes over a door: arrays as they are, nothing packed, nothing pickled, nothing too large."""

import io
import pickle
import random
import zipfile

import numpy as np
import pytest

from udata_mediadb.indexing.shards import wire
from udata_mediadb.indexing.shards.asking import Answer, Ask, read_answer, read_ask
from udata_mediadb.indexing.shards.wire import BadBody
from udata_mediadb.recognition.match.inverted.questions import packed, question_of, unpacked

from ..indexing.kinds import keypoints, vector_segments, vocabulary

ASK = Ask("a" * 32, "match@1", "test-1", 5, 7, {"words": np.arange(3)}, np.array([b"x" * 16]))


def test_a_question_is_read_as_it_was_written() -> None:
    read = read_ask(ASK.written())

    assert (read.application, read.signature, read.k, read.seq) == ("a" * 32, "match@1", 5, 7)
    assert read.questions["words"].tolist() == [0, 1, 2]
    assert read.allowed is not None
    assert read.allowed.tolist() == [b"x" * 16]


def test_ids_that_end_with_zeros_stay_whole() -> None:
    keys = np.frombuffer(b"\1" + bytes(15) + b"\2" * 16, "S16")
    lists = read_answer(Answer([(keys, np.array([2.0, 1.0]))]).written()).lists

    assert lists[0][0].tolist() == keys.tolist()
    assert lists[0][1].tolist() == [2.0, 1.0]


def test_no_pickle_is_read() -> None:
    buffer = io.BytesIO()
    np.savez(buffer, facts=np.array([{"k": 1}], object))
    for body in (buffer.getvalue(), pickle.dumps({"k": 1})):
        with pytest.raises(BadBody):
            wire.read(body)


def test_packed_arrays_are_refused_before_they_are_unpacked() -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, facts=np.zeros(1 << 20, np.uint8))
    assert len(buffer.getvalue()) < 10_000
    with pytest.raises(BadBody):
        wire.read(buffer.getvalue())


def test_what_says_that_it_is_large_is_refused() -> None:
    body = ASK.written()
    with pytest.raises(BadBody):
        wire.read(body, len(body) - 1)
    head = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little")
    told = "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999,), }"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("facts.npy", head + told.ljust(117).encode() + b"\n")
    with pytest.raises(BadBody):
        wire.read(buffer.getvalue())


def test_whatever_is_changed_in_a_body_breaks_nothing() -> None:
    """Each answer is an error of ours or a question; nothing else is raised."""
    chance, body = random.Random(3), ASK.written()
    for _ in range(3000):
        changed = bytearray(body)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        try:
            read_ask(bytes(changed[: chance.randint(1, len(changed))]))
            read_ask(bytes(changed))
        except BadBody:
            continue


def test_a_match_question_is_read_as_it_was_packed() -> None:
    asked = [question_of(vocabulary(), keypoints(seed)) for seed in (1, 2)]
    read = unpacked(packed(asked), len(vocabulary()))

    for one, other in zip(asked, read, strict=True):
        assert one.query is not None
        assert other.query is not None
        for name, column in vars(one.query).items():
            assert np.array_equal(column, getattr(other.query, name)), name
        assert np.array_equal(one.whole.codes, other.whole.codes)


@pytest.mark.parametrize("name", ["words", "codes", "voters", "geometry", "variants", "counts"])
def test_columns_that_do_not_fit_are_refused(name: str) -> None:
    """An index would read beyond its memory."""
    arrays = packed([question_of(vocabulary(), keypoints(1))])
    bad = [arrays[name][:-1], arrays[name].astype(np.float64)]
    if name in ("words", "voters", "counts"):
        bad += [arrays[name] + 10**4, arrays[name] - 10**4]
    for changed in bad:
        with pytest.raises(ValueError, match=r"."):
            unpacked({**arrays, name: changed}, len(vocabulary()))


def test_vectors_of_another_dimension_are_refused() -> None:
    segments = vector_segments()
    arrays = dict(segments.packed([np.ones(24, np.float32)]))
    assert segments.unpacked(arrays)[0].shape[1] == 24
    for changed in (arrays["vectors"][:, :-1], arrays["vectors"] * np.inf, np.zeros(3)):
        with pytest.raises(ValueError, match=r"."):
            segments.unpacked({**arrays, "vectors": changed})
