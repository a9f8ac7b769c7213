"""One change of many media: keywords and metadata added and taken away, a collection to lie in.

Each media is changed by itself, from what is stored at that moment, and has a result of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from ..application.models import Application
from ..authorization.caller import require_application
from ..errors import InvalidFields, MediaDBError
from ..filters.conditions import clause
from ..hosts.about import requested_about
from ..mongo.clock import now
from ..web.arguments import readers
from ..web.bulk_results import Outcome, read_ids
from ..web.readers import plain, read_keywords, read_metadata, read_properties
from ..web.text import folded
from .arguments import BULK_CHANGES, BULK_WHERE
from .bulk import editable_listed
from .counts import renew
from .facts import write_with_facts
from .listing import active_in
from .models import DELETED, Media
from .publishing import require_complete, taken_over

EDITED_MAX = 1000  # in one call: each is a read and a durable write, some 5 ms
_AS_JOB = "POST media/changes/ takes the same, and does it as a job"
Adding = Callable[[Sequence[str]], list[Outcome]]


@dataclass(frozen=True)
class Edit:
    """What is changed of each media; checked in form."""

    add_keywords: list[str] = field(default_factory=list)
    remove_keywords: list[str] = field(default_factory=list)
    set_metadata: dict[str, Any] = field(default_factory=dict)
    unset_metadata: list[str] = field(default_factory=list)
    add_to_collection: str | None = None
    take_embedded: bool = False
    about: dict[str, Any] = field(default_factory=dict)

    def changes(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """The keywords and metadata of a media afterwards; InvalidFields where it has too many."""
        gone = {folded(word) for word in self.remove_keywords}
        kept = [word for word in stored.get("keywords", []) if folded(word) not in gone]
        metadata = {**plain(stored.get("metadata", {})), **self.set_metadata}
        metadata = {key: metadata[key] for key in metadata if key not in self.unset_metadata}
        raw = {"keywords": [*kept, *self.add_keywords], "metadata": metadata}
        return read_properties(raw, {"keywords": read_keywords, "metadata": read_metadata})

    def about_of(self, media: Media) -> dict[str, Any]:
        """What is to be said of it: this, and of what nothing is said yet what its file says."""
        if not self.take_embedded:
            return self.about
        said = {name: value for name, value in media.about.items() if value}
        lacking = {k: v for k, v in taken_over(plain(media.embedded)).items() if k not in said}
        return {**lacking, **self.about}


def edit_many(properties: Mapping[str, Any]) -> list[Outcome]:
    """Do what a request asks, to the media of `ids` or of `query`; what became of each.

    Raises InvalidFields, and what reading the collection raises: then nothing is changed.
    """
    edit = read_edit(properties)
    identifiers = _named(properties)
    adding = _adding(edit.add_to_collection)
    editable, outcomes = editable_listed(identifiers, "about", "embedded")
    homes = Application.objects.in_bulk(list({one.application for one in editable}))
    for one in editable:
        outcomes[one.id] = edit_one(one, homes[one.application], edit)
    renew(one.application for one in editable)
    changed = [identifier for identifier in identifiers if outcomes[identifier].status == 200]
    if adding is not None and changed:
        outcomes |= {one.id: one for one in adding(changed) if one.status >= 400}
    return [outcomes[identifier] for identifier in identifiers]


def read_edit(properties: Mapping[str, Any]) -> Edit:
    """What a request asks to be changed; InvalidFields where that is nothing, or cannot be."""
    about = requested_about(properties)
    edit = Edit(**read_properties(properties, readers(*BULK_CHANGES)), about=about)
    if edit == Edit():
        raise InvalidFields(dict.fromkeys(("set_metadata",), "name at least one change"))
    return edit


def edit_one(media: Media, home: Application, edit: Edit) -> Outcome:
    """Change one of an application, but for the collection; `renew` comes after all of them."""
    if media.state == DELETED:
        return Outcome(media.id, 410, "This media has been deleted")
    about = edit.about_of(media)
    proposed = media.embedded.get("keywords", []) if edit.take_embedded else []

    def changes(stored: Mapping[str, Any]) -> dict[str, Any]:
        changed = edit.changes(stored)
        if not changed["keywords"]:
            changed["keywords"] = list(proposed)
        return {**changed, "about": about} if about else changed

    try:
        require_complete(home, {**media.about, **about}, about)
        write_with_facts(media.id, changes, further={"updated_at": now()})
    except MediaDBError as exc:
        return Outcome(media.id, exc.status, exc.message)
    return Outcome(media.id, 200, "changed")


def _named(properties: Mapping[str, Any]) -> list[str]:
    """The ids of the list, or of what meets the query in the application."""
    query = read_properties(properties, readers(*BULK_WHERE)).get("query")
    ids = properties.get("ids")
    if query is None and ids is None:
        raise InvalidFields({"ids": "say which media: their ids, or a query"})
    if query is not None and ids is not None:
        raise InvalidFields({"ids": "name media by ids or by a query, not by both"})
    if query is None:
        found = read_ids(ids, "ids")
        too_many = {"ids": f"at most {EDITED_MAX} in one call, not {len(found)}: {_AS_JOB}"}
    else:
        application = require_application("edit", properties.get("application"))
        found = _meeting(application, query)
        too_many = {"query": f"more than {EDITED_MAX} media meet it: {_AS_JOB}"}
    if len(found) > EDITED_MAX:
        raise InvalidFields(too_many)
    return found


def _meeting(application: Application, query: Mapping[str, Any]) -> list[str]:
    met = Media.objects(__raw__=active_in(application.id, clause(query))).order_by("id")
    return [one.id for one in met.only("id").limit(EDITED_MAX + 1)]


def _adding(collection: str | None) -> Adding | None:
    """What puts media into the collection; raises where the caller may not."""
    if collection is None:
        return None
    found: Adding = current_app.extensions["mediadb"].adding_to(collection)
    return found
