"""Train the basis of the match signature's compact descriptors and write it as one data file.

    python tools/train_match_basis.py ../shared/data

Some minutes on two cores. 64 principal components of RootSIFT, from a covariance averaged over the
four variants of a picture: mirroring and inverting only change places of the 128 numbers, so each
component keeps its value or changes its sign under them. Each is kept in 5, 4 or 3 bits (Lloyd and
Max' levels, symmetrical, so that a sign is a reversed level). The pictures may be redistributed;
the file holds statistics over their descriptors, no part of a picture.
"""

import argparse
import datetime
import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from training_pictures import pictures_in, training_descriptors

from udata_mediadb.recognition.match.basis import BITS, FORMAT, KIND, SHIPPED
from udata_mediadb.recognition.match.permutations import READINGS
from udata_mediadb.recognition.match.sift import root_sift
from udata_mediadb.recognition.model_file import save_model

FOLDERS = ("photos", "stamps", "caltech")
WARPS = 2
EVERY_PICTURE, EVERY_DESCRIPTOR = 2, 4
ROUNDS = 60
LICENCE = (
    "MIT, as the package. Statistics of descriptors of photographs and drawings under CC BY 4.0, "
    "CC BY-SA, CC0 and GPL-2 (BoofCV-Data by Peter Abeles, Debian's wallpaper packages, "
    "tuxpaint-stamps, Caltech-101); no part of any picture is contained."
)
Values = NDArray[np.float64]


def main() -> None:
    """Read the pictures, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    paths = pictures_in(options.collection, FOLDERS)[::EVERY_PICTURE]
    found = training_descriptors(paths, WARPS, options.processes)
    root = root_sift(np.concatenate([one[::EVERY_DESCRIPTOR] for one in found]))
    arrays = train(root)
    digest = hashlib.sha256(b"".join(arrays[name].tobytes() for name in sorted(arrays)))
    about = {
        "kind": KIND,
        "format": FORMAT,
        "version": digest.hexdigest()[:12],
        "made": datetime.date.today().isoformat(),
        "pictures": len(paths),
        "descriptors": len(root),
        "licence": LICENCE,
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save_model(options.out, arrays, about)
    print(f"{options.out}: {len(root)} descriptors of {len(paths)} pictures")


def train(root: NDArray[np.float32]) -> dict[str, NDArray[np.generic]]:
    """The arrays of a basis, as `basis.Basis` takes them, from (n, 128) RootSIFT."""
    mean = np.mean([root.mean(axis=0, dtype=np.float64)[places] for places in READINGS], axis=0)
    centred = root - mean.astype(np.float32)
    plain = np.cov(centred.T)
    covariance = np.mean([plain[np.ix_(places, places)] for places in READINGS], axis=0)
    components, signs = symmetric_components(covariance)
    projected = centred @ components.astype(np.float32)
    values = np.zeros((len(BITS), 1 << max(BITS)))
    for number, bits in enumerate(BITS):
        values[number, : 1 << bits] = levels(projected[:, number].astype(np.float64), bits)
    return {
        "mean": mean.astype(np.float32),
        "components": components.astype(np.float32),
        "signs": signs.astype(np.int8),
        "values": values.astype(np.float32),
    }


def symmetric_components(covariance: Values) -> tuple[Values, Values]:
    """(128, 64) components of the largest variance, and (4, 64) the sign of each by variant."""
    size = len(covariance)
    mirrored, negative = np.eye(size)[READINGS[1]], np.eye(size)[READINGS[2]]
    found: list[tuple[float, Values, tuple[int, int]]] = []
    for first in (1, -1):
        for second in (1, -1):
            keeps = (np.eye(size) + first * mirrored) @ (np.eye(size) + second * negative) / 4
            shares, vectors = np.linalg.eigh(keeps)
            own = vectors[:, shares > 0.5]  # an orthonormal base of what has these two signs
            variances, inner = np.linalg.eigh(own.T @ covariance @ own)
            found += [
                (variance, own @ inner[:, i], (first, second))
                for i, variance in enumerate(variances)
            ]
    found.sort(key=lambda one: -one[0])
    chosen = found[: len(BITS)]
    signs = [(1, first, second, first * second) for _, _, (first, second) in chosen]
    return np.stack([vector for _, vector, _ in chosen], axis=1), np.array(signs).T


def levels(sample: Values, bits: int) -> Values:
    """(2^bits,) rising values, symmetrical about 0, of the least squared error (Lloyd 1982)."""
    sample = np.sort(np.abs(sample))
    count = 1 << (bits - 1)
    positive = np.quantile(sample, (np.arange(count) + 0.5) / count)
    for _ in range(ROUNDS):
        edges = np.searchsorted(sample, (positive[1:] + positive[:-1]) / 2)
        parts = np.split(sample, edges)
        positive = np.array(
            [part.mean() if len(part) else old for part, old in zip(parts, positive, strict=True)]
        )
    return np.concatenate([-positive[::-1], positive])


if __name__ == "__main__":
    main()
