"""The properties of a search request -> what to search with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InvalidFields
from ..filters.compose import Criteria
from ..imaging import Region
from ..web.arguments import Argument, readers
from ..web.readers import read_properties
from .arguments import COMPARING, CONDITIONS, CRITERIA, PLACES, REGION, QueryId
from .query import Comparing
from .regions import part_of


@dataclass(frozen=True)
class SearchRequest:
    """What a client asks for, checked in form.

    `application`, `collection`, `smart_collection`: where to search. `media`: the id of a stored
    one that is looked for; `kept`: of a kept query. `region`: the part of the picture that is
    looked for; None: all of it.
    """

    application: str | None = None
    media: str | None = None
    kept: str | None = None
    region: Region | None = None
    collection: str | None = None
    smart_collection: str | None = None
    criteria: Criteria = field(default_factory=Criteria)
    comparing: Comparing = field(default_factory=Comparing)

    @property
    def has_criteria(self) -> bool:
        """Whether it names what media must meet: without a picture that alone is a search."""
        return bool(self.collection or self.smart_collection or self.criteria)


def read_search(properties: Mapping[str, Any]) -> SearchRequest:
    """The request in these properties; InvalidFields names every bad one."""
    clean = read_properties(properties, readers(*PLACES, REGION, *CRITERIA, CONDITIONS, *COMPARING))
    kept = clean.pop("query") if isinstance(clean.get("query"), QueryId) else None
    conditions = clean.pop("conditions", None)
    if conditions and clean.setdefault("query", conditions) != conditions:
        raise InvalidFields({"conditions": "`query` says other conditions"})

    def those(arguments: Sequence[Argument]) -> dict[str, Any]:
        return {one.name: clean[one.name] for one in arguments if one.name in clean}

    return SearchRequest(
        **those(PLACES),
        kept=kept,
        region=part_of(clean.get("region")),
        criteria=Criteria(**those(CRITERIA)),
        comparing=Comparing(**those(COMPARING)),
    )
