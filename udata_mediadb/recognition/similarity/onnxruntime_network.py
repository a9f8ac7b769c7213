"""Networks by onnxruntime; only to be imported where it is installed (the extra [onnx])."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from .encoder import BadEncoder
from .inputs import Blob
from .outputs import chosen_output


class OnnxRuntimeNetwork:
    """One thread per call, as requests are what runs side by side; calls may run at once."""

    def __init__(self, data: bytes, output: str | None, shape: tuple[int, ...]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        try:
            self._session = onnxruntime.InferenceSession(
                data, options, providers=["CPUExecutionProvider"]
            )
        except Exception as exc:  # its own classes have no public base
            raise BadEncoder(f"onnxruntime cannot read it: {exc}") from exc
        self._input = _checked_input(self._session.get_inputs(), shape)
        self._output = chosen_output([value.name for value in self._session.get_outputs()], output)

    def run(self, blob: Blob) -> NDArray[np.float32]:
        """The output for one input. BadEncoder where it does not run."""
        try:
            (values,) = self._session.run([self._output], {self._input: blob})
        except Exception as exc:
            raise BadEncoder(f"onnxruntime cannot run it: {exc}") from exc
        return np.asarray(values, np.float32)


def _checked_input(inputs: list[onnxruntime.NodeArg], shape: tuple[int, ...]) -> str:
    """The name of the only input; BadEncoder where it does not take numbers of this shape."""
    if len(inputs) != 1:
        names = ", ".join(one.name for one in inputs)
        raise BadEncoder(f"it has {len(inputs)} inputs: {names}; one is accepted")
    (found,) = inputs
    # a length is a number, or the name of one that may be any
    said = [length if isinstance(length, int) else None for length in found.shape]
    fits = len(said) == len(shape) and all(
        length in (None, wanted) for length, wanted in zip(said, shape, strict=True)
    )
    if not fits:
        shown = ", ".join("any" if length is None else str(length) for length in said)
        raise BadEncoder(f"its input {found.name} has shape ({shown}), {shape} is given")
    if found.type != _FLOAT32:
        raise BadEncoder(f"its input {found.name} takes {found.type}, {_FLOAT32} is given")
    return str(found.name)


_FLOAT32 = "tensor(float)"  # onnxruntime's name of it
_ERRORS_ONLY = 3  # onnxruntime's levels: 2 warns of every graph that it could optimise
