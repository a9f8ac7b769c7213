"""A trained model as one file: NumPy arrays, what they are, and a checksum over them.

The file is an uncompressed `.npz` without pickle. Its member `about` is JSON in UTF-8 bytes: kind,
version, on what it was trained, under which terms, and the SHA-256 of all other members.
"""

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


class BadModelFile(ValueError):
    """The file is missing, damaged or of another kind; the message says which."""


def save_model(path: Path, arrays: Mapping[str, NDArray[Any]], about: Mapping[str, object]) -> None:
    """Write the arrays with their description; the checksum is added to it."""
    described = json.dumps({**about, "sha256": _checksum(arrays)}, indent=1, ensure_ascii=False)
    members: dict[str, Any] = {**arrays, "about": np.frombuffer(described.encode(), np.uint8)}
    np.savez(path, **members)  # no `allow_pickle`: NumPy before 2.2 takes it for an array's name


def load_model(path: Path, kind: str) -> tuple[Arrays, dict[str, Any]]:
    """The arrays by name and what is said about them; BadModelFile where it can't be trusted."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as members:
            arrays = {name: members[name] for name in members.files}
        about = json.loads(arrays.pop("about").tobytes())
    except FileNotFoundError as exc:
        raise BadModelFile(f"there is no model file {path.name}") from exc
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as exc:
        raise BadModelFile(f"model file {path.name} cannot be read: {exc}") from exc
    if about.get("kind") != kind:
        raise BadModelFile(f"model file {path.name} holds {about.get('kind')!r}, not {kind!r}")
    if about.get("sha256") != _checksum(arrays):
        raise BadModelFile(f"model file {path.name} is damaged: its checksum is wrong")
    return arrays, about


def _checksum(arrays: Mapping[str, NDArray[Any]]) -> str:
    """SHA-256 over names, types, shapes and bytes, in the order of the names."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        if array.dtype.hasobject:
            raise TypeError(f"{name} holds Python objects, which a model file does not")
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
