"""The shipped encoder and a portal's own: what is read, and what is refused with which words."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from onnx import TensorProto

from tests.contracts.pictures import picture, pixels
from tests.onnx_files import (
    CHANNELS,
    MAP,
    SIZE_PX,
    TOKENS,
    VECTOR,
    write_average,
    write_network,
)
from udata_mediadb.recognition.similarity import (
    BadEncoder,
    OnnxEncoder,
    encoder_from_settings,
    shipped_encoder,
)
from udata_mediadb.recognition.similarity.networks import HAS_ONNXRUNTIME
from udata_mediadb.recognition.similarity.pooling import unit
from udata_mediadb.recognition.similarity.shipped import MODEL

RUNTIMES = ["opencv", "onnxruntime"] if HAS_ONNXRUNTIME else ["opencv"]
PICTURE = picture(pixels(1))


@pytest.fixture
def model(tmp_path):
    """A copy of the shipped model that a test may damage."""
    return shutil.copytree(MODEL, tmp_path / "model")


def damage(path, position=-100):
    data = bytearray(path.read_bytes())
    data[position] ^= 0xFF
    path.write_bytes(data)


@pytest.fixture
def network(tmp_path):
    return write_network(tmp_path / "own.onnx", MAP)


def own(path, **changes):
    arguments = {"size": SIZE_PX, "mean": (127.0,) * 3, "std": (64.0,) * 3, "pooling": "mean"}
    return OnnxEncoder(path, **{**arguments, "dimension": CHANNELS, **changes})


class TestShippedEncoder:
    def test_works_and_says_where_it_comes_from(self):
        shipped_encoder().check()

        about = json.loads((MODEL / "about.json").read_text())
        assert about["licence"] == "Apache-2.0"
        assert about["source"] in (MODEL / "NOTICE").read_text().replace(" 0.1.0", "==0.1.0")
        assert "Apache License" in (MODEL / "LICENSE").read_text()

    @pytest.mark.parametrize("runtime", RUNTIMES)
    def test_a_damaged_network_is_refused_when_it_is_checked(self, model, runtime):
        damage(model / "lite0.onnx")

        with pytest.raises(BadEncoder, match=r"lite0\.onnx.*damaged"):
            shipped_encoder(runtime, model).check()

    @pytest.mark.parametrize("name", ["lite0.onnx", "lite0-projection.npy", "about.json"])
    def test_a_missing_file_is_told_at_once(self, model, name):
        (model / name).unlink()

        with pytest.raises(BadEncoder, match=name):
            shipped_encoder(model=model)

    @pytest.mark.parametrize("name", ["lite0-projection.npy", "about.json"])
    def test_damage_to_the_small_files_is_told_at_once(self, model, name):
        damage(model / name, 0)

        with pytest.raises(BadEncoder, match=name):
            shipped_encoder(model=model)


class TestOwnEncoder:
    @pytest.mark.parametrize(
        ("output", "pooling"),
        [(MAP, "gem"), (MAP, "mean"), (TOKENS, "mean"), (TOKENS, "cls"), (VECTOR, "none")],
    )
    def test_every_output_has_its_pooling(self, tmp_path, output, pooling):
        encoder = own(write_network(tmp_path / "own.onnx", output), pooling=pooling)

        encoder.check()

        vector = encoder.encode(PICTURE)
        assert vector.shape == (CHANNELS,)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)

    def test_means_of_map_and_tokens_are_the_same(self, tmp_path):
        path = write_network(tmp_path / "own.onnx", MAP, TOKENS, VECTOR)
        readings = [(MAP, "mean"), (TOKENS, "mean"), (VECTOR, "none")]

        vectors = [own(path, output=o, pooling=p).encode(PICTURE) for o, p in readings]

        np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)
        np.testing.assert_allclose(vectors[0], vectors[2], atol=1e-5)

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"dimension": 9}, "8 numbers instead of 9"),
            ({"pooling": "cls"}, r"shape \(1, 8, 2, 2\).*'cls'"),
            ({"pooling": "none"}, r"shape \(1, 8, 2, 2\)"),
            ({"output": "logits"}, "no output 'logits', but map"),
        ],
    )
    def test_another_shape_than_said_is_told_when_it_is_checked(self, network, changes, why):
        with pytest.raises(BadEncoder, match=why):
            own(network, **changes).check()

    def test_of_several_outputs_one_has_to_be_named(self, tmp_path):
        path = write_network(tmp_path / "own.onnx", MAP, VECTOR)

        with pytest.raises(BadEncoder, match="several outputs, name one of map, vector"):
            own(path).check()

    @pytest.mark.parametrize(
        "spoil",
        [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: b"not a network"],
        ids=["empty", "truncated", "text"],
    )
    def test_a_file_that_is_no_network_is_told_when_it_is_checked(self, network, spoil):
        network.write_bytes(spoil(network.read_bytes()))

        with pytest.raises(BadEncoder, match=r"own\.onnx"):
            own(network).check()

    @pytest.mark.parametrize(
        ("shape", "why"),
        [
            ((1, 1, 64, 64), r"picture has shape \(1, 1, 64, 64\), \(1, 3, 64, 64\) is given"),
            ((1, 3, 96, 96), r"\(1, 3, 96, 96\)"),
            ((1, 64, 64, 3), r"\(1, 64, 64, 3\)"),
            ((2, 3, 64, 64), r"\(2, 3, 64, 64\)"),
            ((1, 77), r"\(1, 77\)"),
        ],
        ids=["grey", "larger", "channels last", "two at once", "text"],
    )
    def test_another_input_than_given_is_told_when_it_is_checked(self, tmp_path, shape, why):
        path = write_average(tmp_path / "own.onnx", picture=shape)

        with pytest.raises(BadEncoder, match=why):
            own(path, pooling="none").check()

    def test_two_inputs_are_refused(self, tmp_path):
        shape = (1, 3, SIZE_PX, SIZE_PX)
        path = write_average(tmp_path / "own.onnx", picture=shape, mask=shape)

        with pytest.raises(BadEncoder, match="2 inputs: picture, mask; one is accepted"):
            own(path).check()

    def test_other_numbers_than_given_are_told_when_it_is_checked(self, tmp_path):
        shape = (1, 3, SIZE_PX, SIZE_PX)
        path = write_average(tmp_path / "own.onnx", of=TensorProto.FLOAT16, picture=shape)

        with pytest.raises(BadEncoder, match=r"takes tensor\(float16\)"):
            own(path, pooling="none").check()

    def test_an_input_of_any_size_takes_this_one(self, tmp_path):
        path = write_average(tmp_path / "own.onnx", picture=("n", 3, "h", "w"))

        assert own(path, dimension=3).encode(PICTURE).shape == (3,)

    def test_a_file_that_changed_since_the_start_is_refused(self, network):
        encoder = own(network)
        write_network(network, MAP, seed=1)

        with pytest.raises(BadEncoder, match="was changed"):
            encoder.encode(PICTURE)

    def test_numbers_that_are_not_finite_are_refused(self, tmp_path):
        path = write_network(tmp_path / "own.onnx", MAP, scale=1e37)

        with pytest.raises(BadEncoder, match="not finite"):
            own(path).encode(PICTURE)


def test_an_own_encoder_says_that_it_needs_onnxruntime(network):
    code = (
        "import sys; sys.modules['onnxruntime'] = None\n"
        "from udata_mediadb.recognition.similarity import BadEncoder, encoder_from_settings\n"
        "encoder_from_settings(None).check()\n"
        f"try: encoder_from_settings({{'path': {str(network)!r}, 'dimension': 8}})\n"
        "except BadEncoder as exc: print(exc)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "pip install 'udata-mediadb[onnx]'" in done.stdout


def test_the_id_is_that_of_file_and_settings(network, tmp_path):
    copy = shutil.copy(network, tmp_path / "copy.onnx")
    other = write_network(tmp_path / "other.onnx", MAP, seed=1)

    assert own(network).id == own(copy).id
    assert own(network).id.startswith("onnx-")
    assert len({own(p).id for p in (network, other)}) == 2
    assert own(network).id != own(network, std=(63.0,) * 3).id
    assert own(network).id != own(network, pooling="gem").id
    assert own(network, id="mine-v1").id == "mine-v1"


def test_a_missing_file_is_told_when_the_encoder_is_made(tmp_path):
    with pytest.raises(BadEncoder, match=r"no encoder gone\.onnx"):
        own(tmp_path / "gone.onnx")


def test_no_setting_means_the_shipped_encoder():
    assert encoder_from_settings(None).id == shipped_encoder().id


def test_a_setting_names_an_encoder(network):
    setting = {"path": str(network), "size": SIZE_PX, "pooling": "gem", "dimension": CHANNELS}

    encoder = encoder_from_settings(setting)

    encoder.check()
    assert encoder.dimension == CHANNELS
    assert encoder_from_settings({**setting, "id": "mine"}).id == "mine"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sizes": 3}, "unknown: sizes; accepted are path, dimension, size"),
        ({"path": None}, "path is None"),
        ({"path": "/nowhere/own.onnx"}, r"no encoder own\.onnx"),
        ({"path": "."}, "cannot be read"),
        ({"dimension": "8"}, "dimension is '8'; a whole number"),
        ({"dimension": 0}, "dimension is 0; 1 to"),
        ({"dimension": True}, "dimension is True"),
        ({"size": 0}, "size is 0 px"),
        ({"size": 100_000}, "size is 100000 px"),
        ({"pooling": "max"}, "pooling is 'max'; one of gem, mean, cls, none"),
        ({"pooling": ["gem"]}, "pooling is"),
        ({"mean": (1, 2)}, "mean is"),
        ({"mean": "127"}, "mean is '127'"),
        ({"mean": float("nan")}, "finite"),
        ({"std": (0.229, 0.224, 0.225)}, "0.229 is 58.395"),
        ({"std": 0}, "units of 0..255"),
        ({"output": 3}, "output is 3"),
        ({"id": ""}, "id is ''"),
        ({"sha256": 3}, "sha256 is 3"),
    ],
)
def test_wrong_settings_are_refused_with_what_is_accepted(network, changes, why):
    setting = {"path": str(network), "dimension": CHANNELS, **changes}

    with pytest.raises(BadEncoder, match=why):
        encoder_from_settings(setting)


def test_a_setting_with_a_checksum_refuses_another_file(network):
    encoder = encoder_from_settings(
        {"path": network, "dimension": CHANNELS, "size": SIZE_PX, "sha256": 64 * "0"}
    )

    with pytest.raises(BadEncoder, match="SHA-256 is wrong"):
        encoder.check()


@pytest.mark.parametrize("setting", ["own.onnx", 3, []])
def test_a_setting_that_is_no_mapping_is_refused(setting):
    with pytest.raises(BadEncoder, match="mapping with a path"):
        encoder_from_settings(setting)


@pytest.mark.parametrize("missing", ["path", "dimension"])
def test_a_setting_without_path_or_dimension_is_refused(network, missing):
    setting = {"path": str(network), "dimension": CHANNELS}
    del setting[missing]

    with pytest.raises(BadEncoder, match=f"needs its {missing}"):
        encoder_from_settings(setting)


def test_a_vector_without_direction_becomes_one_of_equal_parts():
    np.testing.assert_allclose(unit(np.zeros(4)), np.full(4, 0.5))
    np.testing.assert_allclose(unit(np.array([np.nan, 3.0])), [0, 1])
