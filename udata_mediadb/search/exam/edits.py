"""What people do to a picture before they send it: twenty edits in five classes, by a seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Random = np.random.Generator
Change = Callable[[Pixels, Random], Pixels]

_SCENE_PX = (960, 1280)  # height, width
_BAR_PX = 60


@dataclass(frozen=True)
class Edit:
    """`group`: the class under which its results are told."""

    group: str
    change: Change


def edited(pixels: Pixels, name: str, seed: int, number: int) -> Pixels:
    """(h, w, 3) RGB: the picture of this number in the exam, edited; the same every time."""
    random = np.random.default_rng([seed, number, list(EDITS).index(name)])
    return np.ascontiguousarray(EDITS[name].change(pixels, random), np.uint8)


def _crop(share: float) -> Change:
    def change(pixels: Pixels, random: Random) -> Pixels:
        height, width = pixels.shape[:2]
        side = float(np.sqrt(share))
        rows, columns = max(1, round(height * side)), max(1, round(width * side))
        top = int(random.integers(height - rows + 1))
        left = int(random.integers(width - columns + 1))
        return pixels[top : top + rows, left : left + columns]

    return change


def _strip(pixels: Pixels, random: Random) -> Pixels:
    rows = max(1, pixels.shape[0] // 3)
    top = int(random.integers(pixels.shape[0] - rows + 1))
    return pixels[top : top + rows]


def _jpeg(pixels: Pixels, random: Random) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 30])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _smaller(pixels: Pixels, random: Random) -> Pixels:
    scale = 256 / max(pixels.shape[:2])
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def _blurred(pixels: Pixels, random: Random) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), max(pixels.shape) / 400))


def _noisy(pixels: Pixels, random: Random) -> Pixels:
    noise = random.normal(0, 20, pixels.shape).astype(np.float32)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def _grey(pixels: Pixels, random: Random) -> Pixels:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return np.repeat(grey[..., None], 3, axis=2)


def _darker(pixels: Pixels, random: Random) -> Pixels:
    table = (255 * (np.arange(256) / 255) ** 1.8).astype(np.uint8)
    return table[pixels]


def _captioned(pixels: Pixels, random: Random) -> Pixels:
    drawn = pixels.copy()
    height, width = drawn.shape[:2]
    cv2.rectangle(drawn, (0, height * 4 // 5), (width, height), (0, 0, 0), cv2.FILLED)
    for row, text in ((0.87, "WHEN YOU SEE IT"), (0.96, "you cannot unsee it")):
        place = (width // 20, round(height * row))
        font, size = cv2.FONT_HERSHEY_DUPLEX, width / 700
        cv2.putText(drawn, text, place, font, size, (255, 255, 255), 2, cv2.LINE_AA)
    return drawn


def _bordered(pixels: Pixels, random: Random) -> Pixels:
    by = max(pixels.shape) // 8
    color = [int(value) for value in random.integers(0, 256, 3)]
    return np.asarray(
        cv2.copyMakeBorder(pixels, by, by, by, by, cv2.BORDER_CONSTANT, value=color), np.uint8
    )


def _turned(degrees: float) -> Change:
    def change(pixels: Pixels, random: Random) -> Pixels:
        height, width = pixels.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
        size = round(width * cosine + height * sine), round(width * sine + height * cosine)
        matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
        return np.asarray(cv2.warpAffine(pixels, matrix, size, borderValue=(255, 255, 255)))

    return change


def _mirrored(pixels: Pixels, random: Random) -> Pixels:
    return pixels[:, ::-1]


def _aslant(pixels: Pixels, random: Random) -> Pixels:
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + random.uniform(-0.12, 0.12, (4, 2)) * (width, height)
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return np.asarray(cv2.warpPerspective(pixels, matrix, (width, height)))


def _on_a_scene(share: float) -> Change:
    def change(pixels: Pixels, random: Random) -> Pixels:
        scene = _ground(random)
        side = float(np.sqrt(share))
        scale = min(_SCENE_PX[0] * side / pixels.shape[0], _SCENE_PX[1] * side / pixels.shape[1])
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=way)
        height, width = small.shape[:2]
        top = int(random.integers(_SCENE_PX[0] - height + 1))
        left = int(random.integers(_SCENE_PX[1] - width + 1))
        scene[top : top + height, left : left + width] = small
        return scene

    return change


def _screen(pixels: Pixels, random: Random) -> Pixels:
    """In a viewer with bars of icons and words."""
    scene = np.full((*_SCENE_PX, 3), 245, np.uint8)
    room = _SCENE_PX[0] - 2 * _BAR_PX, _SCENE_PX[1] - 4 * _BAR_PX
    scale = min(room[0] / pixels.shape[0], room[1] / pixels.shape[1])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    scene[:_BAR_PX] = (52, 60, 72)
    for number in range(12):
        place = (20 + number * 100, 38)
        cv2.putText(scene, "Menu", place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (230, 230, 230), 1)
    top, left = _BAR_PX + (room[0] - small.shape[0]) // 2, 2 * _BAR_PX
    scene[top : top + small.shape[0], left : left + small.shape[1]] = small
    return scene


def _photographed_screen(pixels: Pixels, random: Random) -> Pixels:
    seen = _aslant(_screen(pixels, random), random)
    lines = (8 * np.sin(np.arange(seen.shape[0]) * 1.3))[:, None, None]
    return np.clip(seen.astype(np.float32) + lines, 0, 255).astype(np.uint8)


def _ground(random: Random) -> Pixels:
    """A wall with things on it that are in no library."""
    small = random.integers(60, 200, (4, 5, 3)).astype(np.uint8)
    ground = cv2.resize(small, _SCENE_PX[::-1], interpolation=cv2.INTER_CUBIC)
    for _ in range(60):
        x, y = (int(random.integers(side)) for side in _SCENE_PX[::-1])
        color = [int(value) for value in random.integers(0, 256, 3)]
        size = int(random.integers(8, 80))
        if random.integers(2):
            cv2.circle(ground, (x, y), size, color, cv2.FILLED, cv2.LINE_AA)
        else:
            cv2.rectangle(ground, (x, y), (x + 2 * size, y + size), color, cv2.FILLED)
    return np.asarray(ground, np.uint8)


EDITS: Mapping[str, Edit] = {
    "crop_75": Edit("crop", _crop(0.75)),
    "crop_50": Edit("crop", _crop(0.5)),
    "crop_30": Edit("crop", _crop(0.3)),
    "strip": Edit("crop", _strip),
    "jpeg": Edit("edit", _jpeg),
    "smaller": Edit("edit", _smaller),
    "blurred": Edit("edit", _blurred),
    "noisy": Edit("edit", _noisy),
    "grey": Edit("edit", _grey),
    "darker": Edit("edit", _darker),
    "captioned": Edit("edit", _captioned),
    "bordered": Edit("edit", _bordered),
    "turned_15": Edit("turn", _turned(15)),
    "turned_90": Edit("turn", _turned(90)),
    "mirrored": Edit("turn", _mirrored),
    "aslant": Edit("turn", _aslant),
    "scene_50": Edit("scene", _on_a_scene(0.5)),
    "scene_25": Edit("scene", _on_a_scene(0.25)),
    "screen": Edit("screenshot", _screen),
    "photographed_screen": Edit("screenshot", _photographed_screen),
}
