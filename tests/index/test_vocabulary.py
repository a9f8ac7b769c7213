"""The shipped vocabulary, and files that are none."""

from pathlib import Path

import numpy as np
import pytest

from udata_mediadb.recognition.match.description import FEATURE_VERSION, MatchDescription
from udata_mediadb.recognition.match.inverted.vocabulary import KIND, SHIPPED, Vocabulary
from udata_mediadb.recognition.model_file import BadModelFile, load_model, save_model


def test_shipped_file_is_small_and_says_where_it_comes_from() -> None:
    _, about = load_model(SHIPPED, KIND)

    assert SHIPPED.stat().st_size <= 17_000_000
    assert about["feature_version"] <= FEATURE_VERSION
    assert sum(about["pictures"].values()) > 1000
    assert "licence" in about


def test_words_are_almost_always_the_nearest_of_all(
    vocabulary: Vocabulary, descriptions: list[MatchDescription]
) -> None:
    arrays, _ = load_model(SHIPPED, KIND)
    centres = arrays["centres"] * np.float32(arrays["step"])
    projected = vocabulary.project(descriptions[0].vectors[:100])
    apart = (centres**2).sum(axis=1) - 2 * projected @ centres.T

    found = vocabulary.nearest_words(projected, 3)
    nearest = np.argsort(apart, axis=1)[:, :3]
    assert np.mean(found[:, 0] == nearest[:, 0]) >= 0.95
    assert np.mean([len(set(a) & set(b)) for a, b in zip(found, nearest, strict=True)]) >= 2.7


def test_words_do_not_depend_on_the_company(
    vocabulary: Vocabulary, descriptions: list[MatchDescription]
) -> None:
    projected = vocabulary.project(np.concatenate([d.vectors for d in descriptions[:4]]))

    together = vocabulary.nearest_words(projected, 2)
    apart = np.concatenate([vocabulary.nearest_words(part, 2) for part in np.split(projected, [7])])
    assert np.mean(together == apart) >= 0.999  # products round differently in other shapes


def test_several_groups_have_the_words_that_each_has_alone(
    vocabulary: Vocabulary, descriptions: list[MatchDescription]
) -> None:
    projected = vocabulary.project(np.concatenate([d.vectors for d in descriptions[:3]]))
    groups = [(projected[:40], 3, 8), (projected[40:90], 1, 8), (projected[90:], 1, 4)]

    together = vocabulary.nearest_words_of(groups)
    for found, (vectors, count, probes) in zip(together, groups, strict=True):
        assert found.shape == (len(vectors), count)
        assert (found == vocabulary.nearest_words(vectors, count, probes)).all()


def test_codes_of_one_word_use_all_bits(
    vocabulary: Vocabulary, descriptions: list[MatchDescription]
) -> None:
    projected = vocabulary.project(np.concatenate([d.vectors for d in descriptions]))
    codes = vocabulary.codes(projected, vocabulary.nearest_words(projected, 1).ravel())

    bits = np.unpackbits(codes.view(np.uint8).reshape(-1, 8), axis=1)
    assert np.all(np.abs(bits.mean(axis=0) - 0.5) < 0.2)


def test_nothing_has_no_words(vocabulary: Vocabulary) -> None:
    projected = vocabulary.project(np.zeros((0, 64), np.float32))

    assert vocabulary.nearest_words(projected, 3).shape == (0, 3)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.npz"
    save_model(path, {"numbers": np.arange(100)}, {"kind": "numbers", "version": "1"})
    return path


def test_model_comes_back(model: Path) -> None:
    arrays, about = load_model(model, "numbers")

    np.testing.assert_array_equal(arrays["numbers"], np.arange(100))
    assert about["version"] == "1"


def test_python_objects_are_no_part_of_a_model(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="numbers holds Python objects"):
        save_model(tmp_path / "model.npz", {"numbers": np.array([None, {}])}, {"kind": "numbers"})

    assert not (tmp_path / "model.npz").exists()


def test_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadModelFile, match=r"no model file nothing\.npz"):
        load_model(tmp_path / "nothing.npz", "numbers")


def test_model_of_another_kind_is_refused(model: Path) -> None:
    with pytest.raises(BadModelFile, match="holds 'numbers', not 'words'"):
        load_model(model, "words")


@pytest.mark.parametrize("kept", [0, 10, 500, -30])
def test_truncated_model_is_refused(model: Path, kept: int) -> None:
    model.write_bytes(model.read_bytes()[:kept])

    with pytest.raises(BadModelFile, match="cannot be read"):
        load_model(model, "numbers")


def test_changed_model_is_refused(model: Path) -> None:
    arrays, about = load_model(model, "numbers")
    np.savez(
        model,
        about=np.frombuffer(str(about).replace("'", '"').encode(), np.uint8),
        numbers=arrays["numbers"] + 1,
    )

    with pytest.raises(BadModelFile, match="checksum is wrong"):
        load_model(model, "numbers")


def test_file_that_is_no_vocabulary_is_refused() -> None:
    arrays, about = load_model(SHIPPED, KIND)

    with pytest.raises(BadModelFile, match="format 0"):
        Vocabulary(arrays, {**about, "format": 0})
    with pytest.raises(BadModelFile, match="medians of a vocabulary"):
        Vocabulary({**arrays, "medians": arrays["medians"][:-1]}, about)
    with pytest.raises(BadModelFile, match="a vocabulary has"):
        Vocabulary({name: arrays[name] for name in arrays if name != "mean"}, about)
