"""What a container (the file around the coded pixels) says, and EXIF's orientation tag."""

import struct
from dataclasses import dataclass

ORIENTATION_TAG = 0x0112
# Profiles of printing presses reach 3 MB; anything longer is not worth its memory.
MAX_ICC_BYTES = 4 << 20
# EXIF writers stay below 100 entries; the rest is an attempt to keep us busy.
MAX_EXIF_ENTRIES = 1000


@dataclass(frozen=True)
class Container:
    """A parsed file.

    `width`, `height`: pixels as stored, before `orientation` (EXIF 1-8) is applied. `data`: a
    rewritten file with the coded pixels of the first frame and no metadata. `icc`: the embedded
    colour profile, or None.
    """

    format: str
    width: int
    height: int
    data: bytes
    orientation: int = 1
    animated: bool = False
    icc: bytes | None = None

    @property
    def turned(self) -> bool:
        """Whether upright means swapped width and height."""
        return self.orientation >= 5


def exif_orientation(exif: bytes) -> int:
    """Orientation 1-8 from an EXIF block (with or without its "Exif" prefix); 1 if unreadable.

    Read by hand: Pillow parses the whole block, and warns on what it cannot read.
    """
    exif = exif.removeprefix(b"Exif\x00\x00")
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, start)
        for index in range(min(count, MAX_EXIF_ENTRIES)):
            tag, kind, _ = struct.unpack_from(order + "HHI", exif, start + 2 + 12 * index)
            if tag == ORIENTATION_TAG:
                code = "I" if kind == 4 else "H"
                (value,) = struct.unpack_from(order + code, exif, start + 10 + 12 * index)
                return valid_orientation(value)
    except struct.error:
        return 1
    return 1


def valid_orientation(value: int) -> int:
    """The value if EXIF defines it, else 1 (as browsers do)."""
    return value if 1 <= value <= 8 else 1
