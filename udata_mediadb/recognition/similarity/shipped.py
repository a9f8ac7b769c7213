"""The encoder that comes with the package: EfficientNet-Lite0, made by tools/convert_encoder.py."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .encoder import BadEncoder
from .networks import Runtime, default_runtime
from .onnx_encoder import OnnxEncoder

MODEL = Path(__file__).parent / "model"
KIND = "similarity-encoder"
NETWORK, PROJECTION = "lite0.onnx", "lite0-projection.npy"
SIZE_PX = 224  # what it was trained with
# What it was trained with, too; ImageNet's mean and deviation leave 0.741 of 0.801 mean average
# precision (docs/explanation/similarity.md)
MEAN, STD = 127.0, 128.0


def shipped_encoder(runtime: Runtime | None = None, model: Path = MODEL) -> OnnxEncoder:
    """The encoder; its network is loaded, and its checksum compared, at first use.

    Raises BadEncoder where a file is missing, and at once where the projection is damaged.
    """
    about = _about(model)
    return OnnxEncoder(
        model / NETWORK,
        size=SIZE_PX,
        mean=(MEAN,) * 3,
        std=(STD,) * 3,
        output="map",
        pooling="gem",
        dimension=about["dimension"],
        id=about["encoder"],
        sha256=about["sha256"][NETWORK],
        projection=_projection(model / PROJECTION, about["sha256"][PROJECTION]),
        runtime=runtime or default_runtime(),
    )


def _about(model: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads((model / "about.json").read_bytes())
        if about["kind"] != KIND or set(about["sha256"]) != {NETWORK, PROJECTION}:
            raise BadEncoder("about.json of the shipped encoder is of another kind")
        return {**about, "dimension": int(about["dimension"]), "encoder": str(about["encoder"])}
    except (OSError, KeyError, TypeError, ValueError) as exc:
        raise BadEncoder(f"about.json of the shipped encoder cannot be read: {exc}") from exc


def _projection(path: Path, sha256: str) -> NDArray[np.float32]:
    """(dimension, channels)."""
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise BadEncoder(f"{path.name} of the shipped encoder is missing") from exc
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BadEncoder(f"{path.name} of the shipped encoder is damaged: its SHA-256 is wrong")
    return np.asarray(np.load(io.BytesIO(data), allow_pickle=False), np.float32)
