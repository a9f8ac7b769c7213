"""TIFF 6.0 and BigTIFF: the first directory, rewritten with the tags that decoding needs."""

import struct
from dataclasses import dataclass
from itertools import zip_longest

from ..errors import UnsupportedImage
from .container import MAX_ICC_BYTES, ORIENTATION_TAG, Container, valid_orientation

_WIDTH, _HEIGHT, _TILE_WIDTH, _TILE_HEIGHT, _ICC = 256, 257, 322, 323, 34675
_STRIP_OFFSETS, _STRIP_COUNTS, _TILE_OFFSETS, _TILE_COUNTS = 273, 279, 324, 325
_DECODING_TAGS = frozenset(
    {_WIDTH, _HEIGHT, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320}
    | {_TILE_WIDTH, _TILE_HEIGHT, 324, 325, 332, 334, 338, 339, 347}
    | {529, 530, 531, 532}
)
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_TYPE_BYTES |= {13: 4, 16: 8, 17: 8, 18: 8}  # BigTIFF
# TIFF 6.0 defines 74 tags; scanners and GIS add a few dozen.
MAX_ENTRIES = 1000
# Tiles are larger than a small image, but never this large (libtiff's tools: 256 to 1024 a side).
MAX_TILE_PIXELS = 16_000_000


@dataclass(frozen=True)
class _Layout:
    """Sizes and struct codes of a classic (4-byte) or big (8-byte) TIFF."""

    order: str
    offset: str
    count: str
    pointer_at: int

    @property
    def entry_bytes(self) -> int:
        return 4 + 2 * struct.calcsize("=" + self.offset)

    @property
    def inline_bytes(self) -> int:
        return struct.calcsize("=" + self.offset)


@dataclass(frozen=True)
class _Entry:
    tag: int
    raw: bytes
    value: bytes
    kind: int

    def integers(self, order: str) -> tuple[int, ...]:
        """The values of an integer tag; empty where it is not one."""
        code = {1: "B", 3: "H", 4: "I", 16: "Q"}.get(self.kind)
        if code is None:
            return ()
        count = len(self.value) // struct.calcsize("=" + code)
        return struct.unpack_from(f"{order}{count}{code}", self.value)


def parse(data: bytes) -> Container:
    """Raises struct.error or UnsupportedImage: no size, or tags that point out of the file."""
    layout = _layout(data)
    entries = _read_directory(data, layout)
    numbers = {tag: next(iter(e.integers(layout.order)), 0) for tag, e in entries.items()}
    if numbers.get(_TILE_WIDTH, 0) * numbers.get(_TILE_HEIGHT, 0) > MAX_TILE_PIXELS:
        raise UnsupportedImage(f"TIFF with tiles above {MAX_TILE_PIXELS} pixels.")
    _check_strips(len(data), entries, layout.order)
    icc = entries[_ICC].value if _ICC in entries else b""
    return Container(
        "TIFF",
        numbers.get(_WIDTH, 0),
        numbers.get(_HEIGHT, 0),
        _rewrite(data, layout, entries),
        valid_orientation(numbers.get(ORIENTATION_TAG, 1)),
        icc=icc if 0 < len(icc) <= MAX_ICC_BYTES else None,
    )


def _layout(data: bytes) -> _Layout:
    order = "<" if data[:2] == b"II" else ">"
    (version,) = struct.unpack_from(order + "H", data, 2)
    return _Layout(order, "Q", "Q", 8) if version == 43 else _Layout(order, "I", "H", 4)


def _read_directory(data: bytes, layout: _Layout) -> dict[int, _Entry]:
    """The entries of the first directory by tag.

    Their values together may not be longer than the file: thousands of tags that share one long
    value would otherwise be read thousands of times.
    """
    order = layout.order
    (start,) = struct.unpack_from(order + layout.offset, data, layout.pointer_at)
    (count,) = struct.unpack_from(order + layout.count, data, start)
    if count > MAX_ENTRIES:
        raise UnsupportedImage(f"TIFF with more than {MAX_ENTRIES} tags.")
    start += struct.calcsize("=" + layout.count)
    entries: dict[int, _Entry] = {}
    total_bytes = 0
    for index in range(count):
        position = start + index * layout.entry_bytes
        tag, kind, length = struct.unpack_from(order + "HH" + layout.offset, data, position)
        value_bytes = _TYPE_BYTES.get(kind, 0) * length
        total_bytes += value_bytes
        at = position + 4 + layout.inline_bytes
        if value_bytes > layout.inline_bytes:
            (at,) = struct.unpack_from(order + layout.offset, data, at)
        if at + value_bytes > len(data) or total_bytes > len(data):
            raise UnsupportedImage(f"TIFF whose tag {tag} reaches beyond the end of the file.")
        raw = data[position : position + layout.entry_bytes]
        entries.setdefault(tag, _Entry(tag, raw, data[at : at + value_bytes], kind))
    return entries


def _check_strips(file_bytes: int, entries: dict[int, _Entry], order: str) -> None:
    """Refuse a cut-off file: behind its end lies, after rewriting, our directory."""
    for offsets_tag, counts_tag in ((_STRIP_OFFSETS, _STRIP_COUNTS), (_TILE_OFFSETS, _TILE_COUNTS)):
        if offsets_tag not in entries:
            continue
        offsets = entries[offsets_tag].integers(order)
        counts = entries[counts_tag].integers(order) if counts_tag in entries else ()
        last = max((o + n for o, n in zip_longest(offsets, counts, fillvalue=0)), default=0)
        if last > file_bytes:
            raise UnsupportedImage(f"Truncated TIFF: {last - file_bytes} bytes are missing.")


def _rewrite(data: bytes, layout: _Layout, entries: dict[int, _Entry]) -> bytes:
    """The file with a new, last directory; offsets of values and strips stay as they are."""
    kept = [entries[tag].raw for tag in sorted(entries) if tag in _DECODING_TAGS]
    padding = b"\x00" * (-len(data) % 8)
    order = layout.order
    pointer = struct.pack(order + layout.offset, len(data) + len(padding))
    head = data[: layout.pointer_at] + pointer
    count = struct.pack(order + layout.count, len(kept))
    end = struct.pack(order + layout.offset, 0)
    return b"".join([head, data[len(head) :], padding, count, *kept, end])
