"""EfficientNet-Lite0 up to its last feature map, as an ONNX graph with folded normalisation.

The stages are those of EfficientNet-B0 (Tan & Le 2019, Table 1), the Lite variant drops
squeeze-and-excitation and has ReLU6 for Swish.
"""

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch_weights import Weights

INPUT_PX = 224
INPUT, OUTPUT = "picture", "map"
CHANNELS = 1280
# per stage: blocks, stride of the first one
STAGES = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))
_EPSILON = 1e-3  # of the batch normalisation, TensorFlow's default, with which it was trained
_OPSET = 13
_IR_VERSION = 8  # what OpenCV 4.10 and onnxruntime 1.12 read


class _Graph:
    """Nodes and weights in the making; `side` is the width of the current feature map in px."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants = [_constant("zero", np.float32(0)), _constant("six", np.float32(6))]
        self.side = INPUT_PX

    def convolution(self, source: str, name: str, norm: str, *, stride: int = 1) -> str:
        """Convolution and normalisation in one; the name of its output."""
        kernel, bias = self.folded(name, norm)
        groups = kernel.shape[0] if kernel.shape[1] == 1 and "depthwise" in name else 1
        size = kernel.shape[2]
        before, after = self.padding(size, stride)
        self.constants += [_constant(f"{name}.w", kernel), _constant(f"{name}.b", bias)]
        node = helper.make_node(
            "Conv",
            [source, f"{name}.w", f"{name}.b"],
            [name],
            kernel_shape=[size, size],
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=groups,
        )
        self.nodes.append(node)
        return name

    def folded(self, name: str, norm: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Kernel and bias that do what the convolution and its normalisation do."""
        gamma, beta, mean, variance = (
            self.weights[f"{norm}.{part}"].astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gamma / np.sqrt(variance + _EPSILON)
        kernel = self.weights[f"{name}.weight"] * scale[:, None, None, None]
        return kernel.astype(np.float32), (beta - mean * scale).astype(np.float32)

    def padding(self, size: int, stride: int) -> tuple[int, int]:
        """TensorFlow's SAME: the odd pixel goes after."""
        side = -(-self.side // stride)
        total = max((side - 1) * stride + size - self.side, 0)
        self.side = side
        return total // 2, total - total // 2

    def relu6(self, source: str) -> str:
        self.nodes.append(helper.make_node("Clip", [source, "zero", "six"], [f"{source}.relu6"]))
        return f"{source}.relu6"

    def block(self, source: str, block: str, *, stride: int, residual: bool) -> str:
        """Inverted residual: expand, filter each channel, project (Sandler et al. 2018)."""
        current = source
        if f"{block}._expand_conv.weight" in self.weights:
            current = self.convolution(current, f"{block}._expand_conv", f"{block}._bn0")
            current = self.relu6(current)
        name = f"{block}._depthwise_conv"
        current = self.relu6(self.convolution(current, name, f"{block}._bn1", stride=stride))
        current = self.convolution(current, f"{block}._project_conv", f"{block}._bn2")
        if not residual:
            return current
        self.nodes.append(helper.make_node("Add", [current, source], [f"{block}.sum"]))
        return f"{block}.sum"


def build(weights: Weights) -> bytes:
    """The graph as an ONNX file: `picture` (1, 3, 224, 224) -> `map` (1, 1280, 7, 7) float32."""
    graph = _Graph(weights)
    current = graph.relu6(graph.convolution(INPUT, "_conv_stem", "_bn0", stride=2))
    number = 0
    for blocks, stride in STAGES:
        for position in range(blocks):
            first = position == 0
            current = graph.block(
                current, f"_blocks.{number}", stride=stride if first else 1, residual=not first
            )
            number += 1
    graph.relu6(graph.convolution(current, "_conv_head", "_bn1"))
    graph.nodes[-1].output[0] = OUTPUT
    made = helper.make_graph(
        graph.nodes,
        "efficientnet-lite0",
        [_value(INPUT, [1, 3, INPUT_PX, INPUT_PX])],
        [_value(OUTPUT, [1, CHANNELS, graph.side, graph.side])],
        graph.constants,
    )
    model = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION
    )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _constant(name: str, values: Any) -> TensorProto:
    return numpy_helper.from_array(np.asarray(values, np.float32), name)


def _value(name: str, shape: list[int]) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
