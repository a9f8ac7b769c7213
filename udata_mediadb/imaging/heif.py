"""HEIC and HEIF, as telephones save it: with the extra `[heif]` (pi-heif: libheif and libde265).

The container says how large the picture is, and so does the stream of each part: what lies in one
of the two is refused before anything is decoded. What a stream says further in is left to libheif's
own limits.
"""

from collections.abc import Iterator
from typing import Any

from ..errors import UnsupportedImage

try:
    from pi_heif import as_plugin
except ImportError:  # the extra is not installed
    as_plugin = None

HeifImageFile: Any = as_plugin.HeifImageFile if as_plugin is not None else None
BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
ADVICE = "save it as JPEG, or install udata-mediadb[heif] on the server"
_BOX = b"hvcC"
_SPS = 33  # H.265, table 7-1
_MAX_STREAMS = 1_000  # a grid has one for all of its tiles; a burst of telephones some dozen
_MAX_UNITS = 20_000  # parameter sets of all streams; encoders write three or four for each
_MAX_SPS_BYTES = 512  # the size stands within the first hundred


def check_streams(data: bytes, max_pixels: int) -> None:
    """Raise UnsupportedImage where a part of it would be decoded to more than `max_pixels`."""
    for width, height in _sizes(data):
        if width * height > max_pixels:
            raise UnsupportedImage(f"HEIC with a part of {width}x{height} pixels.")


def _sizes(data: bytes) -> Iterator[tuple[int, int]]:
    """Width and height of every stream, as its parameter sets say (H.265, 7.3.2.2)."""
    for number, (kind, unit) in enumerate(_units(data)):
        if number == _MAX_UNITS:
            raise UnsupportedImage(f"HEIC with more than {_MAX_UNITS} parameter sets.")
        if kind == _SPS:
            yield _size(unit)


def _units(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and beginning of the parameter sets of every stream."""
    position = data.find(_BOX)
    for _ in range(_MAX_STREAMS):
        if position < 0:
            return
        yield from _units_of(data, position + len(_BOX))
        position = data.find(_BOX, position + 1)
    raise UnsupportedImage(f"HEIC with more than {_MAX_STREAMS} streams.")


def _units_of(data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Of one configuration (ISO/IEC 14496-15, 8.3.3.1)."""
    position = start + 22
    arrays = data[position] if position < len(data) else 0
    position += 1
    for _ in range(arrays):
        kind = data[position] & 0x3F if position < len(data) else 0
        units = int.from_bytes(data[position + 1 : position + 3], "big")
        position += 3
        for _ in range(units):
            if position + 2 > len(data):
                return
            length = int.from_bytes(data[position : position + 2], "big")
            position += 2
            yield kind, data[position : position + min(length, _MAX_SPS_BYTES)]
            position += length


def _size(unit: bytes) -> tuple[int, int]:
    bits = _Bits(unit[2:].replace(b"\0\0\x03", b"\0\0"))
    bits.skip(4)
    layers = bits.take(3)
    bits.skip(1 + 96)  # profile, tier, level
    if layers:
        flags = [bits.take(2) for _ in range(layers)]
        bits.skip(2 * (8 - layers))
        bits.skip(sum(88 * (flag >> 1) + 8 * (flag & 1) for flag in flags))
    bits.golomb()
    if bits.golomb() == 3:
        bits.skip(1)
    return bits.golomb(), bits.golomb()


class _Bits:
    """Bits of a parameter set, the first one first."""

    def __init__(self, data: bytes) -> None:
        self._bits = "".join(f"{byte:08b}" for byte in data)
        self._at = 0

    def take(self, count: int) -> int:
        found = self._bits[self._at : self._at + count]
        self._at += count
        if len(found) < count:
            raise UnsupportedImage("Damaged HEIC: its stream says no size.")
        return int(found, 2)

    def skip(self, count: int) -> None:
        self._at += count

    def golomb(self) -> int:
        """A number of variable length (H.265, 9.2)."""
        zeros = 0
        while self.take(1) == 0:
            zeros += 1
            if zeros > 31:
                raise UnsupportedImage("Damaged HEIC: its stream says no size.")
        return (1 << zeros) - 1 + (self.take(zeros) if zeros else 0)
