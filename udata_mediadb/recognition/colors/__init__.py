"""The colors signature: palettes in OKLab, a vector for each, palette queries, names of colours.

Knows no Flask and no MongoDB; imports numpy, cv2 and the package's science only.
"""

from .describing import describe_pixels
from .description import ColorsDescription
from .naming import CLASSES, class_of, name_of, rank_of
from .query import read_palette
from .signature import ColorsSignature
from .summary import background_of, colors_of, combined_colors, count_colors

__all__ = [
    "CLASSES",
    "ColorsDescription",
    "ColorsSignature",
    "background_of",
    "class_of",
    "colors_of",
    "combined_colors",
    "count_colors",
    "describe_pixels",
    "name_of",
    "rank_of",
    "read_palette",
]
