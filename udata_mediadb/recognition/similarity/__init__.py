"""The similarity signature: what looks like this picture? Figures: docs/explanation/similarity.md.

A network turns a picture into a vector of unit length (`Encoder`); the angle between two vectors
says how alike the pictures are. One encoder ships with the package, a portal may name its own.
"""

from .configuration import encoder_from_settings
from .description import SimilarityDescription
from .encoder import BadEncoder, Encoder
from .onnx_encoder import OnnxEncoder
from .shipped import shipped_encoder
from .signature import SimilaritySignature

__all__ = [
    "BadEncoder",
    "Encoder",
    "OnnxEncoder",
    "SimilarityDescription",
    "SimilaritySignature",
    "encoder_from_settings",
    "shipped_encoder",
]
