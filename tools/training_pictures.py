"""Descriptors to train the vocabulary with: of pictures, warped copies and mirror images.

Warps stand for the ways in which a query differs from what is stored, so that a word holds several
views of one place of one picture, not one alone.
"""

import zlib
from collections.abc import Iterator, Sequence
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from udata_mediadb.imaging import Picture
from udata_mediadb.recognition.match.description import STRONGEST
from udata_mediadb.recognition.match.features import (
    find_keypoints,
    frame_of,
    reduced_grey,
)
from udata_mediadb.recognition.match.impulses import without_impulses
from udata_mediadb.recognition.match.permutations import MIRRORED

Pixels = NDArray[np.uint8]
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
CORNER_SHIFT = 0.18  # of the sides: a photograph of a picture, taken from aside
SIZES = (0.45, 1.2)
GAMMAS = (0.6, 1.7)
QUALITIES = (25, 90)
SMALLEST_SIDE_PX = 64


def pictures_in(collection: Path, folders: Sequence[str]) -> list[Path]:
    """All pictures of these folders, in a fixed order."""
    found = (p for folder in folders for p in (collection / folder).rglob("*"))
    return sorted(path for path in found if path.suffix.lower() in SUFFIXES)


def training_descriptors(
    paths: Sequence[Path], warps: int, processes: int
) -> Iterator[NDArray[np.uint8]]:
    """Per picture: (n, 128) uint8 SIFT of it and of `warps` copies, plain and mirrored."""
    with Pool(processes, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        yield from pool.imap(_of_picture, [(path, warps) for path in paths], chunksize=8)


def picture(path: Path) -> Picture:
    """A picture file on white; only for collections that are known to be harmless."""
    raw = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if raw is None:
        raise ValueError(f"{path} is not a picture that OpenCV reads")
    return as_picture(_on_white(raw))


def as_picture(pixels: Pixels) -> Picture:
    """RGB pixels as `describe` takes them."""
    return Picture(np.ascontiguousarray(pixels), pixels.shape[1], pixels.shape[0], "PNG")


def warped(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """A seeded copy: seen from aside, another size, another exposure, compressed."""
    height, width = pixels.shape[:2]
    scale = max(random.uniform(*SIZES), SMALLEST_SIDE_PX / min(height, width))
    size = (round(width * scale), round(height * scale))
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    shifts = random.uniform(-CORNER_SHIFT, CORNER_SHIFT, (4, 2))
    seen = cv2.getPerspectiveTransform(
        (corners * (width, height)).astype(np.float32),
        ((corners + shifts) * size).astype(np.float32),
    )
    source = cv2.GaussianBlur(pixels, (0, 0), 0.5 / scale) if scale < 0.8 else pixels
    copy = cv2.warpPerspective(source, seen, size, borderMode=cv2.BORDER_REFLECT)
    copy = 255 * (copy / 255.0) ** random.uniform(*GAMMAS)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(*QUALITIES))]
    _, data = cv2.imencode(".jpg", np.clip(copy, 0, 255).astype(np.uint8), quality)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _of_picture(task: tuple[Path, int]) -> NDArray[np.uint8]:
    path, warps = task
    original = picture(path).pixels
    random = np.random.default_rng(zlib.crc32(path.name.encode()))
    copies = [original, *(warped(original, random) for _ in range(warps))]
    plain = np.concatenate([_descriptors(copy) for copy in copies])
    return np.concatenate([plain, plain[:, MIRRORED]])


def _descriptors(pixels: Pixels) -> NDArray[np.uint8]:
    """(n, 128) uint8 SIFT, found as the match signature finds it."""
    frame, most = frame_of(*pixels.shape[1::-1])
    grey = np.asarray(cv2.cvtColor(without_impulses(pixels), cv2.COLOR_RGB2GRAY), np.uint8)
    return find_keypoints(reduced_grey(grey, frame), most, STRONGEST)[-1]


def _on_white(raw: NDArray[np.uint8]) -> Pixels:
    if raw.ndim == 2:
        return np.repeat(raw[:, :, None], 3, axis=2)
    rgb = raw[:, :, 2::-1]
    if raw.shape[2] == 3:
        return rgb
    alpha = raw[:, :, 3:] / 255.0
    return np.round(rgb * alpha + 255 * (1 - alpha)).astype(np.uint8)
