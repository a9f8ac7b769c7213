"""How well vectors rank pictures of one class, and whether an altered picture finds itself.

Every descriptor is rows of float32 whose dot product ranks: hashes are bits as -1 and 1.
"""

import io
from collections.abc import Callable

import cv2
import imagehash
import numpy as np
import pdqhash
from numpy.typing import NDArray
from PIL import Image

from .attacks import Pixels

Rows = NDArray[np.float32]
Alteration = Callable[[Pixels, np.random.Generator], Pixels]

_TOP = 10


def quality(rows: Rows, classes: NDArray[np.str_]) -> tuple[float, float, float]:
    """mAP, P@10 and NDCG@10 where each picture asks for the others of its class."""
    scores = rows @ rows.T
    np.fill_diagonal(scores, -np.inf)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :-1]
    right = classes[order] == classes[:, None]
    precision = np.cumsum(right, axis=1) / np.arange(1, right.shape[1] + 1)
    average = (precision * right).sum(axis=1) / right.sum(axis=1)
    gain = 1 / np.log2(np.arange(2, _TOP + 2))
    top = right[:, :_TOP]
    return float(average.mean()), float(top.mean()), float((top @ gain).mean() / gain.sum())


def finds_itself(queries: Rows, rows: Rows) -> float:
    """Share of the queries whose own original is nearest."""
    return float(np.mean((queries @ rows.T).argmax(axis=1) == np.arange(len(rows))))


def hash_rows(kind: str) -> Callable[[list[Pixels]], Rows]:
    """Bits of "pHash", "dHash" or "PDQ" as -1 and 1."""

    def rows(pictures: list[Pixels]) -> Rows:
        bits = np.array([_bits(kind, pixels) for pixels in pictures], bool)
        return np.where(bits, 1, -1).astype(np.float32)

    return rows


def _bits(kind: str, pixels: Pixels) -> NDArray[np.bool_]:
    if kind == "PDQ":
        return np.asarray(pdqhash.compute(np.ascontiguousarray(pixels))[0], bool)
    hashed = {"pHash": imagehash.phash, "dHash": imagehash.dhash}[kind]
    return np.asarray(hashed(Image.fromarray(pixels)).hash.ravel(), bool)


def handcrafted_rows(pictures: list[Pixels]) -> Rows:
    """Gradient histograms beside a 6 x 6 layout of Lab colours, each of length 1."""
    return np.array([_handcrafted(pixels) for pixels in pictures], np.float32)


def _handcrafted(pixels: Pixels) -> Rows:
    small = cv2.resize(pixels, (128, 128), interpolation=cv2.INTER_AREA)
    gradients = _gradient_histograms(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
    cells = cv2.resize(pixels, (6, 6), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    layout = cv2.cvtColor(cells, cv2.COLOR_RGB2LAB).ravel()
    layout -= np.tile((50.0, 0.0, 0.0), 36).astype(np.float32)  # around mid grey
    parts = [part / max(float(np.linalg.norm(part)), 1e-6) for part in (gradients, layout)]
    return np.concatenate(parts).astype(np.float32)


def _gradient_histograms(grey: Pixels) -> Rows:
    """HOG (Dalal & Triggs 2005): 8 x 8 cells of 9 directions, in blocks of 2 x 2 cells."""
    dx, dy = (cv2.Sobel(grey, cv2.CV_32F, *order, ksize=1) for order in ((1, 0), (0, 1)))
    strength, angle = cv2.cartToPolar(dx, dy, angleInDegrees=True)
    direction = (angle % 180 / 20).astype(int) % 9
    rows, columns = np.indices(grey.shape) // 16
    cells = np.bincount(
        ((rows * 8 + columns) * 9 + direction).ravel(), strength.ravel(), 8 * 8 * 9
    ).reshape(8, 8, 9)
    blocks = np.concatenate(
        [cells[:-1, :-1], cells[:-1, 1:], cells[1:, :-1], cells[1:, 1:]], axis=2
    ).reshape(49, 36)
    clipped = np.minimum(blocks / (np.linalg.norm(blocks, axis=1, keepdims=True) + 1), 0.2)
    return (clipped / (np.linalg.norm(clipped, axis=1, keepdims=True) + 1e-3)).ravel()


def _jpeg(quality_: int) -> Alteration:
    def alter(pixels: Pixels, random: np.random.Generator) -> Pixels:
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "JPEG", quality=quality_)
        return np.asarray(Image.open(out))

    return alter


def _crop(share: float) -> Alteration:
    """That share of the width and of the height, anywhere."""

    def alter(pixels: Pixels, random: np.random.Generator) -> Pixels:
        height, width = (max(1, round(side * share)) for side in pixels.shape[:2])
        y = int(random.integers(pixels.shape[0] - height + 1))
        x = int(random.integers(pixels.shape[1] - width + 1))
        return np.ascontiguousarray(pixels[y : y + height, x : x + width])

    return alter


def _shrunk(side_px: int) -> Alteration:
    def alter(pixels: Pixels, random: np.random.Generator) -> Pixels:
        scale = min(1.0, side_px / max(pixels.shape[:2]))
        size = tuple(max(1, round(side * scale)) for side in pixels.shape[1::-1])
        return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))

    return alter


def _bordered(pixels: Pixels, random: np.random.Generator) -> Pixels:
    width = max(pixels.shape[:2]) // 10
    return np.pad(pixels, ((width, width), (width, width), (0, 0)), constant_values=255)


def _grey(pixels: Pixels, random: np.random.Generator) -> Pixels:
    return np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2)


def _edges(pixels: Pixels, random: np.random.Generator) -> Pixels:
    return np.repeat(255 - cv2.Canny(pixels, 100, 200)[:, :, None], 3, axis=2)


ALTERATIONS: dict[str, Alteration] = {
    "JPEG quality 30": _jpeg(30),
    "mirrored": lambda pixels, random: np.ascontiguousarray(pixels[:, ::-1]),
    "crop to 80 % of each side": _crop(0.8),
    "JPEG quality 10": _jpeg(10),
    "crop to 50 % of each side": _crop(0.5),
    "10 % white border": _bordered,
    "grey": _grey,
    "half as bright": lambda pixels, random: pixels // 2,
    "reduced to 96 px": _shrunk(96),
    "reduced to 48 px": _shrunk(48),
    "turned by 90 degrees": lambda pixels, random: np.ascontiguousarray(np.rot90(pixels)),
    "edges only (Canny)": _edges,
}
