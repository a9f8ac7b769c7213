"""Lists of an index that is split over shards, against those of one index, and what each costs.

python -m benchmarks.shards --pictures 100000 --queries 726 --shards 4

In one process, without a network: the shards' rounds as a cluster does them. Pictures are made up
from words of drawn ones (`benchmarks.synthetic`), queries are edits of drawn ones that are stored.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.images import photo
from udata_mediadb.imaging import Picture
from udata_mediadb.recognition.match.features import describe
from udata_mediadb.recognition.match.inverted.index import InvertedIndex
from udata_mediadb.recognition.match.inverted.scoring import best_of, named_by
from udata_mediadb.recognition.match.inverted.shares import idf_of, second_round, threshold_of
from udata_mediadb.recognition.match.inverted.vocabulary import shipped_vocabulary

from .synthetic import synthetic_segment

DRAWN = 121  # each is asked for with six edits
FIRST_MADE_UP = 100_000
WANTED = 100


def edits(pixels: np.ndarray) -> list[np.ndarray]:
    """Six ways in which a picture comes back."""
    height, width = pixels.shape[:2]
    return [
        pixels,
        pixels[height // 6 :, : width - width // 6],
        pixels[:, ::-1],
        255 - pixels,
        np.rot90(pixels),
        pixels[::2, ::2],
    ]


def described(pixels: np.ndarray):
    contiguous = np.ascontiguousarray(pixels)
    return describe(Picture(contiguous, contiguous.shape[1], contiguous.shape[0], "PNG"))


def sharded(shares, question, idf, costs):
    """The list as the two rounds give it; adds the processor time of each share."""
    bits, query = threshold_of(sum(map(len, shares))), question.query
    first, spent = [], [0.0] * len(shares)
    for number, share in enumerate(shares):
        before = time.process_time()
        first.append(share.votes(query, bits, None))
        spent[number] += time.process_time() - before
    named = np.sum([named_by(votes, len(query.variants)) for votes in first], axis=0)
    second = []
    for number, votes in enumerate(first):
        before = time.process_time()
        second.append(second_round(votes, query, named, idf, WANTED))
        spent[number] += time.process_time() - before
    costs.append(max(spent))
    images, scores = best_of(second, WANTED)
    return list(zip(images.tolist(), scores.tolist(), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=726)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=60, help="at most, for the queries")
    asked = parser.parse_args()
    vocabulary = shipped_vocabulary()
    drawn = [photo(seed, 400, 300) for seed in range(DRAWN)]
    descriptions = [described(one) for one in drawn]
    pool = InvertedIndex(vocabulary)
    pool.add(range(DRAWN), descriptions)
    with tempfile.TemporaryDirectory() as folder:
        each = asked.pictures // asked.shards
        segments = [
            synthetic_segment(
                Path(folder, str(n)), pool.delta, vocabulary, each, FIRST_MADE_UP + n * each
            )
            for n in range(asked.shards)
        ]
        one = InvertedIndex(vocabulary, segments)
        shares = [InvertedIndex(vocabulary, [segment]) for segment in segments]
        one.add(range(DRAWN), descriptions)
        for number, share in enumerate(shares):
            mine = range(number, DRAWN, asked.shards)
            share.add(mine, [descriptions[i] for i in mine])
        queries = [e for p in drawn for e in edits(p)][: asked.queries]
        compare(one, shares, queries, 60 * asked.minutes)


def compare(one, shares, queries, most_s: float) -> None:
    idf = idf_of(len(one), np.sum([share.postings_by_word for share in shares], axis=0))
    same = first = found = 0
    alone, slowest, words = [], [], []
    end = time.monotonic() + most_s
    for number, pixels in enumerate(queries):
        if time.monotonic() > end:
            queries = queries[:number]
            break
        before = time.process_time()
        question = one.question_of(described(pixels))
        words.append(time.process_time() - before)
        before = time.process_time()
        wanted = sharded([one], question, idf, [])
        alone.append(time.process_time() - before)
        listed = sharded(shares, question, idf, slowest)
        same += listed == wanted
        places = [image for image, _ in listed[:20]]
        first += places[:1] == [number // 6]
        found += number // 6 in places
    print(f"{len(one)} pictures, {len(shares)} shards, {len(queries)} queries")
    print(
        f"lists of {WANTED} equal to those of one index, ids and scores: {same} of {len(queries)}"
    )
    print(f"R@1 {first / len(queries):.3f}, R@20 {found / len(queries):.3f}")
    for name, costs in (("one index", alone), ("slowest shard", slowest), ("question", words)):
        print(f"processor time, {name}: median {statistics.median(costs) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
