"""What a picture's file says of itself: EXIF, IPTC-IIM and XMP, as one set of facts.

Read from bytes of strangers that were opened already (`imaging.opening`): sizes are capped, damaged
blocks are passed over, and nothing of it is believed further than a proposal. Where several blocks
say the same, XMP counts before IPTC and that before EXIF (Metadata Working Group, Guidelines for
Handling Image Metadata 2.0, 5).
"""

from PIL import ImageFile

from .exif import exif_facts
from .facts import Facts, Place, merged
from .iptc import iptc_facts
from .writing import NO_RIGHTS, Rights, exif_block, rights_of, xmp_packet
from .xmp import xmp_facts

__all__ = [
    "NO_RIGHTS",
    "Facts",
    "Place",
    "Rights",
    "exif_block",
    "read_facts",
    "rights_of",
    "xmp_packet",
]


def read_facts(image: ImageFile.ImageFile) -> Facts:
    """All that the blocks of an opened picture say; its pixels need not be loaded."""
    return merged((xmp_facts(image), iptc_facts(image), exif_facts(image)))
