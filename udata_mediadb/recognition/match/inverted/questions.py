"""What a search asks of each share of a match index, and its form as arrays (never pickle).

Words and codes, not the description: a third of its bytes, and a share needs no vocabulary to read
them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..description import MatchDescription
from ..features import VARIANTS, Variant
from ..global_descriptor import WORDS
from .global_descriptors import WholePicture
from .query import MOST_VOTERS, IndexQuery, index_query
from .vocabulary import Vocabulary

Arrays = Mapping[str, NDArray[Any]]

MOST_ROWS = 1 << 14  # some 4,000 are asked: 1,000 keypoints, 500 of them with three words, readings
_COLUMNS: Mapping[str, np.dtype[Any]] = {
    "words": np.dtype(np.int32),
    "codes": np.dtype(np.uint64),
    "voters": np.dtype(np.int32),
    "geometry": np.dtype(np.uint16),
    "variants": np.dtype(np.uint8),
}
_OF_ROWS = ("words", "codes", "voters")


@dataclass(frozen=True, eq=False)
class MatchQuestion:
    """`query`: None for a description without keypoints."""

    query: IndexQuery | None
    whole: WholePicture


def question_of(
    vocabulary: Vocabulary,
    description: MatchDescription,
    variants: Sequence[Variant] = VARIANTS,
) -> MatchQuestion:
    """What is asked for a description."""
    query = index_query(vocabulary, description, variants) if len(description) else None
    return MatchQuestion(query, WholePicture.of(description))


def packed(questions: Sequence[MatchQuestion]) -> dict[str, NDArray[Any]]:
    """All of them, one column after the other; `unpacked` has them back."""
    queries = [one.query or _nothing() for one in questions]
    arrays: dict[str, NDArray[Any]] = {
        name: np.concatenate([getattr(query, name) for query in queries]).astype(dtype)
        for name, dtype in _COLUMNS.items()
    }
    arrays["wholes"] = np.concatenate([one.whole.codes for one in questions]).astype(np.uint64)
    arrays["textured"] = np.array([one.whole.textured for one in questions], np.uint8)
    counts = [
        (len(query), len(query.geometry), len(one.whole.codes))
        for query, one in zip(queries, questions, strict=True)
    ]
    arrays["counts"] = np.array(counts, np.int64)
    return arrays


def unpacked(arrays: Arrays, vocabulary_words: int) -> list[MatchQuestion]:
    """The questions; ValueError for what `packed` does not give, or words that there are not."""
    columns = {name: _column(arrays, name, dtype) for name, dtype in _COLUMNS.items()}
    counts = _column(arrays, "counts", np.dtype(np.int64), width=3)
    wholes = _column(arrays, "wholes", np.dtype(np.uint64), width=WORDS)
    textured = _column(arrays, "textured", np.dtype(np.uint8))
    ends = np.vstack([np.zeros((1, 3), np.int64), np.cumsum(counts, axis=0)])
    lengths = (len(columns["words"]), len(columns["geometry"]), len(wholes))
    rows_fit = all(len(columns[name]) == lengths[0] for name in _OF_ROWS)
    if counts.size and (counts.min() < 0 or counts.max() > MOST_ROWS):
        raise ValueError("a question of so many rows is none")
    if tuple(ends[-1]) != lengths or not rows_fit or len(columns["variants"]) != lengths[1]:
        raise ValueError("the columns of a question do not fit together")
    if len(textured) != len(counts):
        raise ValueError("each question says whether it is textured")
    return [
        MatchQuestion(
            _query(columns, ends[i], ends[i + 1], vocabulary_words),
            WholePicture(wholes[ends[i, 2] : ends[i + 1, 2]], bool(textured[i])),
        )
        for i in range(len(counts))
    ]


def _query(
    columns: Mapping[str, NDArray[Any]],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    vocabulary_words: int,
) -> IndexQuery | None:
    if start[0] == end[0]:
        return None
    rows, voters = slice(start[0], end[0]), slice(start[1], end[1])
    query = IndexQuery(
        **{name: columns[name][rows if name in _OF_ROWS else voters] for name in _COLUMNS}
    )
    if not 0 <= query.words.min() <= query.words.max() < vocabulary_words:
        raise ValueError("a question asks for words that there are not")
    count = len(query.geometry)
    if count > MOST_VOTERS or not 0 <= query.voters.min() <= query.voters.max() < count:
        raise ValueError("a question has voters that there are not")
    return query


def _column(arrays: Arrays, name: str, dtype: np.dtype[Any], width: int = 0) -> NDArray[Any]:
    column = arrays.get(name)
    shape = (len(column), width) if width and column is not None and column.ndim else None
    if column is None or column.dtype != dtype or column.ndim != (2 if width else 1):
        raise ValueError(f"a question has {name} as {dtype}")
    if width and column.shape != shape:
        raise ValueError(f"{name} of a question has rows of {width}")
    return column


def _nothing() -> IndexQuery:
    return IndexQuery(**{name: np.zeros(0, dtype) for name, dtype in _COLUMNS.items()})
