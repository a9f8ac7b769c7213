"""Hits that show the same picture, shown once: the best of them, the others named beside it.

The same is: the same bytes, a pair that `duplicates/` has proven and nobody dismissed, or pictures
that look so alike that one is an edit of the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..recognition.similarity.description import SimilarityDescription
from .duplicates.models import DISMISSED, TRANSITIVE, DuplicatePair
from .query import Hit

# Of the distance of similarity: an edited copy lies within 0.15, of pictures of one class one in
# twenty within 0.45 (docs/explanation/similarity.md)
EDITED = 0.10


def collapsed(hits: Sequence[Hit], looks: Mapping[str, SimilarityDescription]) -> list[Hit]:
    """The hits without those that show the same as one before them, in the same order.

    `looks`: what similarity describes of them, as far as it is asked.
    """
    alike = _proven([hit.media.id for hit in hits]) | _edited(hits, looks)
    shown: list[int] = []
    others: dict[int, list[str]] = {}
    for number, hit in enumerate(hits):
        first = next((one for one in shown if _same(hits[one], hit) or alike[one, number]), None)
        if first is None:
            shown.append(number)
        else:
            others.setdefault(first, []).append(hit.media.id)
    return [replace(hits[one], duplicates=tuple(others.get(one, ()))) for one in shown]


def _same(one: Hit, other: Hit) -> bool:
    return bool(one.media.sha256 == other.media.sha256)


def _proven(media: Sequence[str]) -> NDArray[np.bool_]:
    """(n, n) whether the two are known to be the same picture."""
    place = {one: number for number, one in enumerate(media)}
    known = np.zeros((len(media), len(media)), bool)
    pairs = DuplicatePair.objects(one__in=list(media), other__in=list(media))
    for pair in pairs.filter(kind__in=TRANSITIVE, state__ne=DISMISSED):
        one, other = place[pair.one], place[pair.other]
        known[one, other] = known[other, one] = True
    return known


def _edited(hits: Sequence[Hit], looks: Mapping[str, SimilarityDescription]) -> NDArray[np.bool_]:
    """(n, n) whether the two look so alike; none where it is not known."""
    alike = np.zeros((len(hits), len(hits)), bool)
    rows = [i for i, hit in enumerate(hits) if hit.media.id in looks]
    if rows:
        described = [looks[hits[i].media.id] for i in rows]
        vectors = np.stack([one.vector for one in described])
        told = np.array([not one.blank for one in described])
        close = (vectors @ vectors.T >= 1 - EDITED) & told[:, None] & told[None]
        alike[np.ix_(rows, rows)] = close
    return alike
