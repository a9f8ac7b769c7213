"""Where a list of media looks: applications, an organisation, a collection, what was deleted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..application.models import Application
from ..authorization.caller import (
    applications_for,
    readable_applications,
    require_application,
    require_principal,
)
from ..collection.models import SmartCollection
from ..errors import InvalidFields
from ..filters.conditions import both, clause
from ..mongo.ids import compact_id
from ..web.readers import read_flag_field
from .listing import active_in
from .models import ACTIVE, DELETED
from .visibility import TAKEN_DOWN

_NOTHING: Mapping[str, Any] = {"application": {"$in": []}}


@dataclass(frozen=True)
class Scope:
    """`applications`: ids. `held`: those of them that were read already."""

    applications: list[str]
    held: list[Application]
    clause: Mapping[str, Any]
    deleted: bool
    taken_down: bool

    def filter(self, criteria: Mapping[str, Any]) -> dict[str, Any]:
        """The filter for the media in it that meet the criteria."""
        if not (self.deleted or self.taken_down):
            return active_in(self.applications, both(self.clause, criteria))
        hidden = TAKEN_DOWN if self.taken_down else {}
        within = both(self.clause, criteria, hidden)
        state = DELETED if self.deleted else ACTIVE
        return {"application": {"$in": self.applications}, "state": state, **within}


def requested_scope(args: Mapping[str, str]) -> Scope:
    """What `application organization collection smart_collection deleted takedown` ask for.

    Unknown ids are in nothing; InvalidFields for what is no id. What was deleted or taken down is
    shown to those who may edit, as they may bring it back.
    """
    deleted, taken_down = (read_flag_field(args, name) for name in ("deleted", "takedown"))
    for_editors = deleted or taken_down
    named = args.get("application")
    held = [require_application("edit" if for_editors else "read", named)] if named else []
    applications = [one.id for one in held]
    if not named:
        applications = _editable() if for_editors else readable_applications()
    organization = args.get("organization")
    if organization:
        found = Application.objects(id__in=applications, organization=organization).only("id")
        applications = [one.id for one in found]
    clauses = [_in_collection(args.get("collection")), _smart(args.get("smart_collection"))]
    return Scope(applications, held, both(*clauses), deleted, taken_down)


def _editable() -> list[str]:
    return [one.id for one in applications_for("edit", require_principal())]


def _in_collection(named: str | None) -> Mapping[str, Any]:
    return {"collections": _id("collection", named)} if named else {}


def _smart(named: str | None) -> Mapping[str, Any]:
    if not named:
        return {}
    smart = SmartCollection.objects(id=_id("smart_collection", named)).first()
    if smart is None:
        return _NOTHING
    return both({"application": smart.application}, clause(json.loads(smart.query)))


def _id(argument: str, named: str) -> str:
    found = compact_id(named)
    if found is None:
        raise InvalidFields({argument: f"{named!r:.60} is no id"})
    return found
