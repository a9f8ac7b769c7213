"""One stage of a search, and all of them in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ...recognition.signature import Comparison

Name = Literal[
    "readable",
    "texture",
    "described",
    "indexed",
    "shortlisted",
    "early_rejection",
    "agreeing_points",
    "nfa",
    "agreement",
    "box_share",
    "filters",
    "rights",
]
NAMES: tuple[Name, ...] = get_args(Name)


@dataclass(frozen=True)
class Stage:
    """`passed`: None where it could not be looked at, since an earlier one failed.

    `value`, `threshold`: the figure and what it must reach, None where there is none. `of`: how
    many a rank is among. `advice`: what it means and what to do, a sentence.
    """

    name: Name
    passed: bool | None
    value: float | None = None
    threshold: float | None = None
    of: int | None = None
    advice: str = ""


@dataclass(frozen=True)
class Tried:
    """Another setting with which the search was done once more, and whether it found the media."""

    setting: str
    value: Any
    found: bool


@dataclass(frozen=True)
class Explanation:
    """`found`: whether the search by match shows the media. `comparison`: what match says."""

    found: bool
    stages: Sequence[Stage]
    tried: Sequence[Tried] = ()
    comparison: Comparison | None = None

    @property
    def failed(self) -> Stage | None:
        """The stage at which it was lost, the first that was not passed."""
        return next((one for one in self.stages if one.passed is False), None)


def not_reached(names: Sequence[Name]) -> list[Stage]:
    """Stages that were not looked at."""
    advice = "Not looked at: an earlier stage was not passed."
    return [Stage(name, None, advice=advice) for name in names]
