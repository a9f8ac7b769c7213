"""Make the table of the colour embedding (`signatures/colors/embedding.py`).

    python tools/make_color_table.py

Needs no pictures and takes some seconds. Raise `VERSION` there with every change of the table.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udata_mediadb.recognition.colors.embedding import (
    DIMENSIONS,
    KIND,
    NODES,
    ORIGIN,
    SHIPPED,
    STEP,
    VERSION,
)
from udata_mediadb.recognition.colors.oklab import from_rgb
from udata_mediadb.recognition.model_file import save_model

Array = NDArray[np.float64]

ANCHORS = 512
# measured: docs/explanation/colors.md, "Embedding"
BROAD, BROAD_WIDTH = 0.10, 0.12
FINE, FINE_WIDTH = 0.05, 0.05
GREY = np.array([0.55, 0.0, 0.0])  # the origin of the energy kernel; it cancels in every distance


def main() -> None:
    """Compute and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    anchors = spread_anchors()
    table = features(grid(), anchors, projection(anchors))
    about = {
        "kind": KIND,
        "version": VERSION,
        "made_by": "tools/make_color_table.py",
        "anchors": ANCHORS,
        "kernel": f"energy + {BROAD} gauss({BROAD_WIDTH}) + {FINE} gauss({FINE_WIDTH})",
        "licence": "MIT, as the package; computed, without any training data",
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save_model(options.out, {"table": table.astype(np.float16)}, about)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB")


def spread_anchors() -> Array:
    """(512, 3) colours of the gamut, each as far from those before it as can be."""
    levels = np.rint(np.linspace(0, 255, 17))
    gamut = from_rgb(np.stack(np.meshgrid(levels, levels, levels), -1).reshape(-1, 3))
    gamut = gamut.astype(np.float64)
    chosen = [0]
    nearest = np.full(len(gamut), np.inf)
    while len(chosen) < ANCHORS:
        nearest = np.minimum(nearest, np.linalg.norm(gamut - gamut[chosen[-1]], axis=1))
        chosen.append(int(nearest.argmax()))
    return gamut[chosen]


def kernel(first: Array, second: Array) -> Array:
    """(n, m): energy kernel and the two Gaussians."""
    distance = np.linalg.norm(first[:, None] - second[None], axis=2)
    energy = np.linalg.norm(first - GREY, axis=1)[:, None] - distance
    energy += np.linalg.norm(second - GREY, axis=1)
    broad = BROAD * np.exp(-(distance**2) / (2 * BROAD_WIDTH**2))
    return np.asarray(energy + broad + FINE * np.exp(-(distance**2) / (2 * FINE_WIDTH**2)))


def projection(anchors: Array, dimensions: int = DIMENSIONS) -> Array:
    """(512, 32): Nystrom's map from the kernel with the anchors to the leading components."""
    values, vectors = np.linalg.eigh(kernel(anchors, anchors))
    values, vectors = values[::-1][:dimensions], vectors[:, ::-1][:, :dimensions]
    vectors *= np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(dimensions)])
    return np.asarray(vectors / np.sqrt(values))


def features(colours: Array, anchors: Array, projected: Array) -> Array:
    """(n, 32) phi of (n, 3) colours."""
    parts = np.array_split(colours, max(1, len(colours) // 1000))
    return np.concatenate([kernel(part, anchors) @ projected for part in parts])


def grid() -> Array:
    """(nodes, 3) coordinates of the nodes."""
    axes = [ORIGIN[i] + STEP * np.arange(NODES[i]) for i in range(3)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3).astype(np.float64)


if __name__ == "__main__":
    main()
