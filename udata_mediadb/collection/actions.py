"""What can be done with collections and smart collections, apart from what they hold."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import Conflict, InvalidFields, NotFound
from ..filters.conditions import FULL_FORM, read_query
from ..mongo.clock import now
from ..mongo.documents import durable
from ..mongo.ids import compact_id
from ..web.readers import read_keywords, read_metadata, read_name, read_properties
from . import tree
from .membership import forget_members
from .models import Collection, SmartCollection

_READERS: Mapping[str, Callable[[Any], Any]] = {
    "name": read_name,
    "keywords": read_keywords,
    "metadata": read_metadata,
}


# (application, collection, query) -> (the query with rules, what to do once it is stored)
Rules = Callable[[str, str, dict[str, Any]], tuple[dict[str, Any], Callable[[], None]]]


def _nothing(*_: object) -> None:
    """There are no rules to look after."""


def find_collection(identifier: object, application: str | None = None) -> Collection:
    """The collection of this id, in this application where one is named; else NotFound."""
    found: Collection = _find(Collection, identifier, application)
    return found


def find_smart_collection(identifier: object, application: str | None = None) -> SmartCollection:
    """The smart collection of this id, in this application where one is named; else NotFound."""
    found: SmartCollection = _find(SmartCollection, identifier, application)
    return found


def create_collection(
    application: str, properties: Mapping[str, Any], identifier: str | None = None
) -> Collection:
    """A new collection; InvalidFields for bad properties, Conflict where it would lie too deep.

    `identifier`: a UUID for it; the one that has it already was made by an earlier try.
    """
    clean = _named(properties) | _under(identifier)
    if identifier and (earlier := Collection.objects(id=clean["id"]).first()):
        return earlier
    parent = tree.read_parent(application, properties.get("parent"))
    collection = Collection(application=application, parent=parent, **clean)
    if parent:
        tree.require_place(application, collection.id, parent)
    durable(Collection).insert_one(collection.to_mongo().to_dict())
    if parent and _vanished(parent):
        durable(Collection).delete_one({"_id": collection.id})
        raise InvalidFields({"parent": f"there is no collection {parent!r}"})
    return collection


def update_collection(collection: Collection, properties: Mapping[str, Any]) -> Collection:
    """Change name, keywords, metadata or parent (null: first level); what is not named stays.

    Conflict for a parent that lies in the collection itself, or too deep.
    """
    clean = read_properties(properties, _READERS)
    if "parent" not in properties:
        return _changed(collection, clean)
    parent = tree.read_parent(collection.application, properties["parent"])
    tree.require_place(collection.application, collection.id, parent)
    before = collection.parent
    changed: Collection = _changed(collection, {**clean, "parent": parent})
    try:
        if parent and _vanished(parent):
            raise InvalidFields({"parent": f"there is no collection {parent!r}"})
        tree.require_place(collection.application, collection.id, parent)
    except (Conflict, InvalidFields):
        back = before if before and not _vanished(before) else None
        durable(Collection).update_one(  # unless another has moved it meanwhile
            {"_id": collection.id, "parent": parent}, {"$set": {"parent": back}}
        )
        raise
    return changed


def delete_collection(collection: Collection, *, recursive: bool = False) -> None:
    """Delete a collection; its children move up to its parent, or go too. Media all stay."""
    if recursive:
        gone = tree.subtree(collection.application, collection.id)
        durable(Collection).delete_many({"_id": {"$in": gone[::-1]}})
    else:
        gone = [collection.id]
        tree.lift_children(collection)
        durable(Collection).delete_one({"_id": collection.id})
        tree.lift_children(collection)  # what was put in meanwhile
    forget_members(gone)


def create_smart_collection(
    application: str,
    properties: Mapping[str, Any],
    identifier: str | None = None,
    *,
    form: frozenset[str] = FULL_FORM,
    rules: Rules | None = None,
) -> SmartCollection:
    """A new smart collection; InvalidFields for bad properties or a missing or empty query.

    `identifier`: as for `create_collection`. `rules`: makes the rules of the pictures that the
    query names.
    """
    clean = {**_named(properties), **_query(properties, form), **_under(identifier)}
    if "query" not in clean:
        raise InvalidFields({"query": "Field is required"})
    if identifier and (earlier := SmartCollection.objects(id=clean["id"]).first()):
        return earlier
    smart = SmartCollection(application=application, **clean)
    begin = _with_rules(smart, rules)
    durable(SmartCollection).insert_one(smart.to_mongo().to_dict())
    begin()
    return smart


def update_smart_collection(
    smart: SmartCollection,
    properties: Mapping[str, Any],
    *,
    form: frozenset[str] = FULL_FORM,
    rules: Rules | None = None,
) -> SmartCollection:
    """Change name, keywords, metadata or query; what is not named stays. `rules`: as above."""
    changes = {**read_properties(properties, _READERS), **_query(properties, form)}
    begin: Callable[[], None] = _nothing
    if "query" in changes:
        smart.query = changes["query"]
        begin = _with_rules(smart, rules)
        changes["query"] = smart.query
    changed: SmartCollection = _changed(smart, changes)
    begin()
    return changed


def delete_smart_collection(
    smart: SmartCollection, drop_rules: Callable[[str], None] = _nothing
) -> None:
    """Delete a smart collection, and the rules that belong to it; media all stay."""
    durable(SmartCollection).delete_one({"_id": smart.id})
    drop_rules(smart.id)


def stored_query(smart: SmartCollection) -> dict[str, Any]:
    """The query in its JSON form, as checked when it was stored."""
    query: dict[str, Any] = json.loads(smart.query)
    return query


def _with_rules(smart: SmartCollection, rules: Rules | None) -> Callable[[], None]:
    """Put the rules into its query; what to do when it is stored."""
    if rules is None:
        return _nothing
    query, begin = rules(smart.application, smart.id, stored_query(smart))
    smart.query = json.dumps(query)
    return begin


def _find(kind: type[Any], identifier: object, application: str | None) -> Any:
    key = compact_id(identifier)
    mine = {} if application is None else {"application": application}
    found = kind.objects(id=key, **mine).first() if key else None
    if found is None:
        raise NotFound(f"There is no collection {identifier!r:.60}.")
    return found


def _named(properties: Mapping[str, Any]) -> dict[str, Any]:
    clean = read_properties(properties, _READERS)
    if "name" not in clean:
        raise InvalidFields({"name": "Field is required"})
    return clean


def _under(identifier: str | None) -> dict[str, Any]:
    return {"id": compact_id(identifier)} if identifier else {}


def _query(properties: Mapping[str, Any], form: frozenset[str]) -> dict[str, str]:
    if properties.get("query") is None:
        return {}
    return {"query": json.dumps(read_query(properties["query"], form=form))}


def _changed(document: Any, changes: Mapping[str, Any]) -> Any:
    if not changes:
        return document
    kind = type(document)
    found = durable(kind).find_one_and_update(
        {"_id": document.id}, {"$set": {**changes, "updated_at": now()}}
    )
    if found is None:
        raise NotFound(f"There is no collection {document.id!r}.")
    return kind.objects(id=document.id).first() or document


def _vanished(identifier: str) -> bool:
    return Collection.objects(id=identifier).only("id").first() is None
