"""The tree of the collections of one application: where one may lie, and taking one out.

There are no transactions (a standalone mongod has none). Whoever changes the tree writes, then
looks again, and takes the change back where another writer made it impossible meanwhile: of two
moves that would close a circle together, at least one sees it. A kill between the two steps leaves
what `problems` names and `recovery` mends.
"""

from collections.abc import Iterable, Iterator

from ..errors import Conflict, InvalidFields
from ..mongo.documents import durable
from ..mongo.ids import compact_id
from .models import Collection

MAX_DEPTH = 16  # levels; more is a mistake in a client, and every move walks up to the root


def read_parent(application: str, value: object) -> str | None:
    """The id of an existing collection of the application, None for none; else InvalidFields."""
    if value is None or value == "":
        return None
    key = compact_id(value)
    if key is None or Collection.objects(id=key, application=application).first() is None:
        raise InvalidFields({"parent": f"there is no collection {value!r:.60}"})
    return key


def require_place(application: str, identifier: str, parent: str | None) -> None:
    """Raise Conflict where `identifier` cannot lie in `parent`: in itself, or too deep."""
    parents = _parents(application)
    parents[identifier] = parent
    depth = _depth(identifier, parents)
    if depth is None:
        raise Conflict("A collection cannot lie in itself or in one that it holds.")
    deepest = depth + _height(identifier, parents)
    if deepest > MAX_DEPTH:
        raise Conflict(f"Collections are nested at most {MAX_DEPTH} deep, not {deepest}.")


def children_of(application: str, identifiers: Iterable[str]) -> dict[str, list[str]]:
    """The ids of the direct children of each, oldest first, in one query."""
    found = Collection.objects(application=application, parent__in=list(identifiers))
    children: dict[str, list[str]] = {}
    for child in found.order_by("created_at", "id").only("id", "parent"):
        children.setdefault(child.parent, []).append(child.id)
    return children


def subtree(application: str, identifier: str) -> list[str]:
    """The collection and all below it, parents first."""
    children = _children(_parents(application))
    found, waiting = {}, [identifier]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found[current] = True
            waiting += children.get(current, [])
    return list(found)


def lift_children(collection: Collection) -> None:
    """Move the direct children to the collection's own parent."""
    documents = durable(Collection)
    documents.update_many(
        {"application": collection.application, "parent": collection.id},
        {"$set": {"parent": collection.parent}},
    )


def problems() -> Iterator[tuple[str, str]]:
    """(application, id) of every collection that hangs on none that exists, or in a circle."""
    trees: dict[str, dict[str, str | None]] = {}
    for collection in Collection.objects.only("id", "application", "parent").no_cache():
        trees.setdefault(collection.application, {})[collection.id] = collection.parent
    for application, parents in trees.items():
        for identifier, parent in parents.items():
            if parent and (parent not in parents or _depth(identifier, parents) is None):
                yield application, identifier


def detach(identifier: str) -> None:
    """Put a collection at the first level."""
    durable(Collection).update_one({"_id": identifier}, {"$set": {"parent": None}})


def _parents(application: str) -> dict[str, str | None]:
    found = Collection.objects(application=application).only("id", "parent")
    return {collection.id: collection.parent for collection in found}


def _children(parents: dict[str, str | None]) -> dict[str | None, list[str]]:
    children: dict[str | None, list[str]] = {}
    for identifier, parent in parents.items():
        children.setdefault(parent, []).append(identifier)
    return children


def _depth(identifier: str, parents: dict[str, str | None]) -> int | None:
    """1 for the first level; None where the way up never ends."""
    seen: set[str] = set()
    current: str | None = identifier
    while current is not None:
        if current in seen:
            return None
        seen.add(current)
        current = parents.get(current)
    return len(seen)


def _height(identifier: str, parents: dict[str, str | None]) -> int:
    """Levels below a collection."""
    children = _children(parents)
    level, height = children.get(identifier, []), 0
    while level and height <= MAX_DEPTH:
        height += 1
        level = [child for parent in level for child in children.get(parent, [])]
    return height
