"""How a line of the table becomes a request, and what several rooms send."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from udata_mediadb.media.models import DELETED
from udata_mediadb.mongo.clock import now

from ..local import API
from ..permission_world import PICTURE, Cell


@dataclass
class Call:
    """One request. `path` is absolute."""

    method: str
    path: str
    arguments: dict[str, Any]


Maker = Callable[[Cell], Call]


def call(line: str, path: str | None = None, **arguments: Callable[[Cell], Any]) -> Maker:
    """The request of a line such as `GET media/<media>/`; `path` where its own has a choice."""
    method, _, shown = line.partition(" ")

    def made(cell: Cell) -> Call:
        filled = path or shown
        for name, value in cell.ids().items():
            filled = filled.replace(f"<{name}>", value)
        filled = filled if filled.startswith("/") else API + filled
        return Call(method, filled, {key: value(cell) for key, value in arguments.items()})

    return made


def image(cell: Cell) -> dict[str, Any]:
    return {"image": (BytesIO(PICTURE), "a.jpg"), "application": cell.application.id}


def listed(cell: Cell) -> dict[str, Any]:
    return {"application": cell.application.id}


def name(cell: Cell) -> dict[str, Any]:
    return {"name": "New", "application": cell.application.id}


def new_name(cell: Cell) -> dict[str, Any]:
    return {"name": "New"}


def query(cell: Cell) -> dict[str, Any]:
    return {**name(cell), "query": {"keywords": ["a"]}}


def ids(cell: Cell) -> dict[str, Any]:
    return {"ids": [cell.media.id]}


def of_deleted(maker: Maker) -> Maker:
    def made(cell: Cell) -> Call:
        cell.changed = True
        cell.media.modify(state=DELETED, deleted_at=now())
        return maker(cell)

    return made
