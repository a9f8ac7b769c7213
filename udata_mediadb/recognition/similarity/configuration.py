"""A portal's setting -> the encoder it names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .encoder import BadEncoder, Encoder
from .inputs import Channels
from .onnx_encoder import OnnxEncoder
from .shipped import shipped_encoder

_REQUIRED = ("path", "dimension")
# The rest has defaults: ImageNet's statistics, as the torchvision, DINOv2 and timm models want them
_DEFAULTS: dict[str, Any] = {
    "size": 224,
    "mean": (123.675, 116.28, 103.53),
    "std": (58.395, 57.12, 57.375),
    "output": None,
    "pooling": "none",
    "id": None,
    "sha256": None,
}


def encoder_from_settings(setting: Mapping[str, Any] | None) -> Encoder:
    """The encoder that `MEDIADB_SIMILARITY_ENCODER` names; None: the one that is shipped.

    Needs `path` and `dimension`; may have `size`, `mean`, `std`, `output`, `pooling`, `id` and
    `sha256`, as in `OnnxEncoder`. Raises BadEncoder for any other key or a value of another type.
    Call `check()` of what it gives, so that a wrong file is told at start.
    """
    if setting is None:
        return shipped_encoder()
    if not isinstance(setting, Mapping):
        raise BadEncoder(f"an encoder is a mapping with a path, not {type(setting).__name__}")
    known = (*_REQUIRED, *_DEFAULTS)
    if unknown := sorted(str(key) for key in setting if key not in known):
        raise BadEncoder(f"unknown: {', '.join(unknown)}; accepted are {', '.join(known)}")
    if missing := [key for key in _REQUIRED if key not in setting]:
        raise BadEncoder(f"an encoder needs its {' and '.join(missing)}")
    values = {**_DEFAULTS, **setting}
    return OnnxEncoder(
        _path(values["path"]),
        size=_whole(values, "size"),
        mean=_channels(values, "mean"),
        std=_channels(values, "std"),
        output=_text(values, "output"),
        pooling=values["pooling"],
        dimension=_whole(values, "dimension"),
        id=_text(values, "id"),
        sha256=_text(values, "sha256"),
    )


def _path(value: object) -> Path:
    if isinstance(value, str | Path) and str(value):
        return Path(value)
    raise BadEncoder(f"path is {value!r}; the place of an ONNX file is accepted")


def _whole(values: Mapping[str, Any], name: str) -> int:
    value = values[name]
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadEncoder(f"{name} is {value!r}; a whole number is accepted")


def _text(values: Mapping[str, Any], name: str) -> str | None:
    value = values[name]
    if value is None or (isinstance(value, str) and value):
        return value
    raise BadEncoder(f"{name} is {value!r}; a name is accepted")


def _channels(values: Mapping[str, Any], name: str) -> Channels:
    """One number for all channels, or three."""
    value = values[name]
    parts = (value,) * 3 if isinstance(value, int | float) else value
    if (
        isinstance(parts, list | tuple)
        and len(parts) == 3
        and all(isinstance(part, int | float) and not isinstance(part, bool) for part in parts)
    ):
        return float(parts[0]), float(parts[1]), float(parts[2])
    raise BadEncoder(f"{name} is {value!r}; a number or three in units of 0..255 are accepted")
