"""The colors benchmark: pictures asked for by palettes, through the index as a search does."""

from collections.abc import Callable, Iterator

import numpy as np

from udata_mediadb.recognition.colors import ColorsDescription, ColorsSignature, read_palette
from udata_mediadb.recognition.colors.distance import distance
from udata_mediadb.recognition.registry import COLORS_DIMENSION
from udata_mediadb.recognition.vectors.index import VectorIndex

from . import color_pictures as pictures
from . import color_truth as truth
from .color_pictures import picture
from .color_truth import Pixels, Vector
from .report import table

Index = VectorIndex[ColorsDescription]

SIGNATURE = ColorsSignature()
FIRST = 50  # of flags, to see what the vectors alone are worth
SHORTLIST = 200  # candidates of pictures
FAR = 10.0


def flags_by_palette(flags: list[Pixels]) -> str:
    """Each flag, stored as PNG and as JPEG 85, asked for by the palette of its pixel counts."""
    known = [truth.exact_colours(pixels) for pixels in flags]
    same = [truth.emds(one, known) < 0.01 for one in known]
    rows = []
    for form in ("PNG", "JPEG 85"):
        pixels = flags if form == "PNG" else [pictures.jpeg(p, 85) for p in flags]
        stored = [SIGNATURE.describe(picture(p)) for p in pixels]
        for kind, whole in (("shares as counted", False), ("filled up to 1", True)):
            queries = [read_palette(truth.counted(p, fill=whole)) for p in flags]
            for name, way in _ways_to_flags(stored).items():
                cells = _places([way(query) for query in queries], same)
                rows.append([form, kind, name, *(f"{cell:.3f}" for cell in cells)])
    found = sum(d.background is not None for d in stored)
    return (
        f"## Flags by palette\n\n{len(flags)} flags, each asked for by its commonest "
        f"colours by pixel count (0.5 % and more, at most 10). {found} have a background. "
        "*First or alike*: the first has the same colours (EMD of all pixels < 0.01).\n\n"
    ) + table(["stored as", "query", "order by", "own first", "in five", "first or alike"], rows)


def _ways_to_flags(
    stored: list[ColorsDescription],
) -> dict[str, Callable[[ColorsDescription], Vector]]:
    plain, index = np.array([d.vector for d in stored]), indexed(stored)
    return {
        "vector, background ignored": lambda q: truth.l2(SIGNATURE.vectors(q)[0], plain),
        "index": lambda q: ordered(index, q, len(stored)),
        f"index, first {FIRST}, then `verify` (a search)": lambda q: searched(
            index, stored, q, FIRST
        ),
    }


def indexed(stored: list[ColorsDescription]) -> Index:
    """The index of a portal, with ids that are places in `stored`."""
    index: Index = VectorIndex(COLORS_DIMENSION, SIGNATURE.vectors)
    index.add(range(len(stored)), stored)
    return index


def ordered(index: Index, query: ColorsDescription, count: int) -> Vector:
    """(n,) distance of the first by index; what is behind them is far away."""
    distances = np.full(len(index), FAR)
    for id_, score in index.shortlist(query, count):
        distances[id_] = -score
    return distances


def searched(
    index: Index, stored: list[ColorsDescription], query: ColorsDescription, count: int
) -> Vector:
    """(n,) `distance` of the first by index."""
    distances = np.full(len(index), FAR)
    for id_, _ in index.shortlist(query, count):
        distances[id_] = distance(query, stored[id_])
    return distances


def _places(measured: list[Vector], same: list[Vector]) -> list[float]:
    """Own picture first, own in five, and first has the same colours, as shares."""
    places = np.array([(row < row[own]).sum() for own, row in enumerate(measured)])
    alike = [same[own][int(row.argmin())] for own, row in enumerate(measured)]
    return [float(np.mean(places < 1)), float(np.mean(places < 5)), float(np.mean(alike))]


def wildcards(photos: list[Pixels]) -> str:
    """Colours with a weight below 1, truth by pixel count."""
    stored = [SIGNATURE.describe(picture(pixels)) for pixels in photos]
    index = indexed(stored)
    ways: dict[str, Callable[[ColorsDescription], Vector]] = {
        "index": lambda q: ordered(index, q, len(stored)),
        "coverage of all": lambda q: np.array([distance(q, d) for d in stored]),
        f"index, first {SHORTLIST}, then coverage (a search)": lambda q: searched(
            index, stored, q, SHORTLIST
        ),
    }
    rows: dict[str, list[list[float]]] = {name: [[], []] for name in ways}
    asked = list(wildcard_queries())
    cells = [truth.cells(pixels) for pixels in photos]
    for entries in asked:
        query = read_palette(entries)
        shares = np.array([truth.shares_of(one, query.points) for one in cells])
        gains = np.minimum(shares, query.weights).sum(axis=1) / query.weights.sum()
        for name, way in ways.items():
            order = np.argsort(way(query), kind="stable")
            rows[name][0].append(truth.ndcg(gains[order], 20))
            rows[name][1].append(float(np.mean(gains[order][:20])))
    head = ["order by", "NDCG@20", "mean gain of 20"]
    body = [[name, *(f"{np.mean(v):.3f}" for v in values)] for name, values in rows.items()]
    return (
        f"## Wildcard\n\n{len(asked)} queries of one and two colours that ask for 15 to 60 % of the"
        " picture. Gain: what share of it the picture has by pixel count (within 0.12).\n\n"
    ) + table(head, body)


def wildcard_queries() -> Iterator[list[dict[str, object]]]:
    colours = ["#c02020", "#e08030", "#e8d040", "#409040", "#40a0b0", "#3060c0", "#1a2a50"]
    colours += ["#a060c0", "#e090b0", "white", "#808080", "black", "#705030", "#90c0f0"]
    for place, colour in enumerate(colours):
        for weight in (0.15, 0.3, 0.6):
            yield [{"color": colour, "weight": weight}]
        other = colours[(place + 5) % len(colours)]
        yield [{"color": colour, "weight": 0.3}, {"color": other, "weight": 0.2}]
