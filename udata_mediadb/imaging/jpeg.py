"""JPEG: markers (ITU T.81 annex B). Keeps what decoding needs: JFIF, Adobe, tables, scans."""

import re

from ..errors import UnsupportedImage
from .container import MAX_ICC_BYTES, Container, exif_orientation

# Cameras and editors stay below 500, even with 8 MB of ICC or XMP parts.
MAX_SEGMENTS = 5000
# Each scan of a progressive file costs a pass over all pixels, for as few as 10 bytes of file.
# Encoders make about 10; libvips refuses from the same number on.
MAX_SCANS = 100

_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SOS, _EOI, _APP0, _APP1, _APP2, _ADOBE, _COMMENT = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def parse(data: bytes) -> Container:
    """Raises IndexError or UnsupportedImage for a file without frame header and scan."""
    kept = [b"\xff\xd8"]
    size: tuple[int, int] | None = None
    orientation: int | None = None
    icc: dict[int, bytes] = {}
    position = 2
    for _ in range(MAX_SEGMENTS):
        marker, start, end = _next_segment(data, position)
        body = data[start + 4 : end]
        if marker == _SOS:
            break
        if marker in _SOF:
            size = int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
        if marker == _APP1 and orientation is None and body.startswith(b"Exif\x00\x00"):
            orientation = exif_orientation(body)
        if marker == _APP2 and body.startswith(b"ICC_PROFILE\x00") and len(body) > 14:
            icc[body[12]] = body[14:]
        if _is_needed(marker, body):
            kept.append(data[start:end])
        position = end
    else:
        raise UnsupportedImage(f"JPEG with more than {MAX_SEGMENTS} segments.")
    if size is None:
        raise UnsupportedImage("JPEG without a frame header before its first scan.")
    _check_scans(data, start)
    kept.append(data[start:])
    profile = b"".join(icc[number] for number in sorted(icc))
    return Container(
        "JPEG",
        *size,
        data=b"".join(kept),
        orientation=orientation or 1,
        icc=profile if 0 < len(profile) <= MAX_ICC_BYTES else None,
    )


def _next_segment(data: bytes, position: int) -> tuple[int, int, int]:
    """(marker, start, end) of the segment at or after `position`; start is at its 0xFF."""
    while True:
        position = data.find(b"\xff", position)
        if position < 0:
            raise IndexError("no marker")
        while data[position + 1] == 0xFF:
            position += 1
        marker = data[position + 1]
        if marker == _EOI:
            raise IndexError("end of image before its first scan")
        if marker and marker not in _STANDALONE:
            break
        position += 2
    end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    if end > len(data) or end < position + 4:
        raise IndexError("segment out of bounds")
    return marker, position, end


def _is_needed(marker: int, body: bytes) -> bool:
    if marker == _APP0:
        return body.startswith(b"JFIF\x00")
    if marker == _ADOBE:
        return body.startswith(b"Adobe")
    return not 0xE0 <= marker <= 0xEF and marker != _COMMENT


def _check_scans(data: bytes, position: int) -> None:
    """Count the scans from the first one on, up to the end of the image."""
    scans = 0
    while found := _IN_SCAN.search(data, position):
        position = found.start()
        marker = data[position + 1]
        if marker == _EOI:
            return
        if marker == _SOS:
            scans += 1
            if scans > MAX_SCANS:
                raise UnsupportedImage(f"JPEG with more than {MAX_SCANS} scans.")
        skipped = int.from_bytes(data[position + 2 : position + 4], "big")
        position += 2 + (0 if marker in _STANDALONE else skipped)
