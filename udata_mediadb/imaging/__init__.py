"""Bytes of a stranger -> pixels, safely.

Refuse before decoding: the format by its magic bytes, the size by its header, then the pixels.
What Pillow gets to see is a container rewritten by us that holds only what the pixels need (no
metadata, no second frame), so that a metadata bomb is never parsed. Knows no Flask, no MongoDB and
no settings: limits come as arguments. Changes no global state of Pillow or OpenCV.
"""

from .containers import inspect
from .decoding import decode
from .encoding import reencode, thumbnail
from .formats import MIME, SUFFIX, sniff
from .picture import Header, Picture

__all__ = [
    "MIME",
    "SUFFIX",
    "Header",
    "Picture",
    "decode",
    "inspect",
    "reencode",
    "sniff",
    "thumbnail",
]
