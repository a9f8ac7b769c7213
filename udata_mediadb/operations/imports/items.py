"""One picture of an import, as every source names it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

from ...web.readers import NAME_LENGTH


@dataclass(frozen=True)
class Item:
    """`name`: in the report, such as a path in a ZIP or "row 12". Its bytes are the `member` of the
    archive, or are fetched from `url`. `properties`: as for `POST media/`. `problem`: why there is
    no picture; `ignored`: nobody would look for one here.

    `media`: the row of an export names this one; where the application has it, `changes` are what
    the row says of it, and no picture is needed. `called`: as the picture is, where its file in the
    ZIP is called otherwise."""

    name: str
    member: str | None = None
    url: str | None = None
    filename: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None
    ignored: bool = False
    media: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    called: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value}


def item_of(line: Mapping[str, Any]) -> Item:
    """What `as_json` gave."""
    return Item(**line)


def name_from(filename: str | None) -> str | None:
    """What a file's name says of its picture: without the ending; None where that is nothing."""
    stem = PurePosixPath(filename or "").stem.strip()
    return stem[:NAME_LENGTH] or None
