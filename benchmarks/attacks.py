"""Seeded attacks on pictures, each with the exact homography from the picture to its copy.

An attack takes (h, w, 3) uint8 RGB pixels and a random generator and gives the attacked pixels and
the 3x3 homography in pixels (centre of the top-left pixel = (0, 0)), determinant negative where it
mirrors. `ATTACKS` maps the class to its attacks; `attacked` seeds by picture and attack name, so a
run can be repeated picture by picture.

    python benchmarks/attacks.py PICTURE DIRECTORY    writes every attacked copy for looking at
"""

import sys
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Attack = Callable[[Pixels, np.random.Generator], tuple[Pixels, Matrix]]

IDENTITY = np.eye(3)


def attacked(pixels: Pixels, name: str, seed: str) -> tuple[Pixels, Matrix]:
    """The copy of a picture under the attack `name`; the same seed text gives the same copy."""
    attack = BY_NAME[name]
    rng = np.random.default_rng(zlib.crc32(f"{name}/{seed}".encode()))
    copy, homography = attack(pixels, rng)
    return np.ascontiguousarray(copy), homography


# --- compress and resize ------------------------------------------------------------------------
def jpeg(pixels: Pixels, _: np.random.Generator, quality: int = 75) -> tuple[Pixels, Matrix]:
    _, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1], IDENTITY


def webp(pixels: Pixels, _: np.random.Generator, quality: int = 40) -> tuple[Pixels, Matrix]:
    _, data = cv2.imencode(".webp", pixels[:, :, ::-1], [cv2.IMWRITE_WEBP_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1], IDENTITY


def resize(
    pixels: Pixels, _: np.random.Generator, across: float = 0.5, down: float | None = None
) -> tuple[Pixels, Matrix]:
    height, width = pixels.shape[:2]
    size = max(8, round(width * across)), max(8, round(height * (down or across)))
    method = cv2.INTER_AREA if across < 1 else cv2.INTER_CUBIC
    return cv2.resize(pixels, size, interpolation=method), scaling(size, (width, height))


# --- blur and noise -----------------------------------------------------------------------------
def gaussian_blur(
    pixels: Pixels, _: np.random.Generator, sigma: float = 1.5
) -> tuple[Pixels, Matrix]:
    return cv2.GaussianBlur(pixels, (0, 0), sigma), IDENTITY


def motion_blur(pixels: Pixels, rng: np.random.Generator, length: int = 9) -> tuple[Pixels, Matrix]:
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    turn = cv2.getRotationMatrix2D(((length - 1) / 2,) * 2, float(rng.uniform(0, 180)), 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length))
    return cv2.filter2D(pixels, -1, kernel / kernel.sum()), IDENTITY


def gaussian_noise(
    pixels: Pixels, rng: np.random.Generator, sigma: float = 20
) -> tuple[Pixels, Matrix]:
    noisy = pixels + rng.normal(0, sigma, pixels.shape)
    return clipped(noisy), IDENTITY


def salt_and_pepper(
    pixels: Pixels, rng: np.random.Generator, share: float = 0.05
) -> tuple[Pixels, Matrix]:
    noisy = pixels.copy()
    chance = rng.random(pixels.shape[:2])
    noisy[chance < share / 2] = 0
    noisy[chance > 1 - share / 2] = 255
    return noisy, IDENTITY


# --- colour -------------------------------------------------------------------------------------
def greyscale(pixels: Pixels, _: np.random.Generator) -> tuple[Pixels, Matrix]:
    return np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2), IDENTITY


def tone(
    pixels: Pixels, _: np.random.Generator, gain: float = 1.0, offset: float = 0, gamma: float = 1
) -> tuple[Pixels, Matrix]:
    value = 255 * (pixels / 255.0) ** gamma
    return clipped((value - 127.5) * gain + 127.5 + offset), IDENTITY


def hue(pixels: Pixels, _: np.random.Generator, degrees: int = 60) -> tuple[Pixels, Matrix]:
    hsv = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)
    hsv[:, :, 0] = (hsv[:, :, 0].astype(int) + degrees // 2) % 180
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), IDENTITY


def sepia(pixels: Pixels, _: np.random.Generator) -> tuple[Pixels, Matrix]:
    weights = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])
    return clipped(pixels @ weights.T), IDENTITY


# --- overlay and border -------------------------------------------------------------------------
def border(pixels: Pixels, rng: np.random.Generator, share: float = 0.1) -> tuple[Pixels, Matrix]:
    height, width = pixels.shape[:2]
    x, y = round(width * share), round(height * share)
    colour = tuple(int(c) for c in rng.integers(0, 256, 3))
    framed = cv2.copyMakeBorder(pixels, y, y, x, x, cv2.BORDER_CONSTANT, value=colour)
    return framed, shift(x, y)


def letterbox(pixels: Pixels, _: np.random.Generator) -> tuple[Pixels, Matrix]:
    height, width = pixels.shape[:2]
    side = max(height, width)
    canvas = np.zeros((side, side, 3), np.uint8)
    x, y = (side - width) // 2, (side - height) // 2
    canvas[y : y + height, x : x + width] = pixels
    return canvas, shift(x, y)


def caption(pixels: Pixels, _: np.random.Generator) -> tuple[Pixels, Matrix]:
    height, width = pixels.shape[:2]
    marked = pixels.copy()
    for line, at in (("WHEN YOU FIND", 0.14), ("THE ORIGINAL", 0.94)):
        scale, place = width / 320, (round(width * 0.05), round(height * at))
        for colour, thick in (((0, 0, 0), 6), ((255, 255, 255), 2)):
            cv2.putText(marked, line, place, cv2.FONT_HERSHEY_DUPLEX, scale, colour, thick)
    return marked, IDENTITY


def sticker(pixels: Pixels, rng: np.random.Generator, share: float = 0.3) -> tuple[Pixels, Matrix]:
    """An opaque patch of another texture over `share` of the area."""
    height, width = pixels.shape[:2]
    h, w = round(height * share**0.5), round(width * share**0.5)
    y, x = int(rng.integers(0, height - h + 1)), int(rng.integers(0, width - w + 1))
    marked = pixels.copy()
    marked[y : y + h, x : x + w] = cv2.resize(
        rng.integers(0, 256, (6, 8, 3), dtype=np.uint8), (w, h), interpolation=cv2.INTER_NEAREST
    )
    return marked, IDENTITY


def watermark(pixels: Pixels, _: np.random.Generator) -> tuple[Pixels, Matrix]:
    height, width = pixels.shape[:2]
    layer = np.zeros_like(pixels)
    for row in range(0, height + 60, 60):
        for column in range(-row % 180 - 180, width, 180):
            cv2.putText(layer, "SAMPLE", (column, row), cv2.FONT_HERSHEY_SIMPLEX, 1, (255,) * 3, 2)
    return cv2.addWeighted(pixels, 1, layer, 0.35, 0), IDENTITY


# --- crop ---------------------------------------------------------------------------------------
def crop(pixels: Pixels, rng: np.random.Generator, share: float = 0.5) -> tuple[Pixels, Matrix]:
    """A window of `share` of the area, same aspect, anywhere."""
    height, width = pixels.shape[:2]
    h, w = round(height * share**0.5), round(width * share**0.5)
    y, x = int(rng.integers(0, height - h + 1)), int(rng.integers(0, width - w + 1))
    return pixels[y : y + h, x : x + w], shift(-x, -y)


# --- in a scene or on a screen --------------------------------------------------------------------
def scene(
    pixels: Pixels, rng: np.random.Generator, share: float = 0.25, turned: bool = False
) -> tuple[Pixels, Matrix]:
    """Pasted over `share` of a textured canvas that is not a photograph."""
    height, width = pixels.shape[:2]
    canvas = clutter((height, width), rng)
    zoom = share**0.5
    size = round(width * zoom), round(height * zoom)
    place = scaling(size, (width, height))
    x, y = rng.uniform(0, width - size[0]), rng.uniform(0, height - size[1])
    if turned:
        place = rotation(float(rng.uniform(-25, 25)), size) @ place
    place = shift(round(x), round(y)) @ place
    return pasted(pixels, canvas, place), place


def screenshot(pixels: Pixels, rng: np.random.Generator) -> tuple[Pixels, Matrix]:
    """A phone's screen: bars, text lines above and below, the picture across the width."""
    height, width = pixels.shape[:2]
    screen = np.full((round(width * 1.9), width, 3), 250, np.uint8)
    cv2.rectangle(screen, (0, 0), (width, width // 9), (30, 60, 120), -1)
    top = round(width * 0.3)
    below = top + height * 0.94
    for line in range(6):
        y = round(width * 0.17 + line * width * 0.05 if line < 2 else below + line * width * 0.06)
        words = "".join(rng.choice(list("abcdefgh iklmno rstu "), 34))
        cv2.putText(screen, words, (12, y), cv2.FONT_HERSHEY_SIMPLEX, width / 1000, (20,) * 3, 1)
    size = round(width * 0.94), round(height * 0.94)
    place = shift(round(width * 0.03), top) @ scaling(size, (width, height))
    return pasted(pixels, screen, place), place


# --- perspective and combinations ----------------------------------------------------------------
def perspective(
    pixels: Pixels, rng: np.random.Generator, strength: float = 0.15, clean: bool = True
) -> tuple[Pixels, Matrix]:
    """Corners move inward by up to `strength`; `clean` False adds a camera's faults."""
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    inward = rng.uniform(0.2, 1, (4, 2)) * strength * (1 - 2 * corners)
    target = (corners + inward) * (width - 1, height - 1)
    place = cv2.getPerspectiveTransform(
        corners * np.float32([width - 1, height - 1]), target.astype(np.float32)
    )
    seen = pasted(pixels, clutter((height, width), rng), place)
    if not clean:
        seen, _ = gaussian_blur(seen, rng, 0.8)
        seen, _ = tone(seen, rng, 0.8, 10, 1.2)
        seen, _ = gaussian_noise(seen, rng, 6)
        seen, _ = jpeg(seen, rng, 60)
    return seen, place


def crop_resize_jpeg(pixels: Pixels, rng: np.random.Generator) -> tuple[Pixels, Matrix]:
    copy, first = crop(pixels, rng, 0.6)
    copy, second = resize(np.ascontiguousarray(copy), rng, 0.6)
    copy, _ = jpeg(copy, rng, 40)
    return copy, second @ first


def rotated_crop_tone(pixels: Pixels, rng: np.random.Generator) -> tuple[Pixels, Matrix]:
    copy, first = rotate(pixels, rng, 12)
    copy, second = crop(copy, rng, 0.5)
    copy, _ = tone(np.ascontiguousarray(copy), rng, 1.3, -10)
    return copy, second @ first


# --- rotate, mirror, negative --------------------------------------------------------------------
def rotate(pixels: Pixels, _: np.random.Generator, degrees: float = 45) -> tuple[Pixels, Matrix]:
    """Clockwise, on a canvas that holds all of it."""
    height, width = pixels.shape[:2]
    turn = rotation(degrees, (width, height))
    corners = cv2.perspectiveTransform(frame_corners(width, height)[None], turn)[0]
    low, high = corners.min(axis=0), corners.max(axis=0)
    place = shift(float(-low[0] - 0.5), float(-low[1] - 0.5)) @ turn
    size = tuple(round(float(side)) for side in high - low)
    return cv2.warpPerspective(pixels, place, size, flags=cv2.INTER_LINEAR), place


def mirror(
    pixels: Pixels, rng: np.random.Generator, after: Attack | None = None, upright: bool = True
) -> tuple[Pixels, Matrix]:
    """Left-right (`upright`) or top-bottom, then another attack."""
    height, width = pixels.shape[:2]
    if upright:
        copy, place = pixels[:, ::-1], np.array([[-1.0, 0, width - 1], [0, 1, 0], [0, 0, 1]])
    else:
        copy, place = pixels[::-1], np.array([[1.0, 0, 0], [0, -1, height - 1], [0, 0, 1]])
    copy = np.ascontiguousarray(copy)
    if after is None:
        return copy, place
    copy, then = after(copy, rng)
    return copy, then @ place


def negative(
    pixels: Pixels, rng: np.random.Generator, after: Attack | None = None
) -> tuple[Pixels, Matrix]:
    return (255 - pixels, IDENTITY) if after is None else after(255 - pixels, rng)


ATTACKS: dict[str, dict[str, Attack]] = {
    "compress/resize": {
        "jpeg_50": partial(jpeg, quality=50),
        "jpeg_20": partial(jpeg, quality=20),
        "jpeg_8": partial(jpeg, quality=8),
        "webp_30": partial(webp, quality=30),
        "resize_50": partial(resize, across=0.5),
        "resize_20": partial(resize, across=0.2),
        "resize_150": partial(resize, across=1.5),
        "squeeze_70": partial(resize, across=0.7, down=1.0),
    },
    "blur/noise": {
        "blur_1.5": partial(gaussian_blur, sigma=1.5),
        "blur_3": partial(gaussian_blur, sigma=3),
        "motion_11": partial(motion_blur, length=11),
        "noise_15": partial(gaussian_noise, sigma=15),
        "noise_50": partial(gaussian_noise, sigma=50),
        "salt_pepper_2": partial(salt_and_pepper, share=0.02),
        "salt_pepper_10": partial(salt_and_pepper, share=0.1),
    },
    "colour": {
        "greyscale": greyscale,
        "bright": partial(tone, offset=50),
        "dark": partial(tone, gamma=2.2),
        "flat": partial(tone, gain=0.4),
        "contrast": partial(tone, gain=1.8),
        "hue_90": partial(hue, degrees=90),
        "sepia": sepia,
    },
    "overlay/border": {
        "border_10": partial(border, share=0.1),
        "border_40": partial(border, share=0.4),
        "letterbox": letterbox,
        "caption": caption,
        "sticker_30": partial(sticker, share=0.3),
        "watermark": watermark,
    },
    "crop": {
        "crop_80": partial(crop, share=0.8),
        "crop_50": partial(crop, share=0.5),
        "crop_25": partial(crop, share=0.25),
        "crop_10": partial(crop, share=0.1),
    },
    "scene/screenshot": {
        "scene_50": partial(scene, share=0.5),
        "scene_25": partial(scene, share=0.25),
        "scene_25_turned": partial(scene, share=0.25, turned=True),
        "screenshot": screenshot,
    },
    "perspective/combo": {
        "perspective_15": partial(perspective, strength=0.15),
        "perspective_30": partial(perspective, strength=0.3),
        "photographed_25": partial(perspective, strength=0.25, clean=False),
        "crop_resize_jpeg": crop_resize_jpeg,
        "rotated_crop_tone": rotated_crop_tone,
    },
    "rotate": {
        "rotate_5": partial(rotate, degrees=5),
        "rotate_45": partial(rotate, degrees=45),
        "rotate_90": partial(rotate, degrees=90),
        "rotate_180": partial(rotate, degrees=180),
        "rotate_200": partial(rotate, degrees=200),
    },
    "mirror": {
        "mirror": mirror,
        "flip": partial(mirror, upright=False),
        "mirror_crop_50": partial(mirror, after=partial(crop, share=0.5)),
        "mirror_photographed": partial(
            mirror, after=partial(perspective, strength=0.2, clean=False)
        ),
    },
    "negative": {
        "negative": negative,
        "negative_jpeg_30": partial(negative, after=partial(jpeg, quality=30)),
        "negative_mirror": partial(negative, after=mirror),
    },
}
BY_NAME = {name: attack for group in ATTACKS.values() for name, attack in group.items()}
CLASS_OF = {name: group for group, attacks in ATTACKS.items() for name in attacks}


# --- geometry and drawing -------------------------------------------------------------------------
def shift(x: float, y: float) -> Matrix:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], float)


def scaling(target: tuple[int, int], source: tuple[int, int]) -> Matrix:
    """Scaling that keeps the pictures' edges together, as cv2.resize does."""
    x, y = target[0] / source[0], target[1] / source[1]
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])


def rotation(degrees: float, size: tuple[int, int]) -> Matrix:
    """Clockwise turn around the middle of a picture of this (width, height)."""
    angle = np.deg2rad(degrees)
    x, y = (size[0] - 1) / 2, (size[1] - 1) / 2
    turn = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )
    return shift(x, y) @ turn @ shift(-x, -y)


def frame_corners(width: int, height: int) -> Matrix:
    """(4, 2) outer corners of the frame, TL TR BR BL."""
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], float) - 0.5


def clipped(values: NDArray[np.floating]) -> Pixels:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def clutter(shape: tuple[int, int], rng: np.random.Generator) -> Pixels:
    """A textured background: smooth clouds of colour, boxes and discs."""
    height, width = shape
    grid = rng.integers(40, 220, (7, 9, 3), dtype=np.uint8)
    canvas = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(60):
        centre = int(rng.integers(0, width)), int(rng.integers(0, height))
        colour = tuple(int(c) for c in rng.integers(0, 256, 3))
        radius = int(rng.integers(3, max(5, width // 14)))
        if rng.random() < 0.5:
            cv2.circle(canvas, centre, radius, colour, -1, cv2.LINE_AA)
        else:
            other = centre[0] + radius * 2, centre[1] + radius
            cv2.rectangle(canvas, centre, other, colour, -1)
    return canvas


def pasted(pixels: Pixels, canvas: Pixels, place: Matrix) -> Pixels:
    """The picture warped by `place` over the canvas, reduced without aliasing."""
    size = canvas.shape[1], canvas.shape[0]
    zoom = abs(np.linalg.det(place[:2, :2])) ** 0.5
    source = cv2.GaussianBlur(pixels, (0, 0), 0.5 / zoom) if zoom < 0.7 else pixels
    warped = cv2.warpPerspective(source, place, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full(pixels.shape[:2], 255, np.uint8), place, size)
    share = mask[:, :, None] / 255.0
    return clipped(warped * share + canvas * (1 - share))


def main(picture: str, directory: str) -> None:
    """Write every attacked copy of a picture."""
    pixels = cv2.imread(picture, cv2.IMREAD_COLOR)[:, :, ::-1]
    for name in BY_NAME:
        copy, _ = attacked(np.ascontiguousarray(pixels), name, Path(picture).name)
        cv2.imwrite(str(Path(directory) / f"{name}.png"), copy[:, :, ::-1])


if __name__ == "__main__":
    main(*sys.argv[1:3])
