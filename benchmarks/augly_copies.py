"""Forty kinds of copies, made with AugLy: the library behind the copies of the DISC21 benchmark.

Each takes a picture, another stored one (copies are laid onto it, or it onto them) and a
seeded random generator. Numbers are choices, made before anything was measured with them.
"""

import zlib
from collections.abc import Callable

import augly.image as augly
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from PIL.Image import Image as Pil

Kind = Callable[[Pil, Pil, np.random.Generator], Pil]


def _size_of_lines(font: ImageFont.FreeTypeFont, text: str) -> tuple[int, int]:
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), text, font)
    return round(right - left), round(bottom - top)


# AugLy 1.0.0 calls what NumPy 1.24 and Pillow 10 took away
np.float = float
ImageFont.FreeTypeFont.getsize_multiline = _size_of_lines


def copy_of(picture: Pil, other: Pil, kind: str, seed: str) -> Pil:
    """The copy of this kind; the same seed text gives the same copy."""
    rng = np.random.default_rng(zlib.crc32(f"augly/{kind}/{seed}".encode()))
    return KINDS[kind](picture, other, rng).convert("RGB")


def _laid_onto(size: float, opacity: float = 1.0) -> Kind:
    """Onto another picture, over `size` of its height, anywhere."""

    def laid(picture: Pil, other: Pil, rng: np.random.Generator) -> Pil:
        return augly.overlay_onto_background_image(
            picture,
            background_image=other,
            overlay_size=size,
            opacity=opacity,
            x_pos=float(rng.uniform(0, 1 - size)),
            y_pos=float(rng.uniform(0, 1 - size)),
        )

    return laid


def _other_laid_on(picture: Pil, other: Pil, rng: np.random.Generator) -> Pil:
    x, y = rng.uniform(0, 0.6, 2)
    return augly.overlay_image(
        picture, overlay=other, overlay_size=0.4, x_pos=float(x), y_pos=float(y)
    )


def _crop(share: float) -> Kind:
    """A window of `share` of the area, anywhere."""
    side = share**0.5

    def cropped(picture: Pil, _: Pil, rng: np.random.Generator) -> Pil:
        x, y = (float(v) for v in rng.uniform(0, 1 - side, 2))
        return augly.crop(picture, x1=x, y1=y, x2=x + side, y2=y + side)

    return cropped


def _masked_blur(picture: Pil, _: Pil, rng: np.random.Generator) -> Pil:
    """One half, left, right, above or below, is blurred."""
    mask = np.zeros(picture.size[::-1], np.uint8)
    lines = mask if rng.random() < 0.5 else mask.T
    middle = len(lines) // 2
    lines[slice(middle) if rng.random() < 0.5 else slice(middle, None)] = 255
    return augly.masked_composite(
        picture,
        mask=Image.fromarray(mask),
        transform_function=lambda one: augly.blur(one, radius=6),
    )


def _text(picture: Pil, _: Pil, rng: np.random.Generator) -> Pil:
    words = [int(i) for i in rng.integers(0, 5000, 8)]
    return augly.overlay_text(picture, text=words, font_size=0.12, x_pos=0.05, y_pos=0.5)


def _emoji(size: float) -> Kind:
    def marked(picture: Pil, _: Pil, rng: np.random.Generator) -> Pil:
        x, y = (float(v) for v in rng.uniform(0, 1 - size, 2))
        return augly.overlay_emoji(picture, emoji_size=size, x_pos=x, y_pos=y)

    return marked


def _perspective(sigma: float) -> Kind:
    def seen(picture: Pil, _: Pil, rng: np.random.Generator) -> Pil:
        seed = int(rng.integers(1 << 31))
        return augly.perspective_transform(picture, sigma=sigma, seed=seed)

    return seen


def _plain(function: Callable[..., Pil], **arguments: object) -> Kind:
    return lambda picture, _other, _rng: function(picture, **arguments)


KINDS: dict[str, Kind] = {
    "blurred, radius 2": _plain(augly.blur, radius=2),
    "blurred, radius 4": _plain(augly.blur, radius=4),
    "half as bright": _plain(augly.brightness, factor=0.5),
    "brighter": _plain(augly.brightness, factor=1.6),
    "aspect 2": _plain(augly.change_aspect_ratio, ratio=2.0),
    "aspect 0.6": _plain(augly.change_aspect_ratio, ratio=0.6),
    "100,000 px at most": _plain(augly.clip_image_size, max_resolution=100_000),
    "colour jitter": _plain(
        augly.color_jitter, brightness_factor=1.2, contrast_factor=1.3, saturation_factor=1.8
    ),
    "half the contrast": _plain(augly.contrast, factor=0.5),
    "twice the contrast": _plain(augly.contrast, factor=2.0),
    "crop to a half": _crop(0.5),
    "crop to a quarter": _crop(0.25),
    "crop to a tenth": _crop(0.1),
    "quality 30": _plain(augly.encoding_quality, quality=30),
    "quality 10": _plain(augly.encoding_quality, quality=10),
    "grey": _plain(augly.grayscale),
    "mirrored": _plain(augly.hflip),
    "upside down mirrored": _plain(augly.vflip),
    "masked blur": _masked_blur,
    "meme": _plain(augly.meme_format, text="WHO FINDS THIS", caption_height=120),
    "half see-through": _plain(augly.opacity, level=0.5),
    "emoji 15 %": _emoji(0.15),
    "emoji 40 %": _emoji(0.4),
    "another laid on": _other_laid_on,
    "laid onto another, 20 %": _laid_onto(0.2),
    "laid onto another, 30 %": _laid_onto(0.3),
    "laid onto another, 50 %": _laid_onto(0.5),
    "laid onto another, half see-through": _laid_onto(0.6, opacity=0.5),
    "screenshot": _plain(augly.overlay_onto_screenshot),
    "stripes": _plain(augly.overlay_stripes, line_width=0.3, line_angle=25, line_opacity=0.7),
    "text": _text,
    "padded": _plain(augly.pad, w_factor=0.25, h_factor=0.25),
    "perspective": _perspective(50.0),
    "pixels of 1/3": _plain(augly.pixelization, ratio=0.33),
    "noise": _plain(augly.random_noise, var=0.02),
    "turned by 15": _plain(augly.rotate, degrees=15.0),
    "scaled to 15 %": _plain(augly.scale, factor=0.15),
    "sharpened": _plain(augly.sharpen, factor=8.0),
    "a tenth of the pixels shuffled": _plain(augly.shuffle_pixels, factor=0.1),
    "edges enhanced": _plain(augly.apply_pil_filter, filter_type=ImageFilter.EDGE_ENHANCE_MORE),
}
