"""Naming and mending what a crash may leave of collections."""

from collections.abc import Iterator

from ...application.models import Application
from ...collection import tree
from ...collection.membership import forget_members
from ...collection.models import Collection, SmartCollection
from ...media.models import Media
from .set_aside import keep_documents, keep_memberships, keep_parent


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


def set_memberships_aside(identifier: str) -> bool:
    """Take a collection that is no more off all media; remembered, if it should come back."""
    keep_memberships(identifier, "membership-orphan")
    forget_members([identifier])
    return True


def set_without_application_aside(identifier: str) -> bool:
    """Move a collection whose application was deleted out of the way.

    False where the application has media: it is its document that was lost.
    """
    for kind in (Collection, SmartCollection):
        found = kind.objects(id=identifier).first()
        if found is not None and Media.objects(application=found.application).first() is not None:
            return False
        keep_documents(kind, "collection-without-application", {"_id": identifier})
    return True


def detach(identifier: str) -> bool:
    """Put a collection at the first level; what it said to lie in is remembered."""
    keep_parent(identifier, "collection-lost")
    tree.detach(identifier)
    return True


lost_in_tree = tree.problems
