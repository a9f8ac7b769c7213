"""A description as the index asks for it: which words, which codes, who votes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..description import STRONGEST, MatchDescription
from ..features import VARIANTS, Variant, placed_as, vectors_of
from .postings import Geometry, packed_geometry
from .vocabulary import CELLS_PROBED, Codes, Vectors, Vocabulary, Words

WORDS_PER_KEYPOINT = 3  # one word finds 2 to 4 % fewer; measured: docs/explanation/match-index.md
# The other readings of a query are asked with less.
# Measured: docs/explanation/match-index.md, "Variants"
_KEYPOINTS = 1000  # of the first variant; those beyond the strongest with one word each
_KEYPOINTS_OF_OTHERS = 300
_WORDS_OF_OTHERS = 1
_PROBES_OF_OTHERS = 4
MOST_VOTERS = 1 << 11  # scoring.py packs them with the image into one number
# Odd factors, any: the sum of a row's eight numbers tells rows apart
_ODD = np.random.default_rng(0).integers(1 << 63, size=8, dtype=np.uint64) * 2 + 1


@dataclass(frozen=True, eq=False)
class IndexQuery:
    """Rows to look up. Several rows belong to one voter: a keypoint under one variant.

    `words`: (r,) int32; `codes`: (r,) uint64; `voters`: (r,) int32; `geometry`: (v,) uint16 and
    `variants`: (v,) uint8 of each voter.
    """

    words: Words
    codes: Codes
    voters: NDArray[np.int32]
    geometry: Geometry
    variants: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.words)


def prepare_queries(
    vocabulary: Vocabulary,
    descriptions: Sequence[MatchDescription],
    variants: Sequence[Variant] = VARIANTS,
) -> None:
    """Find the words of these, so that `index_query` has them; needs no index, and no lock."""
    key = _key(vocabulary, variants)
    lacking = [one for one in descriptions if len(one) and key not in one.asked]
    if lacking:
        for one, query in zip(lacking, _queries(vocabulary, lacking, variants), strict=True):
            one.asked[key] = query


def index_query(
    vocabulary: Vocabulary, description: MatchDescription, variants: Sequence[Variant]
) -> IndexQuery:
    """Every keypoint under its nearest words, once per variant.

    The first variant is asked with all keypoints and several words, the others with the strongest
    keypoints and one word each.
    """
    known: IndexQuery | None = description.asked.get(_key(vocabulary, variants))
    if known is not None:
        return known
    return _queries(vocabulary, [description], variants)[0]


def _key(vocabulary: Vocabulary, variants: Sequence[Variant]) -> str:
    return " ".join((vocabulary.version, *variants))


def _queries(
    vocabulary: Vocabulary, descriptions: Sequence[MatchDescription], variants: Sequence[Variant]
) -> list[IndexQuery]:
    """The queries of several: a keypoint that some of them share is looked up once."""
    levels, places = distinct_rows([one.descriptors[:_KEYPOINTS] for one in descriptions])
    strongest = np.unique(np.concatenate([rows[:STRONGEST] for rows in places]))
    turned = np.unique(np.concatenate([rows[:_KEYPOINTS_OF_OTHERS] for rows in places]))
    spread = np.setdiff1d(np.arange(len(levels)), strongest)
    looked_up: list[tuple[NDArray[np.intp], Variant, int, int]] = [
        (strongest, variants[0], WORDS_PER_KEYPOINT, CELLS_PROBED),
        (spread, variants[0], _WORDS_OF_OTHERS, CELLS_PROBED),
        *((turned, variant, _WORDS_OF_OTHERS, _PROBES_OF_OTHERS) for variant in variants[1:]),
    ]
    projected = [
        vocabulary.project(vectors_of(levels[rows], variant)) for rows, variant, *_ in looked_up
    ]
    words = vocabulary.nearest_words_of(
        [
            (one, count, probes)
            for one, (_, _, count, probes) in zip(projected, looked_up, strict=True)
        ]
    )
    tables = _tables(vocabulary, len(levels), [rows for rows, *_ in looked_up], projected, words)
    return [
        _query(description, rows, variants, tables)
        for description, rows in zip(descriptions, places, strict=True)
    ]


def distinct_rows(
    parts: Sequence[NDArray[np.uint8]],
) -> tuple[NDArray[np.uint8], list[NDArray[np.intp]]]:
    """Each different row of (n, 64) arrays once, and where those of each array are among them."""
    rows = np.concatenate(parts)
    if len(parts) == 1:
        return rows, [np.arange(len(rows))]
    sums = np.ascontiguousarray(rows).view(np.uint64) @ _ODD  # modulo 2**64
    _, first, places = np.unique(sums, return_index=True, return_inverse=True)
    if not np.array_equal(rows[first[places]], rows):  # two that differ have one sum
        first = places = np.arange(len(rows))
    return rows[first], np.split(places, np.cumsum([len(part) for part in parts])[:-1])


def _tables(
    vocabulary: Vocabulary,
    count: int,
    rows: Sequence[NDArray[np.intp]],
    projected: Sequence[Vectors],
    words: Sequence[Words],
) -> list[tuple[Words, Codes]]:
    """(count, words) words and codes by variant; the first variant has two groups of rows."""
    tables = []
    for number, (own, vectors, found) in enumerate(zip(rows, projected, words, strict=True)):
        if number != 1:
            shape = (count, found.shape[1])
            tables.append((np.zeros(shape, np.int32), np.zeros(shape, np.uint64)))
        width = found.shape[1]
        codes = vocabulary.codes(np.repeat(vectors, width, axis=0), found.ravel())
        tables[-1][0][own, :width] = found
        tables[-1][1][own, :width] = codes.reshape(found.shape)
    return tables


def _query(
    description: MatchDescription,
    places: NDArray[np.intp],
    variants: Sequence[Variant],
    tables: Sequence[tuple[Words, Codes]],
) -> IndexQuery:
    """`places`: of its keypoints in the tables."""
    first, others = min(len(places), STRONGEST), places[:_KEYPOINTS_OF_OTHERS]
    counts = [len(places), *(len(others) for _ in variants[1:])]
    if sum(counts) > MOST_VOTERS:
        raise ValueError(f"a query has at most {MOST_VOTERS} voters, not {sum(counts)}")
    words, codes = (
        np.concatenate(
            [
                tables[0][kind][places[:first]].ravel(),
                tables[0][kind][places[first:], 0],
                *(table[kind][others, 0] for table in tables[1:]),
            ]
        )
        for kind in (0, 1)
    )
    each = np.repeat((WORDS_PER_KEYPOINT, _WORDS_OF_OTHERS), (first, sum(counts) - first))
    seen = [
        placed_as(description.only(slice(count)), variant)
        for variant, count in zip(variants, counts, strict=True)
    ]
    return IndexQuery(
        words=words.astype(np.int32),
        codes=codes.astype(np.uint64),
        voters=np.repeat(np.arange(sum(counts), dtype=np.int32), each),
        geometry=np.concatenate([packed_geometry(one) for one in seen]),
        variants=np.repeat(np.arange(len(counts), dtype=np.uint8), counts),
    )
