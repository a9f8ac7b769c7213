"""Postings: which image shows which word, with the code and the geometry of the keypoint.

Parallel arrays, sorted by word: in memory for a delta. Those of a segment are `packed_postings`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...segments.id_sets import Ids
from ..description import STRONGEST, MatchDescription
from .global_descriptors import codes_of, places_without_texture
from .vocabulary import Codes, Vocabulary, Words

Geometry = NDArray[np.uint16]

# Keypoints of a stored picture that have a posting, of 14 bytes: explanation/match-index.md
INDEXED_STRONGEST = 350
INDEXED_SPREAD = 220
ANGLE_STEPS = 256  # of a full turn
SIZE_STEPS = 8  # of an octave


class AnyPostings(Protocol):
    """The postings of some images, sorted by word.

    A scan reads `offsets` and `codes`; `at` gives the rest of those that it found.
    """

    @property
    def offsets(self) -> NDArray[np.int64]:
        """(k + 1,) those of word w are `offsets[w]` to `offsets[w + 1]`."""

    @property
    def codes(self) -> Codes:
        """(p,) uint64."""

    @property
    def wholes(self) -> NDArray[np.uint64]:
        """(4 n,) four for each image, by image id: see `global_descriptors`."""

    @property
    def without_texture(self) -> NDArray[np.intp]:
        """Places among the images, by id, of those with hardly any keypoints."""

    def __len__(self) -> int:
        """How many there are."""

    def at(self, positions: NDArray[np.int64], words: Words) -> tuple[Ids, Geometry]:
        """Images and geometry at these positions, which are of these words."""

    def between(self, start: int, stop: int) -> tuple[Ids, Geometry]:
        """Images and geometry from one position to another."""


@dataclass(frozen=True, eq=False)
class Postings:
    """The postings of some images, sorted by word, then in the order in which they were added.

    `offsets`: (k + 1,) int64, those of word w are `offsets[w]` to `offsets[w + 1]`; `ids`: (p,)
    uint32 image; `codes`: (p,) uint64; `geometry`: (p,) uint16, angle in the high byte (1/256
    turn), size in the low byte (1/8 octave of a pixel). `wholes`: (4 n,) uint64, four for each
    image, by image id: see `global_descriptors`.
    """

    offsets: NDArray[np.int64]
    ids: Ids
    codes: Codes
    geometry: Geometry
    wholes: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def without_texture(self) -> NDArray[np.intp]:
        """See `AnyPostings`."""
        return places_without_texture(self.wholes)

    def at(self, positions: NDArray[np.int64], words: Words) -> tuple[Ids, Geometry]:
        """See `AnyPostings.at`."""
        return self.ids[positions], self.geometry[positions]

    def between(self, start: int, stop: int) -> tuple[Ids, Geometry]:
        """See `AnyPostings.between`."""
        return self.ids[start:stop], self.geometry[start:stop]


def describe_postings(
    vocabulary: Vocabulary, ids: Sequence[int], descriptions: Sequence[MatchDescription]
) -> Postings:
    """The postings of these descriptions: one per keypoint, under its nearest word."""
    if not descriptions:
        return empty_postings(vocabulary)
    stored = [description.only(indexed_rows(description)) for description in descriptions]
    projected = vocabulary.project(np.concatenate([one.vectors for one in stored]))
    words = vocabulary.nearest_words(projected, 1).ravel()
    codes = vocabulary.codes(projected, words)
    geometry = np.concatenate([packed_geometry(one) for one in stored])
    images = np.repeat(np.asarray(ids, np.uint32), [len(one) for one in stored])
    wholes = codes_of(ids, descriptions)
    return sorted_postings(len(vocabulary), words, images, codes, geometry, wholes)


def indexed_rows(description: MatchDescription) -> NDArray[np.intp]:
    """The keypoints that get a posting: the strongest, and the first of those that are spread."""
    rows = np.arange(len(description))
    spread = rows[STRONGEST:]
    return np.concatenate([rows[:INDEXED_STRONGEST], spread[:INDEXED_SPREAD]])


def sorted_postings(
    word_count: int,
    words: Words,
    ids: Ids,
    codes: Codes,
    geometry: Geometry,
    wholes: NDArray[np.uint64],
) -> Postings:
    """Parallel (p,) arrays in any order, and the images' `wholes` -> postings."""
    order = np.argsort(words, kind="stable")
    offsets = np.zeros(word_count + 1, np.int64)
    np.cumsum(np.bincount(words, minlength=word_count), out=offsets[1:])
    return Postings(offsets, ids[order], codes[order], geometry[order], wholes)


def empty_postings(vocabulary: Vocabulary) -> Postings:
    """No postings at all."""
    return Postings(
        np.zeros(len(vocabulary) + 1, np.int64),
        np.zeros(0, np.uint32),
        np.zeros(0, np.uint64),
        np.zeros(0, np.uint16),
        np.zeros(0, np.uint64),
    )


def packed_geometry(description: MatchDescription) -> Geometry:
    """(n,) uint16, angle and size of each keypoint as `Postings.geometry` has them."""
    angles = np.round(description.angle * (ANGLE_STEPS / 360)).astype(np.int64) % ANGLE_STEPS
    sizes = np.round(np.log2(np.maximum(description.size, 1)) * SIZE_STEPS).astype(np.int64)
    return np.asarray(angles << 8 | np.clip(sizes, 0, 255), np.uint16)
