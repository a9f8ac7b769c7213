"""The few hostile files that Pillow reads at a cost; all others are left to Pillow's own limits.

Measured with files of up to 22 MB, Pillow 12.3 and 13.0, one core, stopped after 60 s of CPU.
"""

import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import ImageFile

from ..errors import UnsupportedImage

# While opening: a JPEG takes 4 a segment, so 16 MB of profile and XMP take 1000. Without the limit:
# 16 MB of empty JPEG segments take 5 s and 490 MB; 20 MB of GIF comment in parts of one byte did
# not end before Pillow 13.
MAX_HEADER_READS = 10_000
# While loading: 100,000 parts of pixels, which encoders make 8 kB or longer. Without the limit:
# 19 MB of empty PNG chunks take 4 s and 180 MB.
MAX_READS = 400_000
# Each scan of a progressive file costs a pass over all pixels, for as few as 10 bytes of file:
# 100 at 64 megapixels take 3.5 s. Encoders make about 10; libvips refuses from 100 on.
MAX_SCANS = 100
# Between and behind the scans, each found by a step in Python: 30 MB of empty segments take 5 s.
# Encoders write two tables before each scan.
MAX_MARKERS = 10_000
# Each may inflate to 1 MB in 2 ms, and Pillow sums up valid texts only: 2 MB of profiles take 4 s.
MAX_PACKED_CHUNKS = 200
# Pillow unpacks run lengths in Python: 64 megapixels in 30 kB take 7 s. Real ones are icons.
MAX_RLE_PIXELS = 4_000_000

SCANS = "scans"  # in Pillow's `info`, of a JPEG
_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_SOS, _EOI = 0xDA, 0xD9
_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def quiet() -> Iterator[None]:
    """Pillow's warnings are dropped inside; only for headers, which take below a millisecond.

    It warns once for each damaged tag: 5000 lines in the portal's log for 64 kB of EXIF, each text
    kept for ever in Python's registry. Filters belong to the process, hence the lock.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class MeteredFile(BytesIO):
    """The file's bytes, which a plugin may read a few times over, in so many reads.

    The bytes are limited for thousands of TIFF tags that share one long value: 20 MB of that
    did not end before Pillow 13.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._length = len(data)  # not getbuffer(), which would copy what is shared until then
        self.allow(MAX_HEADER_READS)

    def allow(self, reads: int) -> None:
        """Start anew with that many reads, and bytes for four times the whole file."""
        self._reads = reads
        self._bytes = 4 * self._length + (1 << 20)

    def read(self, size: int | None = -1, /) -> bytes:
        """As BytesIO; raises UnsupportedImage beyond the limits."""
        part = super().read(size)
        self._reads -= 1
        self._bytes -= len(part)
        if self._reads < 0 or self._bytes < 0:
            raise UnsupportedImage("The image has too many parts beside its pixels.")
        return part


def check_bytes(name: str, data: bytes) -> None:
    """Before a plugin opens it. Raises UnsupportedImage."""
    if name == "PNG":
        if b"IEND\xaeB`\x82" not in data:  # Pillow is content when the pixels are there
            raise UnsupportedImage("Truncated PNG: its end is missing.")
        packed = sum(data.count(kind) for kind in (b"iCCP", b"zTXt", b"iTXt"))
        if packed > MAX_PACKED_CHUNKS:
            raise UnsupportedImage(f"PNG with more than {MAX_PACKED_CHUNKS} compressed texts.")


def check_header(image: ImageFile.ImageFile, data: bytes) -> None:
    """Before its pixels are decoded. Raises UnsupportedImage."""
    if image.format == "JPEG" and image.fp is not None:
        image.info[SCANS] = _checked_scans(data, image.fp.tell())
    run_length_coded = image.format == "BMP" and image.info.get("compression") in (1, 2)
    if run_length_coded and image.width * image.height > MAX_RLE_PIXELS:
        raise UnsupportedImage(
            f"Run-length coded BMP above {MAX_RLE_PIXELS} pixels: send it as PNG."
        )


def _checked_scans(data: bytes, position: int) -> int:
    """How many scans there are up to the end of the image; `position` is in the first one.

    Segments between scans are skipped whole: they may hold what looks like a marker.
    """
    scans = 1
    for _ in range(MAX_MARKERS):
        found = _IN_SCAN.search(data, position)
        if found is None:
            return scans
        marker, position = data[found.start() + 1], found.end()
        if marker == _EOI:
            return scans
        if marker != 0x01:
            position += int.from_bytes(data[position : position + 2], "big")
        scans += marker == _SOS
        if scans > MAX_SCANS:
            raise UnsupportedImage(f"JPEG with more than {MAX_SCANS} scans.")
    raise UnsupportedImage(f"JPEG with more than {MAX_MARKERS} markers.")
