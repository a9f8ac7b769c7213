"""Bytes of a stranger -> pixels, safely, with Pillow.

Refuse before decoding: the format by its magic bytes, the size by its header, then the pixels.
Knows no Flask, no MongoDB and no settings: limits come as arguments. Changes no global state of
Pillow, OpenCV or `warnings`.
"""

from .budget import DecodingBudget
from .decoding import Picture, decode
from .encoding import reencode, thumbnail
from .formats import MIME, sniff
from .region import WHOLE, Region

__all__ = [
    "MIME",
    "WHOLE",
    "DecodingBudget",
    "Picture",
    "Region",
    "decode",
    "reencode",
    "sniff",
    "thumbnail",
]
