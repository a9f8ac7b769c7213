"""What the colors benchmark measures against: exact distances and exact pixel counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from udata_mediadb.recognition.colors.oklab import from_rgb
from udata_mediadb.recognition.colors.points import histogram

Pixels = NDArray[np.uint8]
Vector = NDArray[np.float64]

_POINTS = 48  # of the reference signature of a picture
_SAME = 0.12  # distance within which a pixel has a colour
_DISCOUNT = 1 / np.log2(np.arange(2, 102))


def exact_signature(pixels: Pixels) -> NDArray[np.float32]:
    """(<= 48, 4) weight, L, 2a, 2b: k-means of all pixels, without any step of ours."""
    keys = (pixels >> 2).reshape(-1, 3).astype(np.int64) @ np.array([4096, 64, 1])
    cells, counts = np.unique(keys, return_counts=True)
    colours = np.stack([cells >> 12, (cells >> 6) & 63, cells & 63], axis=1) * 4 + 2
    points = from_rgb(colours.astype(np.uint8)).astype(np.float64)
    weights = counts / counts.sum()
    centres = _spread(points, weights)
    for _ in range(4):
        labels = _nearest(points, centres)
        mass = np.bincount(labels, weights, len(centres))
        sums = [np.bincount(labels, weights * points[:, i], len(centres)) for i in range(3)]
        centres = np.stack(sums, axis=1)[mass > 0] / mass[mass > 0][:, None]
    return np.ascontiguousarray(np.column_stack([mass[mass > 0], centres]), np.float32)


def counted(pixels: Pixels, *, fill: bool) -> list[dict[str, object]]:
    """The palette query of a drawing: its commonest colours, at most 10 of 0.5 % and more.

    Their weights are their shares by pixel count, with `fill` in proportion up to 1.
    """
    values, shares = _counts(pixels)
    kept = [i for i in range(min(10, len(values))) if shares[i] >= 0.005]
    total = shares[kept].sum() if fill else 1.0
    return [{"color": f"#{values[i]:06x}", "weight": float(shares[i] / total)} for i in kept]


def exact_colours(pixels: Pixels) -> NDArray[np.float32]:
    """(<= 100, 4) weight, L, 2a, 2b of the commonest colours, by pixel count."""
    values, shares = _counts(pixels)
    values, shares = values[:100], shares[:100]
    colours = np.stack([values >> 16, (values >> 8) & 255, values & 255], axis=1)
    points = from_rgb(colours.astype(np.uint8))
    return np.ascontiguousarray(np.column_stack([shares / shares.sum(), points]), np.float32)


def _counts(pixels: Pixels) -> tuple[NDArray[np.int64], Vector]:
    """Colours as 0xrrggbb and their shares, commonest first."""
    keys = pixels.reshape(-1, 3).astype(np.int64) @ np.array([65536, 256, 1])
    values, counts = np.unique(keys, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return values[order], counts[order] / counts.sum()


def cells(pixels: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(n, 3) OKLab and (n,) shares of every fourth pixel, in 32 x 32 x 32 cells."""
    return histogram(pixels[::2, ::2].reshape(-1, 3))


def shares_of(
    counted_cells: tuple[NDArray[np.float32], NDArray[np.float32]], colours: NDArray[np.float32]
) -> list[float]:
    """The share of a picture within 0.12 of each of (k, 3) colours in OKLab."""
    points, shares = counted_cells
    return [float(shares[((points - c) ** 2).sum(axis=1) < _SAME**2].sum()) for c in colours]


@dataclass
class Ranking:
    """How orders agree with exact distances: means over the queries asked."""

    spearman: list[float]
    first_10: list[float]
    first_50: list[float]
    ndcg: list[float]
    ndcg_by_rank: list[float]

    @classmethod
    def empty(cls) -> "Ranking":
        return cls([], [], [], [], [])

    def add(self, measured: Vector, exact: Vector) -> None:
        """One query: (n,) distances measured and exact, to the same references."""
        order, best = np.argsort(measured, kind="stable"), set(np.argsort(exact)[:10].tolist())
        self.spearman.append(float(np.corrcoef(ranks(measured), ranks(exact))[0, 1]))
        self.first_10.append(len(best & set(order[:10].tolist())) / 10)
        self.first_50.append(len(best & set(order[:50].tolist())) / 10)
        self.ndcg.append(ndcg(np.exp(-exact / 0.05)[order], 10))
        self.ndcg_by_rank.append(ndcg(np.maximum(0, 10 - ranks(exact))[order], 10))

    def cells(self) -> list[str]:
        columns = (self.spearman, self.first_10, self.first_50, self.ndcg, self.ndcg_by_rank)
        return [f"{np.mean(column):.3f}" for column in columns]


def ranks(values: Vector) -> Vector:
    """(n,) place of each value, 0 the smallest."""
    return np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(np.float64)


def ndcg(gains: Vector, count: int) -> float:
    """NDCG of gains in the order found."""
    discount = _DISCOUNT[:count]
    ideal = float((np.sort(gains)[::-1][:count] * discount).sum())
    return float((gains[:count] * discount).sum()) / ideal if ideal > 0 else 1.0


def l2(query: NDArray[np.float32], vectors: NDArray[np.float32]) -> Vector:
    return np.asarray(np.linalg.norm(vectors - query, axis=1), np.float64)


def emds(query: NDArray[np.float32], signatures: Sequence[NDArray[np.float32]]) -> Vector:
    return np.array([cv2.EMD(query, other, cv2.DIST_L2)[0] for other in signatures])


def with_l2_of(distances: Vector, vectors: Vector, first: int) -> Vector:
    """Distances of the `first` by vector; the others behind them, in the order of the vectors."""
    order = np.argsort(vectors, kind="stable")
    both = 10.0 + vectors
    both[order[:first]] = distances[order[:first]]
    return both


def _spread(points: Vector, weights: Vector) -> Vector:
    chosen = [int(weights.argmax())]
    nearest = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < min(_POINTS, len(points)):
        chosen.append(int((nearest * np.sqrt(weights)).argmax()))
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    return points[chosen]


def _nearest(points: Vector, centres: Vector) -> NDArray[np.int64]:
    squared = (centres**2).sum(axis=1) - 2 * points @ centres.T
    return squared.argmin(axis=1)
