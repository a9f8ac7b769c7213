"""Stored pictures, searched and verified as the product does, without HTTP and MongoDB."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from udata_mediadb.imaging import Picture
from udata_mediadb.recognition.looking import Look, Thorough, look
from udata_mediadb.recognition.match.description import MatchDescription
from udata_mediadb.recognition.match.global_descriptor import has_texture
from udata_mediadb.recognition.match.inverted.index import InvertedIndex
from udata_mediadb.recognition.match.inverted.vocabulary import shipped_vocabulary
from udata_mediadb.recognition.match.signature import MatchSignature
from udata_mediadb.recognition.signature import Comparison
from udata_mediadb.search.sent import SentPicture

from .attacks import Pixels

CANDIDATES = 20
Ranked = tuple[str, float]


class Library:
    """Descriptions by their number, in an index."""

    def __init__(self, stored: Sequence[MatchDescription]) -> None:
        self.stored = stored
        self.signature = MatchSignature()
        self.index = InvertedIndex(shipped_vocabulary())
        self.index.add(range(len(stored)), stored)

    def search(
        self, picture: Picture, without: Sequence[int] = (), thorough: Thorough = "auto"
    ) -> dict[int, Comparison]:
        """All that was compared with a picture, by number, as if `without` were not stored."""
        query = self.signature.describe(picture)
        sent = SentPicture(lambda: picture)
        return self.search_described(query, lambda: sent.seen, without, thorough)

    def search_described(
        self,
        query: MatchDescription,
        picture: Callable[[], Picture | None] = lambda: None,
        without: Sequence[int] = (),
        thorough: Thorough = "auto",
    ) -> dict[int, Comparison]:
        """The same where the description is at hand."""
        allowed = np.setdiff1d(np.arange(len(self.stored)), without).astype(np.uint32)

        def shortlists(descriptions: Sequence[MatchDescription], k: int) -> list[list[Ranked]]:
            wanted = allowed if len(without) else None
            lists = [self.index.shortlist(one, k, wanted) for one in descriptions]
            return [[(str(i), score) for i, score in one] for one in lists]

        found = look(
            self.signature,
            query,
            picture,
            shortlists,
            Look(CANDIDATES, thorough=thorough),
            lambda _, names: ((name, self.stored[int(name)]) for name in names),
        )
        return {int(name): comparison for name, comparison in found}


def accepted(found: dict[int, Comparison]) -> dict[int, Comparison]:
    """Those that count as found."""
    return {number: one for number, one in found.items() if one.accepted}


def picture_of(pixels: Pixels) -> Picture:
    """Pixels as they come from a decoder."""
    height, width = pixels.shape[:2]
    return Picture(np.ascontiguousarray(pixels), width, height, "PNG")


def photographs(
    paths: Sequence[Path], stored: Sequence[MatchDescription], folders: Sequence[str]
) -> list[int]:
    """Numbers of those in these folders that have texture."""
    return [
        number
        for number, (path, one) in enumerate(zip(paths, stored, strict=True))
        if path.parent.name in folders and has_texture(one)
    ]
