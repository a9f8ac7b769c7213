"""The signatures that this installation has, each with its index."""

from collections.abc import Mapping
from typing import Any

from .colors import ColorsSignature
from .match.inverted.index import InvertedIndex
from .match.inverted.match_segments import MatchSegments
from .match.inverted.query import prepare_queries
from .match.inverted.vocabulary import shipped_vocabulary
from .match.signature import FormerMatchSignature, MatchSignature
from .registered import RegisteredSignature
from .signature import signature_key
from .similarity import Encoder, SimilaritySignature, encoder_from_settings, shipped_encoder
from .similarity.signature import MAX_DISTANCE
from .vectors.graph import GraphParameters
from .vectors.segments import VectorSegments

# Shown are what is below the cut of the signature: more are rarely wanted, and each is compared.
CANDIDATES = 200
COLORS_CANDIDATES = 200  # measured: docs/explanation/colors.md, "Candidates"
# measured: docs/explanation/vector-index.md
SIMILARITY_GRAPH = GraphParameters(links=24, breadth=200, ef=800, least=10_000)
COLORS_GRAPH = GraphParameters(links=16, breadth=100, ef=500, least=60_000)
COLORS_DIMENSION = 32
COLORS_BESIDE = 0.99  # of a hundred unrelated pictures one is let in: docs/explanation/colors.md


def new_registry(
    encoder: Mapping[str, Any] | None = None,
    former_encoder: Mapping[str, Any] | None = None,
    max_distance: float = MAX_DISTANCE,
) -> dict[str, RegisteredSignature]:
    """Signatures by name, former ones by their keys (`versions`).

    `encoder`: of similarity, see `signatures.similarity.encoder_from_settings`, None: the shipped
    one. That one and `former_encoder` serve until it has described everything. BadEncoder where one
    cannot be used.
    """
    match, former, colors = MatchSignature(), FormerMatchSignature(), ColorsSignature()
    registry = {
        match.name: _by_words(match),
        signature_key(former): _by_words(former),
        colors.name: _by_vectors(
            colors, COLORS_DIMENSION, COLORS_GRAPH, COLORS_CANDIDATES, COLORS_BESIDE
        ),
    }
    similar = [
        SimilaritySignature(one, max_distance=max_distance)
        for one in (shipped_encoder(), *map(_own_encoder, (former_encoder, encoder)))
        if one is not None
    ]
    current = similar[-1] if encoder is not None else similar[0]
    for one in similar:
        key = one.name if one.version == current.version else signature_key(one)
        registry[key] = _by_vectors(one, one.dimension, SIMILARITY_GRAPH)
    return registry


def _own_encoder(setting: Mapping[str, Any] | None) -> Encoder | None:
    """The encoder of a setting, tried out: a wrong file is told at start."""
    if setting is None:
        return None
    encoder_from_settings(setting).check()
    return encoder_from_settings(setting)  # networks are not carried over a fork


def _by_words(signature: MatchSignature) -> RegisteredSignature:
    return RegisteredSignature(
        signature,
        lambda: InvertedIndex(shipped_vocabulary()),
        lambda: MatchSegments(shipped_vocabulary()),
        prepare=lambda descriptions: prepare_queries(shipped_vocabulary(), descriptions),
    )


def _by_vectors(
    signature: SimilaritySignature | ColorsSignature,
    dimension: int,
    graph: GraphParameters,
    candidates: int = CANDIDATES,
    beside: float = 0.0,
) -> RegisteredSignature:
    segments = VectorSegments[Any](dimension, signature.vectors, graph=graph)
    return RegisteredSignature(signature, segments.index, lambda: segments, candidates, beside)
