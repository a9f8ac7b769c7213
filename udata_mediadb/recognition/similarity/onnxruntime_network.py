"""Networks by onnxruntime; only to be imported where it is installed (the extra [onnx])."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from .encoder import BadEncoder
from .inputs import Blob
from .outputs import chosen_output


class OnnxRuntimeNetwork:
    """One thread per call, as requests are what runs side by side; calls may run at once."""

    def __init__(self, data: bytes, output: str | None) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        try:
            self._session = onnxruntime.InferenceSession(
                data, options, providers=["CPUExecutionProvider"]
            )
        except Exception as exc:  # its own classes have no public base
            raise BadEncoder(f"onnxruntime cannot read it: {exc}") from exc
        self._input = self._session.get_inputs()[0].name
        self._output = chosen_output([value.name for value in self._session.get_outputs()], output)

    def run(self, blob: Blob) -> NDArray[np.float32]:
        """The output for one input. BadEncoder where it does not run."""
        try:
            (values,) = self._session.run([self._output], {self._input: blob})
        except Exception as exc:
            raise BadEncoder(f"onnxruntime cannot run it: {exc}") from exc
        return np.asarray(values, np.float32)


_ERRORS_ONLY = 3  # onnxruntime's levels: 2 warns of every graph that it could optimise
