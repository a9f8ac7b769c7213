"""The signatures that this installation has, each with its index."""

from ..index.exact import ExactIndex
from ..index.match_segments import MatchSegments
from ..index.vocabulary import shipped_vocabulary
from ..signatures.match import MatchSignature
from ..signatures.votes import voting_vectors
from .method import Method


def new_methods() -> dict[str, Method]:
    """Methods of recognition by name."""
    match = MatchSignature()
    return {
        match.name: Method(
            match,
            lambda: ExactIndex(voting_vectors),
            lambda: MatchSegments(shipped_vocabulary()),
        )
    }
