"""An ONNX network that can be run, by onnxruntime where it is installed, else by OpenCV."""

import threading
from importlib import import_module
from importlib.util import find_spec
from typing import Literal, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from .encoder import BadEncoder
from .inputs import Blob
from .outputs import chosen_output

# The extra [onnx]. Imported when a network is opened, not before: from 1.32 on its import starts a
# thread, and a worker that was forked after that (`gunicorn --preload`) aborts or hangs at its end.
HAS_ONNXRUNTIME = find_spec("onnxruntime") is not None
Runtime = Literal["onnxruntime", "opencv"]


class Network(Protocol):
    """Safe in threads."""

    def run(self, blob: Blob) -> NDArray[np.float32]:
        """The output for one input. BadEncoder where it does not run."""


def default_runtime() -> Runtime:
    """What runs networks here: onnxruntime takes 40 % of OpenCV's time for the same numbers."""
    return "onnxruntime" if HAS_ONNXRUNTIME else "opencv"


def require_onnxruntime() -> None:
    """BadEncoder where it is not installed."""
    if not HAS_ONNXRUNTIME:
        raise BadEncoder("onnxruntime is not installed: pip install 'udata-mediadb[onnx]'")


def open_network(
    data: bytes, output: str | None, runtime: Runtime, shape: tuple[int, ...]
) -> Network:
    """The network of an ONNX file's bytes; `output`: which one, None: its only one.

    BadEncoder where the bytes are no such network, the output is not there, or the input is of
    another shape; OpenCV does not see the last, so it is for a network that is known.
    """
    if runtime == "opencv":
        return OpenCVNetwork(data, output)
    require_onnxruntime()
    by_onnxruntime = import_module(".onnxruntime_network", __package__)
    network: Network = by_onnxruntime.OnnxRuntimeNetwork(data, output, shape)
    return network


class OpenCVNetwork:
    """By `cv2.dnn`, one picture at a time: its networks are not safe in threads.

    One network per thread would hold the weights once more for each; whoever wants pictures side by
    side has workers, or onnxruntime.
    """

    def __init__(self, data: bytes, output: str | None) -> None:
        self._lock = threading.Lock()
        try:
            self._net = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
            self._output = chosen_output(list(self._net.getUnconnectedOutLayersNames()), output)
        except cv2.error as exc:
            raise BadEncoder(f"OpenCV cannot read it: {_reason(exc)}") from exc

    def run(self, blob: Blob) -> NDArray[np.float32]:
        """The output for one input."""
        with self._lock:
            try:
                self._net.setInput(blob)
                # a copy: the network writes its next output into the same memory
                return np.array(self._net.forward(self._output), np.float32)
            except cv2.error as exc:
                raise BadEncoder(f"OpenCV cannot run it: {_reason(exc)}") from exc


def _reason(exc: cv2.error) -> str:
    """What went wrong, without OpenCV's own file and line; its binding's errors have them not."""
    return " ".join(str(getattr(exc, "err", exc)).split())
