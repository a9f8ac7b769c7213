"""Small networks in ONNX files, seeded, for tests of a portal's own encoders."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIZE_PX = 64
CHANNELS = 8
MAP, TOKENS, VECTOR = "map", "tokens", "vector"
SHAPES: dict[str, list[int | str]] = {
    MAP: [1, CHANNELS, 2, 2],
    TOKENS: [1, 4, CHANNELS],
    VECTOR: [1, CHANNELS],
}


def write_network(path: Path, *outputs: str, seed: int = 0, scale: float = 0.01) -> Path:
    """A network on (1, 3, 64, 64) with these of the outputs `SHAPES`."""
    weights = np.random.default_rng(seed).normal(0, scale, (CHANNELS, 3, 32, 32))
    nodes = [
        helper.make_node(
            "Conv", ["picture", "weights"], [MAP], strides=[32, 32], kernel_shape=[32, 32]
        ),
        helper.make_node("Reshape", [MAP, "rows"], ["columns"]),
        helper.make_node("Transpose", ["columns"], [TOKENS], perm=[0, 2, 1]),
        helper.make_node("GlobalAveragePool", [MAP], ["average"]),
        helper.make_node("Flatten", ["average"], [VECTOR]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [_value("picture", [1, 3, SIZE_PX, SIZE_PX])],
        [_value(name, SHAPES[name]) for name in outputs],
        [
            numpy_helper.from_array(weights.astype(np.float32), "weights"),
            numpy_helper.from_array(np.array([1, CHANNELS, 4], np.int64), "rows"),
        ],
    )
    opset = [helper.make_opsetid("", 13)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return path


def write_average(
    path: Path, *, of: int = TensorProto.FLOAT, **inputs: tuple[int | str, ...]
) -> Path:
    """The mean over all places of the first of these inputs, by name; the others are not used."""
    graph = helper.make_graph(
        [helper.make_node("GlobalAveragePool", ["picture"], [MAP])],
        "average",
        [_value(name, list(shape), of) for name, shape in inputs.items()],
        [_value(MAP, [1, inputs["picture"][1], 1, 1], of)],
    )
    opset = [helper.make_opsetid("", 13)]
    path.write_bytes(
        helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    )
    return path


def _value(name: str, shape: list[int | str], of: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, of, shape)
