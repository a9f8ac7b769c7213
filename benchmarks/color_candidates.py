"""The colors benchmark: of how many candidates a search by colors has to know the distance."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from udata_mediadb.recognition.colors import ColorsDescription, read_palette
from udata_mediadb.recognition.colors.distance import distance

from . import color_truth as truth
from .color_pictures import picture
from .color_queries import SIGNATURE, Index, indexed, wildcard_queries
from .color_truth import Pixels
from .report import table

COUNTS = (20, 50, 100, 200, 500)
BEST = 20
_PICTURES = 60
_SEED = 7


def candidates(flags: list[Pixels], photos: list[Pixels], size: int) -> str:
    """What the first of the index keep of what comparing all would find."""
    real = [SIGNATURE.describe(picture(pixels)) for pixels in [*flags, *photos]]
    chance = np.random.default_rng(_SEED)
    some = [real[i] for i in chance.permutation(len(real))[:_PICTURES]]
    wild = [read_palette(entries) for entries in wildcard_queries()]
    rows = []
    for stored in (real, real + mixtures(real, size - len(real), chance)):
        index = indexed(stored)
        for whole, kind in ((False, "as counted"), (True, "filled up to 1")):
            asked = [read_palette(truth.counted(pixels, fill=whole)) for pixels in flags]
            shares = _own_first(index, stored, asked)
            rows.append([f"{len(stored):,}", f"own flag first, shares {kind}", *shares])
        for name, asked in (("a picture", some), ("one or two colours and a wildcard", wild)):
            best, coverage = _kept(index, stored, asked)
            rows.append([f"{len(stored):,}", f"best {BEST} of {name}", *best])
        rows.append(
            [f"{len(stored):,}", f"coverage of the best {BEST} of such a palette", *coverage]
        )
    return (
        f"## Candidates\n\nA search compares as many as the index gives first. {len(real)} flags "
        f"and pictures, and mixtures of two of them up to {size:,} (`color_candidates.mixtures`). "
        f"*Own flag first*: after comparing the candidates. *Best {BEST}*: the share of those with "
        "the least distances of all that are among the candidates. *Coverage*: the mean of the "
        f"best {BEST} candidates as a share of that of the best {BEST} of all.\n\n"
    ) + table(["stored", "candidates", *(str(count) for count in COUNTS)], rows)


def mixtures(
    real: Sequence[ColorsDescription], count: int, chance: np.random.Generator
) -> list[ColorsDescription]:
    """Of two pictures each, with the background of the first: what a larger portal might have."""
    made = []
    for _ in range(count):
        (a, b), share = (real[i] for i in chance.integers(0, len(real), 2)), chance.random()
        share = np.float32(0.1 + 0.8 * share)
        made.append(
            replace(
                a,
                swatches=np.concatenate([a.swatches, b.swatches]),
                weights=np.concatenate([share * a.weights, (1 - share) * b.weights]),
                vector=share * a.vector + (1 - share) * b.vector,
            )
        )
    return made


def _own_first(
    index: Index, stored: Sequence[ColorsDescription], asked: Sequence[ColorsDescription]
) -> list[str]:
    """Flags are the first of `stored`."""
    hits = np.zeros((len(asked), len(COUNTS)))
    for own, query in enumerate(asked):
        ids = np.array([id_ for id_, _ in index.shortlist(query, COUNTS[-1])])
        found = np.array([distance(query, stored[id_]) for id_ in ids])
        firsts = [ids[:count][found[:count] == found[:count].min()] for count in COUNTS]
        hits[own] = [own in first for first in firsts]  # others may be as near
    return _shares(hits)


def _kept(
    index: Index, stored: Sequence[ColorsDescription], queries: Sequence[ColorsDescription]
) -> tuple[list[str], list[str]]:
    """Shares of the best and of their coverage (1 - distance)."""
    shares, coverage = np.zeros((2, len(queries), len(COUNTS)))
    for row, query in enumerate(queries):
        found = np.array([distance(query, one) for one in stored])
        best = np.sort(found)[:BEST]
        ids = [id_ for id_, _ in index.shortlist(query, COUNTS[-1])]
        near = found[ids] <= best[-1] + 1e-9  # one as near as the twentieth is as good
        shares[row] = [min(BEST, int(near[:count].sum())) / BEST for count in COUNTS]
        kept = [np.sort(found[ids[:count]])[:BEST] for count in COUNTS]
        coverage[row] = [(1 - some).mean() / (1 - best).mean() for some in kept]
    return _shares(shares), _shares(coverage)


def _shares(values: np.ndarray) -> list[str]:
    return [f"{share:.3f}" for share in values.mean(axis=0)]
