"""Candidates of an index -> what the signature finds when it looks at each."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from ..indexing.models import StoredSignature, signature_key
from ..signatures.base import Comparison, Signature

# Searches look this many times further than the first batch, while whole batches are accepted: a
# picture that hangs in a hundred photos is found in more than the first twenty.
DEPTH = 5


def verified(
    signature: Signature[Any], query: Any, ranked: Sequence[tuple[str, float]], at_once: int
) -> Iterator[tuple[str, Comparison]]:
    """Media and what the signature found between them and the query, in the order of `ranked`.

    `ranked`: (media id, score of the index), best first; verified in batches of `at_once`, and on
    while at least half of the last batch was accepted.
    """
    waiting = iter(ranked)
    while batch := list(islice(waiting, at_once)):
        accepted = 0
        for media, comparison in _verify_batch(signature, query, [media for media, _ in batch]):
            accepted += comparison.accepted
            yield media, comparison
        if accepted * 2 < len(batch):
            return


def _verify_batch(
    signature: Signature[Any], query: Any, batch: Sequence[str]
) -> Iterator[tuple[str, Comparison]]:
    key = signature_key(signature)
    stored = StoredSignature.objects.in_bulk([f"{media}/{key}" for media in batch])
    for media in batch:
        record = stored.get(f"{media}/{key}")
        if record is None:
            continue  # purged by another worker a moment ago
        comparison = signature.verify(query, signature.loads(bytes(record.data)))
        if comparison is not None:
            yield media, comparison
