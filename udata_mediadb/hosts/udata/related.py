"""Objects of udata that a media illustrates: datasets, reuses and the like."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId
from flask_restx import marshal
from udata.core.dataservices.models import Dataservice
from udata.core.dataset.api_fields import dataset_ref_fields
from udata.core.dataset.models import Dataset
from udata.core.organization.models import Organization
from udata.core.post.models import Post
from udata.core.reuse.models import Reuse
from udata.core.topic.models import Topic
from udata.core.user.models import User

from ...authentication.principal import Principal
from ..related import Related

MODELS: Mapping[str, Any] = {
    model.__name__: model
    for model in (Dataset, Dataservice, Reuse, Organization, Post, Topic, User)
}
CLASSES = tuple(MODELS)
# What they are called, of which every class has one.
_TITLES = ("title", "name", "fullname")

_LIVING: Sequence[dict[str, Any]] = ({"deleted": None}, {"deleted_at": None})


def related_refs(
    related: Iterable[Related], principal: Principal | None
) -> dict[Related, dict[str, Any]]:
    """References in udata's own form, each with a `title`; one query for each class.

    Left out are unknown and deleted objects, and private ones and drafts that are not the
    principal's.
    """
    wanted: dict[str, list[ObjectId]] = {}
    for one in related:
        if one.kind in MODELS and ObjectId.is_valid(one.id):
            wanted.setdefault(one.kind, []).append(ObjectId(one.id))
    return {
        Related(kind, str(found.id)): _reference(kind, found)
        for kind, ids in wanted.items()
        for found in _visible(kind, ids, principal)
    }


def public_clauses(kind: str, principal: Principal | None = None) -> list[dict[str, Any]]:
    """MongoDB filters for what everybody may see of a class, and this principal."""
    clauses = [*_LIVING, {"$or": [{"private": {"$ne": True}}, *_own(principal)]}]
    if kind == Post.__name__:
        clauses.append({"published": {"$ne": None}})
    return clauses


def title_of(found: Any) -> str:
    """What an object is called."""
    return str(next(getattr(found, name) for name in _TITLES if hasattr(found, name)))


def _visible(kind: str, ids: list[ObjectId], principal: Principal | None) -> Any:
    if principal is not None and principal.is_admin:
        clauses = list(_LIVING)
    else:
        clauses = public_clauses(kind, principal)
    clauses.append({"_id": {"$in": ids}})
    return MODELS[kind].objects(__raw__={"$and": clauses})


def _own(principal: Principal | None) -> list[dict[str, Any]]:
    if principal is None:
        return []
    organizations = [ObjectId(one) for one in principal.organizations]
    return [{"owner": ObjectId(principal.user)}, {"organization": {"$in": organizations}}]


def _reference(kind: str, found: Any) -> dict[str, Any]:
    fields = dataset_ref_fields if kind == Dataset.__name__ else found.__ref_fields__
    return {**marshal(found, fields), "class": kind, "id": str(found.id), "title": title_of(found)}
