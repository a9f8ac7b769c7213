"""Candidates of an index -> what the signature finds when it looks at each."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .signature import Comparison, Signature, signature_key

Load = Callable[[Signature[Any], Sequence[str]], Iterable[tuple[str, Any]]]

# Searches look this many times further than the first batch, while whole batches are accepted: a
# picture that hangs in a hundred photos is found in more than the first twenty.
DEPTH = 5

# Measured on 1,126 queries to 1,565 pictures (explanation/match.md, "How many are verified"): none
# of the right pictures has a score below 5.4 times that of the strangers, or follows 6 strangers.
_STRANGERS_FROM = 30  # this rank on, the median score is taken for that of strangers
# Of fewer than 60 from the middle on. 672 searches in libraries of 15 to 59 pictures (there, "Of a
# small library"): none of 841 right pictures was below 9.8 times that, or followed 6 strangers.
_LEAST_STRANGERS = 10  # fewer tell nothing
_ABOVE_STRANGERS = 6.0
_PATIENCE = 6  # candidates in vain before a low score ends the search
_LOADED_AT_ONCE = 8  # one hit, six in vain, and the one whose score ends the search


def loading(read: Callable[[str, Sequence[str]], Mapping[str, bytes]]) -> Load:
    """A `Load` over what `read` gives of the stored forms: by media, of a signature's key.

    Those purged by another worker a moment ago are left out. All are read at once, and decoded one
    by one: most searches end before the last.
    """

    def load(signature: Signature[Any], media: Sequence[str]) -> Iterator[tuple[str, Any]]:
        data = read(signature_key(signature), media)
        return ((one, signature.loads(data[one])) for one in media if one in data)

    return load


def verified(
    signature: Signature[Any],
    query: Any,
    ranked: Sequence[tuple[str, float]],
    at_once: int,
    *,
    every: bool = False,
    load: Load,
) -> list[tuple[str, Comparison]]:
    """Media and what the signature found between them and the query, in the order of `ranked`.

    `every`: the whole first batch, also candidates that the index holds for strangers. `load`:
    where descriptions come from. Each comparison stands alone: `Signature.judged` comes after it.
    """
    return list(_looked_at(signature, query, ranked, at_once, every, load))


def _looked_at(
    signature: Signature[Any],
    query: Any,
    ranked: Sequence[tuple[str, float]],
    at_once: int,
    every: bool,
    load: Load,
) -> Iterator[tuple[str, Comparison]]:
    """The comparisons, until what is left is not worth it.

    `ranked`: (media id, score of the index), best first; verified in batches of `at_once`, and on
    while at least half of the last batch was accepted.
    """
    strangers = 0.0 if every else level_of_strangers([score for _, score in ranked])
    in_vain = 0
    for first in range(0, len(ranked), at_once):
        batch = ranked[first : first + at_once]
        accepted = 0
        for media, score, reference in _loaded(signature, batch, load):
            if in_vain >= _PATIENCE and score < _ABOVE_STRANGERS * strangers:
                return
            comparison = signature.verify(query, reference)
            if comparison is not None:
                yield media, comparison
            is_hit = comparison is not None and comparison.accepted
            in_vain = 0 if is_hit else in_vain + 1
            accepted += is_hit
        if accepted * 2 < len(batch):
            return


def compared(
    signature: Signature[Any], query: Any, media: Sequence[str], load: Load
) -> list[tuple[str, Comparison]]:
    """Media and what the signature finds between them and the query: all, where that is cheap."""
    found = [(one, signature.verify(query, reference)) for one, reference in load(signature, media)]
    return [(one, comparison) for one, comparison in found if comparison is not None]


def level_of_strangers(scores: Sequence[float]) -> float:
    """The usual score of a picture that has nothing to do with the query; 0 where nobody knows."""
    first = min(_STRANGERS_FROM, len(scores) // 2)
    if len(scores) - first < _LEAST_STRANGERS:
        return 0.0
    return float(np.median(scores[first:]))


def _loaded(
    signature: Signature[Any], batch: Sequence[tuple[str, float]], load: Load
) -> Iterator[tuple[str, float, Any]]:
    """Candidates with their descriptions, a few at a time: most searches end early."""
    for first in range(0, len(batch), _LOADED_AT_ONCE):
        scores = dict(batch[first : first + _LOADED_AT_ONCE])
        for media, reference in load(signature, list(scores)):
            yield media, scores[media], reference
