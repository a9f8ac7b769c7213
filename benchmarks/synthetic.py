"""Postings of pictures that do not exist, made from the words of real ones that are no answers.

A made-up picture has the length of a real one. Half of its keypoints are a sample of one real
picture's, so that words that go together appear together; half are drawn from all. Each code is
that of some real posting of the same word with one bit in six turned over.
"""

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.index.merged import merge_segments
from udata_mediadb.recognition.match.global_descriptor import WORDS
from udata_mediadb.recognition.match.inverted.merging import Part
from udata_mediadb.recognition.match.inverted.postings import Postings, sorted_postings
from udata_mediadb.recognition.match.inverted.segment import Segment
from udata_mediadb.recognition.match.inverted.segment_writing import write_segment
from udata_mediadb.recognition.match.inverted.vocabulary import Vocabulary

AT_ONCE = 12_500  # pictures, some five million postings
SEED = 7


def synthetic_segment(
    path: Path, pool: Part, vocabulary: Vocabulary, count: int, first_id: int, *, start: int = 0
) -> Segment:
    """A segment of the `count` made-up pictures from number `start` on, a multiple of AT_ONCE.

    Number n, which is the same picture in every segment, has the id `first_id + n`.
    """
    pieces = []
    for first in range(start, start + count, AT_ONCE):
        number, last = first // AT_ONCE, min(first + AT_ONCE, start + count)
        ids = np.arange(first_id + first, first_id + last, dtype=np.uint32)
        piece = path.with_name(f"piece-{number}-{last - first}")
        if not piece.exists():
            random = np.random.default_rng((SEED, number))
            made = synthetic_postings(pool, len(vocabulary), ids, random)
            write_segment(piece, [Part(made, ids)], vocabulary)
        pieces.append(Segment.open(piece, vocabulary.version))
    segment = merge_segments(path, pieces, [np.zeros(0, np.uint32)] * len(pieces), vocabulary)
    for piece in pieces:
        shutil.rmtree(piece.path)
    return segment


def synthetic_postings(
    pool: Part, words: int, ids: NDArray[np.uint32], random: np.random.Generator
) -> Postings:
    """Postings of made-up pictures with these ids."""
    real = pool.postings
    by_image = np.argsort(real.ids, kind="stable")
    sizes = np.bincount(np.searchsorted(pool.images, real.ids), minlength=len(pool.images))
    starts = np.cumsum(sizes) - sizes
    models = random.integers(0, len(pool.images), len(ids))
    lengths = sizes[models]
    total = int(lengths.sum())
    mine = np.repeat(starts[models], lengths)
    chosen = by_image[mine + (random.random(total) * np.repeat(lengths, lengths)).astype(np.int64)]
    foreign = random.random(total) < 0.5
    chosen[foreign] = random.integers(0, len(real), int(foreign.sum()))
    word_of = np.repeat(np.arange(words, dtype=np.int32), np.diff(real.offsets))
    wanted = word_of[chosen]
    begin = real.offsets[wanted]
    length = real.offsets[wanted + 1] - begin
    donors = begin + (random.random(total) * length).astype(np.int64)
    codes = real.codes[donors] ^ _flips(total, random)
    images = np.repeat(ids, lengths)
    wholes = np.zeros(WORDS * len(ids), np.uint64)  # as flat as a picture can be: never found
    return sorted_postings(words, wanted, images, codes, real.geometry[chosen], wholes)


def _flips(count: int, random: np.random.Generator) -> NDArray[np.uint64]:
    """64-bit masks whose bits are set with probability 5/32, as 1/4 x (1/2 + 1/4 - 1/8)."""
    a, b, c, d, e = (random.integers(0, 2**64, count, np.uint64) for _ in range(5))
    return a & b & (c | (d & e))
