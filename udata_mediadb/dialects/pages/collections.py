"""P8: collections as a tree, what is in one, and changing them."""

from typing import Any

from flask import Response, redirect, request, url_for

from ...application.models import Application
from ...collection import actions
from ...collection.listing import POSITION, list_members
from ...collection.models import Collection, SmartCollection
from ...errors import NotFound
from ...media.arguments import SORT_KEYS
from ...media.counts import current_counts
from ...media.facets import OF_COLLECTIONS, current_facets
from ...media.listing import active_in, read_order
from ...web.pages import parse_page, require_in_range
from .csrf import require_own_form
from .presenting import presented
from .rendering import PAGE_SIZE, neighbours, page
from .visitor import editable, find_visible, may_edit

SHOWN_MAX = 2000  # collections of a tree; more are for the API


def collections(application: str) -> str:
    """All of them: the tree, and the smart ones."""
    library = find_visible(application)
    smart = SmartCollection.objects(application=library.id).order_by("name", "id")
    return page(
        "collections.html",
        library=library,
        section="collections",
        tree=_tree(library),
        smart=list(smart.limit(SHOWN_MAX)),
        editable=may_edit(library),
    )


def collection(application: str, collection: str) -> str:
    """What one holds, and what can be done with it."""
    library = find_visible(application)
    found = actions.find_collection(collection, library.id)
    wanted = parse_page(
        {"page": request.args.get("page"), "page_size": PAGE_SIZE}, max_size=PAGE_SIZE
    )
    order = read_order(request.args.get("sort") or POSITION, (*SORT_KEYS, POSITION))
    members = list_members(found, order, wanted, counts=current_counts())
    require_in_range(members)
    return page(
        "collection.html",
        library=library,
        section="collections",
        collection=found,
        parent=_parent(found),
        children=list(Collection.objects(application=library.id, parent=found.id).order_by("name")),
        places=_tree(library) if may_edit(library) else [],
        media=presented(members.items, library),
        found=members,
        neighbours=neighbours(members),
        editable=may_edit(library),
    )


def create(application: str) -> Response:
    """A new collection; to it."""
    require_own_form()
    library = editable(application)
    made = actions.create_collection(library.id, _sent("name", "parent"))
    return _to(library, made.id)


def change(application: str, collection: str) -> Response:
    """A new name or place; or away, for which its media stay."""
    require_own_form()
    library = editable(application)
    found = actions.find_collection(collection, library.id)
    if request.form.get("do") == "delete":
        actions.delete_collection(found)
        return redirect(url_for(".collections", application=library.id), 303)  # type: ignore[return-value]
    actions.update_collection(found, _sent("name", "parent"))
    return _to(library, found.id)


def _sent(*names: str) -> dict[str, str]:
    return {name: request.form[name] for name in names if name in request.form}


def _to(library: Application, identifier: str) -> Response:
    where = url_for(".collection", application=library.id, collection=identifier)
    return redirect(where, 303)  # type: ignore[return-value]


def _parent(found: Collection) -> Collection | None:
    if not found.parent:
        return None
    try:
        return actions.find_collection(found.parent, found.application)
    except NotFound:
        return None


def _tree(library: Application) -> list[dict[str, Any]]:
    """The first level, each with its `children` in the same form and the `level` that it is on."""
    found = Collection.objects(application=library.id).order_by("name", "id").limit(SHOWN_MAX)
    nodes = {
        one.id: {"id": one.id, "name": one.name, "children": [], "parent": one.parent}
        for one in found
    }
    first: list[dict[str, Any]] = []
    for node in nodes.values():
        above = nodes.get(node["parent"])
        (above["children"] if above else first).append(node)
    counted = _counts(library)
    _number(first, 0, counted)
    return first


def _number(level: list[dict[str, Any]], depth: int, counts: dict[str, int]) -> None:
    for node in level:
        node["level"], node["count"] = depth, counts.get(node["id"], 0)
        _number(node["children"], depth + 1, counts)


def _counts(library: Application) -> dict[str, int]:
    """How many active media each collection holds itself."""
    counted = current_facets().count(library.id, active_in(library.id), OF_COLLECTIONS)
    return {one.value: one.count for one in counted}
