"""Read the weights of a PyTorch file of the form used before version 1.6, without PyTorch.

The file is five pickles (magic number, protocol, system, parameters, order of the storages) and
then each storage as its length and its raw values. The unpickler builds what a table of weights
needs and nothing else, so that a pickle cannot run code.
"""

import collections
import pickle  # restricted below
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Weights = dict[str, NDArray[Any]]

_MAGIC = 0x1950A86A20F9469CFC6C  # torch.serialization.MAGIC_NUMBER
_PROTOCOL = 1001
_TYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


@dataclass
class _Storage:
    """Values that tensors look at; they stand at the end of the file."""

    dtype: np.dtype[Any]
    values: NDArray[Any] = field(default_factory=lambda: np.zeros(0))


@dataclass
class _Tensor:
    """A view on a storage, in elements."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self) -> NDArray[Any]:
        """A copy of the values. ValueError where the view leaves its storage."""
        last = self.offset + sum(
            step * (count - 1) for step, count in zip(self.strides, self.shape, strict=True)
        )
        if self.offset < 0 or min(self.strides, default=0) < 0 or last >= len(self.storage.values):
            raise ValueError(f"a tensor of shape {self.shape} leaves its storage")
        steps = [step * self.storage.dtype.itemsize for step in self.strides]
        values = self.storage.values[self.offset :]
        return np.lib.stride_tricks.as_strided(values, self.shape, steps).copy()


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Callable[..., Any]] = {
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): lambda *parts: _Tensor(*parts[:4]),
        }
        if (module, name) in known:
            return known[module, name]
        if module == "torch" and name in _TYPES:
            return _TYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a table of weights")

    def persistent_load(self, pid: Any) -> _Storage:
        _, dtype, key = pid[:3]
        return self.storages.setdefault(key, _Storage(dtype))


def read_weights(path: Path) -> Weights:
    """Parameters by name. ValueError or UnpicklingError for any other kind of file."""
    with path.open("rb") as file:
        if _Unpickler(file).load() != _MAGIC or _Unpickler(file).load() != _PROTOCOL:
            raise ValueError(f"{path.name} is not a PyTorch file of the old form")
        _Unpickler(file).load()  # byte order and sizes of the machine that wrote it
        unpickler = _Unpickler(file)
        tensors = unpickler.load()
        for key in _Unpickler(file).load():
            storage = unpickler.storages[key]
            (count,) = struct.unpack("<q", file.read(8))
            values = np.frombuffer(file.read(count * storage.dtype.itemsize), storage.dtype)
            if len(values) != count:
                raise ValueError(f"{path.name} is truncated")
            storage.values = values
    return {name: tensor.array() for name, tensor in tensors.items()}
