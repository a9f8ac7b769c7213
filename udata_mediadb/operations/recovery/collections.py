"""Naming and mending what a crash may leave of collections."""

from collections.abc import Iterator

from ...application.models import Application
from ...collection import tree
from ...collection.membership import forget_members
from ...collection.models import Collection, SmartCollection
from ...media.models import Media
from ...mongo.documents import durable


def orphan_memberships() -> Iterator[str]:
    """Ids of collections that media name and that are no more."""
    named = Media.objects.distinct("collections")  # before the collections: these come first
    known = set(Collection.objects(id__in=named).scalar("id"))
    # an index over empty lists holds a null
    yield from (identifier for identifier in named if identifier and identifier not in known)


def without_application() -> Iterator[tuple[str, str]]:
    """(application, collection) of every one whose application was deleted."""
    for kind in (Collection, SmartCollection):
        named = kind.objects.distinct("application")
        known = set(Application.objects(id__in=named).scalar("id"))
        gone = [application for application in named if application not in known]
        for collection in kind.objects(application__in=gone).only("id", "application"):
            yield collection.application, collection.id


def drop_memberships(identifier: str) -> None:
    """Take a collection that is no more off all media."""
    forget_members([identifier])


def drop_without_application(identifier: str) -> None:
    """Delete a collection whose application was deleted."""
    for kind in (Collection, SmartCollection):
        durable(kind).delete_one({"_id": identifier})


lost_in_tree, detach = tree.problems, tree.detach
