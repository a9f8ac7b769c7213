"""Whether another setting would have found a media: the search is done again with it."""

import time
from collections.abc import Iterator
from dataclasses import replace
from math import floor
from typing import Any

import numpy as np

from ...imaging import Picture, Region
from ...recognition.match.geometry import project
from ...recognition.match.parts import has_more_detail
from ..actions import picture_of_query
from ..query import Comparing, Query
from ..regions import as_text
from ..sent import SentPicture
from .geometry import Evidence
from .stage import Explanation, Name, Tried
from .watched import WatchedSearch

# Of processor time, so that as much is tried on a busy machine; the last that was begun is ended.
BUDGET_S = 0.25
_GEOMETRY: tuple[Name, ...] = (
    "shortlisted",
    "early_rejection",
    "agreeing_points",
    "nfa",
    "agreement",
    "box_share",
)
_LEAST_SIDE = 0.02  # of a region that is tried
_HALVES = tuple(Region(x, y, 0.5, 0.5) for x, y in ((0.25, 0.25), (0, 0), (0.5, 0), (0, 0.5)))
_UNIT = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])


def try_others(
    query: Query, watched: WatchedSearch, evidence: Evidence, so_far: Explanation, picture: str
) -> list[Tried]:
    """Each setting that could help at the stage where the media of this picture was lost, tried.

    Until one has found it, or the budget is spent; none where no setting of a search helps.
    """
    end = time.thread_time() + BUDGET_S
    tried: list[Tried] = []
    for setting, value, other in _others(query, evidence, so_far):
        if time.thread_time() > end or any(one.found for one in tried):
            break
        tried.append(Tried(setting, value, _is_found(watched, other, picture)))
    return tried


def _is_found(watched: WatchedSearch, query: Query, picture: str) -> bool:
    """By one look where that is enough: what it shows, a closer look shows as well."""
    looks = ["never", query.comparing.thorough or "auto"]
    if query.comparing.thorough == "always":
        looks = ["always"]
    for thorough in dict.fromkeys(looks):
        search = watched.asking(_with(query, thorough=thorough))
        if search.shows(search.found().get(picture)):
            return True
    return False


def _others(
    query: Query, evidence: Evidence, so_far: Explanation
) -> Iterator[tuple[str, Any, Query]]:
    failed = so_far.failed.name if so_far.failed else None
    asked = query.comparing
    if failed == "filters":
        yield "filters", None, _with(query, min_score=0.0)
    if failed not in _GEOMETRY:
        return
    share = next(one.value for one in so_far.stages if one.name == "box_share")
    is_bent = evidence.alignment is not None and not evidence.alignment.plausible
    if failed == "box_share" and share and not is_bent:
        smaller = floor(share * 1e4) / 1e4
        yield "min_box", smaller, _with(query, min_box=smaller)
    if failed == "agreement":
        yield "include_shared", True, _with(query, include_shared=True)
    if asked.thorough != "always" and _would_look_closer(query, so_far):
        yield "thorough", "always", _with(query, thorough="always")
    if query.sent is not None or query.described is not None:
        for region in _regions(evidence):
            yield "region", as_text(region), _part(query, region)


def _would_look_closer(query: Query, so_far: Explanation) -> bool:
    """Whether `always` is more than what `auto` has done already: see `MatchSignature.parts`."""
    picture = picture_of_query(query)
    if picture is None:
        return False
    never = query.comparing.thorough == "never"
    return never or not has_more_detail(picture) or so_far.comparison is not None


def _regions(evidence: Evidence) -> Iterator[Region]:
    """Where the reference seems to lie in the query, else parts of it."""
    one = evidence.alignment
    if one is not None and one.plausible:
        frame, known = np.array(evidence.query.resized), np.array(evidence.reference.resized)
        corners = (project(one.homography, _UNIT * known - 0.5) + 0.5) / frame
        low, high = corners.min(axis=0).clip(0, 1), corners.max(axis=0).clip(0, 1)
        if (high - low).min() > _LEAST_SIDE and (high - low).max() < 1:
            x, y, width, height = (float(v) for v in (*low, *(high - low)))
            yield Region(round(x, 4), round(y, 4), round(width, 4), round(height, 4))
    yield from _HALVES


def _part(query: Query, region: Region) -> Query:
    """The same search for a part of its picture, from the pixels at hand."""

    def part() -> Picture:
        whole = picture_of_query(query)
        assert whole is not None
        height, width = whole.pixels.shape[:2]
        left, top, right, bottom = region.box((width, height))
        size = region.size((whole.width, whole.height))
        seen = np.ascontiguousarray(whole.pixels[top:bottom, left:right])
        return replace(whole, pixels=seen, width=size[0], height=size[1], opacity=None)

    return replace(query, sent=SentPicture(part), described=None, media=None, sha256=None)


def _with(query: Query, **changes: Any) -> Query:
    comparing: Comparing = replace(query.comparing, **changes)
    return replace(query, comparing=comparing)
