"""A camera looks at a printed picture: seven situations, each with all that a camera adds.

Paper on a table, behind glass, on a screen, a curled page, in poor light, from the side, far away.
The ground and what glass mirrors are other photographs. Made before anything was measured.
"""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from .attacks import Pixels

_FRAME = (1600, 1200)  # width, height
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


def photographed(
    picture: Pixels,
    beside: Pixels,
    rng: np.random.Generator,
    *,
    share: tuple[float, float] = (0.25, 0.6),
    tilt: float = 0.12,
    light: float = 1.0,
    glare: float = 0.0,
    screen: bool = False,
    curl: float = 0.0,
) -> Pixels:
    """`share`: of the frame; `tilt`: how far corners move, of a side; `light`: 1 for a bright room;
    `glare`: how much of another picture glass mirrors; `curl`: height of the bend, of a side."""
    width, height = _FRAME
    shown = picture.astype(np.float32)
    if screen:
        shown = _as_screen(shown)
    if curl:
        shown = _curled(shown, curl)
    ground = cv2.GaussianBlur(cv2.resize(beside, _FRAME), (0, 0), 2).astype(np.float32)
    if glare:
        mirrored = cv2.resize(beside[:, ::-1], shown.shape[1::-1]).astype(np.float32)
        shown = shown * (1 - glare) + cv2.GaussianBlur(mirrored, (0, 0), 3) * glare
    matrix = _view(shown.shape[1], shown.shape[0], rng, float(rng.uniform(*share)), tilt)
    flags = cv2.INTER_AREA
    laid = cv2.warpPerspective(shown, matrix, _FRAME, flags=flags)
    where = cv2.warpPerspective(np.ones(shown.shape[:2], np.float32), matrix, _FRAME)[..., None]
    scene = ground * 0.8 * (1 - where) + laid * where
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    slope = rng.uniform(-0.3, 0.3, 2)
    scene *= ((1 + slope[0] * x + slope[1] * y) * (1 - 0.2 * (x**2 + y**2)))[..., None]
    scene *= rng.uniform(0.85, 1.12, 3) * light
    scene = cv2.GaussianBlur(scene, (0, 0), float(rng.uniform(0.6, 1.6)))
    grain = rng.normal(0, 1, scene.shape) * np.sqrt(np.maximum(scene, 1) * 0.5 + 6) / light**0.5
    seen = np.clip(scene + grain, 0, 255).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 90))]
    _, data = cv2.imencode(".jpg", seen[:, :, ::-1], quality)
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.ascontiguousarray(decoded[:, :, ::-1])


SITUATIONS: dict[str, Callable[[Pixels, Pixels, np.random.Generator], Pixels]] = {
    "paper on a table": photographed,
    "behind glass": partial(photographed, glare=0.25),
    "on a screen": partial(photographed, screen=True),
    "a curled page": partial(photographed, curl=0.06),
    "in poor light": partial(photographed, light=0.35),
    "from the side": partial(photographed, tilt=0.3, share=(0.3, 0.5)),
    "far away": partial(photographed, share=(0.06, 0.1)),
}


def _view(
    width: int, height: int, rng: np.random.Generator, share: float, tilt: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The homography of a sheet into the frame: of this share, turned by up to 15 degrees."""
    scale = np.sqrt(share * _FRAME[0] * _FRAME[1] / (width * height))
    scale = min(scale, 0.95 * _FRAME[0] / width, 0.95 * _FRAME[1] / height)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width, height) * scale / 2
    corners = (
        corners * (1 - rng.uniform(0, tilt, (4, 1))) * (1 - rng.uniform(0, tilt) * np.array([1, 0]))
    )
    angle = np.radians(rng.uniform(-15, 15))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = corners @ turn.T
    room = np.maximum(0, (np.array(_FRAME) - np.ptp(corners, axis=0)) / 2)
    corners += np.array(_FRAME) / 2 + rng.uniform(-1, 1, 2) * room * 0.8
    sheet = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(sheet, corners.astype(np.float32)))


def _as_screen(picture: Floats) -> Floats:
    """Its pixels as stripes of red, green and blue with dark lines between: moiré follows."""
    large = cv2.resize(picture, None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST)
    mask = np.full_like(large, 0.35)
    for channel in range(3):
        mask[:, channel::3, channel] = 1.6
    mask[2::3] *= 0.6
    return np.asarray(np.clip(large * mask, 0, 255), np.float32)


def _curled(picture: Floats, curl: float) -> Floats:
    """A page that is bent along its width, and shaded by that."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    bend = np.sin(np.pi * x / width).astype(np.float32)
    bent = cv2.remap(picture, x, y + (bend - 0.5) * curl * height, cv2.INTER_LINEAR)
    return np.asarray(bent * (0.75 + 0.25 * bend)[..., None], np.float32)
