"""Any network in an ONNX file as an encoder."""

import hashlib
import math
import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...imaging import Picture
from .encoder import BadEncoder, Vector
from .inputs import Channels, network_input
from .networks import Network, Runtime, open_network, require_onnxruntime
from .pooling import POOLINGS, Pooling, pooled, unit

_MAX_SIZE_PX = 2048  # decoded pictures are smaller
_MAX_DIMENSION = 16_384


class OnnxEncoder:
    """A network, its input, and how its output becomes a vector.

    The network is loaded when it is first asked and then kept: some 60 MB for the shipped one. May
    be shared by threads, and used before a fork and after it (tried on Linux with both runtimes).
    """

    def __init__(
        self,
        path: Path,
        *,
        size: int,
        mean: Channels,
        std: Channels,
        dimension: int,
        output: str | None = None,
        pooling: Pooling = "none",
        id: str | None = None,  # the word of the seam
        sha256: str | None = None,
        projection: NDArray[np.float32] | None = None,
        runtime: Runtime = "onnxruntime",
    ) -> None:
        """Raises BadEncoder where the file is missing or an argument is impossible.

        `size`: side of the square input, px; `mean`, `std`: per channel (RGB), in units of 0..255;
        `output`, `pooling`: which output, and what is made of it (pooling.py); `dimension`: length
        of the vector, and of what pooling gives where there is no `projection` (dimension, n);
        `id`: made of the file and all these where it is not given; `sha256`: of the file, else
        that of now; `runtime`: OpenCV only for a network that is known to be as said here.
        """
        self.path = path
        self.dimension = dimension
        self._size, self._mean, self._std = size, mean, std
        self._output, self._pooling = output, pooling
        self._projection = projection
        self._runtime: Runtime = runtime
        self._lock = threading.Lock()
        self._network: Network | None = None
        self._check_arguments()
        if sha256 is None:
            sha256 = hashlib.sha256(self._read()).hexdigest()
        elif not path.is_file():
            raise BadEncoder(f"there is no encoder {path.name}")
        self._sha256 = sha256
        self.id = id or self._made_id()

    def encode(self, picture: Picture) -> Vector:
        """(dimension,) float32 of length 1, finite for every picture; BadEncoder if it fails."""
        blob = network_input(picture.pixels, self._size, self._mean, self._std)
        try:
            vector = pooled(self._loaded().run(blob), self._pooling)
        except BadEncoder as exc:
            raise BadEncoder(f"encoder {self.path.name}: {exc}") from exc
        expected = self.dimension if self._projection is None else self._projection.shape[1]
        if len(vector) != expected:
            raise BadEncoder(
                f"encoder {self.path.name} gives {len(vector)} numbers instead of {expected}"
            )
        return unit(vector if self._projection is None else self._projection @ unit(vector))

    def check(self) -> None:
        """Load it and try it out. BadEncoder where file, network or output are not as said."""
        grey = np.full((1, 1, 3), 127, np.uint8)
        self.encode(Picture(grey, 1, 1, "PNG"))

    def _loaded(self) -> Network:
        with self._lock:
            if self._network is None:
                data = self._read()
                if hashlib.sha256(data).hexdigest() != self._sha256:
                    raise BadEncoder("the file is damaged or was changed: its SHA-256 is wrong")
                shape = (1, 3, self._size, self._size)
                self._network = open_network(data, self._output, self._runtime, shape)
            return self._network

    def _read(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError as exc:
            raise BadEncoder(f"there is no encoder {self.path.name}") from exc
        except OSError as exc:
            raise BadEncoder(f"encoder {self.path.name} cannot be read: {exc.strerror}") from exc

    def _check_arguments(self) -> None:
        if self._runtime == "onnxruntime":
            require_onnxruntime()
        if not 1 <= self._size <= _MAX_SIZE_PX:
            raise BadEncoder(f"size is {self._size} px; 1 to {_MAX_SIZE_PX} are accepted")
        if not 1 <= self.dimension <= _MAX_DIMENSION:
            raise BadEncoder(f"dimension is {self.dimension}; 1 to {_MAX_DIMENSION} are accepted")
        if self._pooling not in POOLINGS:
            raise BadEncoder(f"pooling is {self._pooling!r}; one of {', '.join(POOLINGS)}")
        if not all(math.isfinite(value) for value in (*self._mean, *self._std)):
            raise BadEncoder("mean and std are finite numbers")
        if min(self._std) < 1:  # the usual mistake: statistics of pixels in 0..1
            raise BadEncoder(
                f"std is {self._std}; it and mean are in units of 0..255 (0.229 is 58.395)"
            )

    def _made_id(self) -> str:
        settings = (self._size, *self._mean, *self._std, self._output, self._pooling)
        everything = f"{self._sha256} {settings} {self.dimension}"
        return f"onnx-{hashlib.sha256(everything.encode()).hexdigest()[:16]}"
