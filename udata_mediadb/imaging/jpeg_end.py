"""Whether a JPEG is all there, which its end mark alone does not say.

Old holdings have files without an end mark whose pixels are all there; half an upload may have got
one. libjpeg fills what lacks with grey, and warns where nobody can hear it. So a file that looks
like either is decoded twice, with other bytes where its pixels end: what is all there stays the
same.
"""

import hashlib
import re
from dataclasses import dataclass

from PIL import Image

from ..errors import UnsupportedImage
from .bands import bands
from .guards import MAX_MARKERS
from .opening import load, open_image

_END = b"\xff\xd9"
# More than a row of blocks would take, and no marker among them.
_OTHER_BYTES = b"\x5a" * 4096
_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_MARKER = re.compile(rb"\xff[^\xff]")
_SOS, _EOI, _SOF2 = 0xDA, 0xD9, 0xC2  # ITU-T T.81, table B.1
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a segment
# Of a progressive one with an end mark, whose last scan may have been cut: two decodes, 0.1 s each.
CHECKED_PIXELS = 4_000_000
_GREY, _GREY_STEP = 128, 2  # of blocks without coefficients
_SCALE = 8  # blocks are compared by their mean, unless later scans refine them
_COEFFICIENTS = 64


@dataclass
class _Layout:
    """`end`: of the end mark, None without one. `lacks`: a coefficient never got its last bit.
    `begun`: where a segment begins that the file does not have to its end."""

    end: int | None = None
    begun: int | None = None
    progressive: bool = False
    lacks: bool = False


def with_its_end(data: bytes, *, max_pixels: int, lenient: bool) -> bytes:
    """`data` itself where it is whole, or with its end mark; `lenient`: also where rows lack.

    Raises UnsupportedImage for a file that was cut off, unless `lenient`; of a progressive one also
    where it was cut between two scans, or, up to `CHECKED_PIXELS`, within the last one, so that
    only the last bit of detail lacks. What is damaged elsewhere is left to the
    decoder. To be called after `open_image`, which limits the number of segments.
    """
    layout = _layout(data)
    if layout.lacks and not lenient:
        raise UnsupportedImage(
            "Damaged or truncated JPEG: the data end early, before its last scans."
        )
    if layout.end is not None and (lenient or not _may_be_filled_up(data, layout, max_pixels)):
        return data
    pixels = data[: layout.begun].rstrip(b"\xff") if layout.end is None else data[: layout.end]
    if not lenient and not _is_whole(pixels, 1 if layout.progressive else _SCALE, max_pixels):
        raise UnsupportedImage("Damaged or truncated JPEG: the data end early.")
    return data if layout.end is not None else pixels + _END


def _may_be_filled_up(data: bytes, layout: _Layout, max_pixels: int) -> bool:
    """Whether the last corner is the plain grey of blocks that lack, or a last scan may be cut."""
    if layout.progressive:
        return max_pixels <= CHECKED_PIXELS  # the last scan alone may be cut: no pixel is grey
    try:
        image = _opened(data, "L", _SCALE, max_pixels)
    except UnsupportedImage:
        return False  # the decoder will say it
    corner = image.convert("L").getpixel((image.width - 1, image.height - 1))
    return isinstance(corner, int) and abs(corner - _GREY) <= _GREY_STEP


def _is_whole(pixels: bytes, scale: int, max_pixels: int) -> bool:
    """Whether other bytes behind the pixels change nothing."""
    one, other = (_decoded(pixels + more + _END, scale, max_pixels) for more in (b"", _OTHER_BYTES))
    return one == other


def _decoded(data: bytes, scale: int, max_pixels: int) -> bytes | None:
    """A checksum of the pixels at that part of the size; None where they cannot be decoded."""
    try:
        image = _opened(data, None, scale, max_pixels)
    except UnsupportedImage:
        return None
    checksum = hashlib.sha256()
    for _, band in bands(image):
        checksum.update(band.tobytes())
    return checksum.digest()


def _opened(data: bytes, mode: str | None, scale: int, max_pixels: int) -> Image.Image:
    image = open_image(data, max_pixels=max_pixels)
    image.draft(mode, (max(1, image.width // scale), max(1, image.height // scale)))
    load(image)
    return image


def _layout(data: bytes) -> _Layout:
    """What the markers say, up to the end mark or as far as they go."""
    layout, left, position = _Layout(), dict[int, set[int]](), 2
    for _ in range(MAX_MARKERS):
        # fill bytes, and what cameras leave between segments, are skipped
        found = _MARKER.search(data, position)
        if found is None:
            break
        marker, start = data[found.end() - 1], found.end()
        if marker == _EOI:
            layout.end = found.start()
            break
        length = 0 if marker in _BARE else int.from_bytes(data[start : start + 2], "big")
        position = start + length
        if position > len(data) or (length < 2 and marker not in _BARE):
            layout.begun = found.start()
            break
        if marker == _SOF2:
            layout.progressive = True
            parts = data[start + 8 : start + length : 3]
            left = {part: set(range(_COEFFICIENTS)) for part in parts}
        elif marker == _SOS:
            _note_scan(data[start + 2 : start + length], left)
            found = _IN_SCAN.search(data, position)
            position = found.start() if found else len(data)
    layout.lacks = any(left.values())
    return layout


def _note_scan(header: bytes, left: dict[int, set[int]]) -> None:
    """Take the coefficients that this scan completes from what is left (T.81, B.2.3)."""
    if len(header) < 4:
        return
    first, last, approximation = header[-3:]
    if approximation & 0x0F == 0:
        for part in header[1:-3:2]:
            left.get(part, set()).difference_update(range(first, last + 1))
