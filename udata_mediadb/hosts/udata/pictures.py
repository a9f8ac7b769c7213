"""The pictures that udata's public objects show: images, logos, and resources that are images."""

from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from flask_storage.mongo import ImageField
from udata.core import storages
from udata.core.dataset.models import CommunityResource, Dataset

from ..portal_picture import PortalPicture
from ..related import Related
from .related import MODELS, public_clauses, title_of

# Of the pictures that we read (imaging.formats), as resources name them.
FORMATS = ("jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "geotiff", "avif")
_IS_IMAGE = {
    "deleted": None,
    "$or": [
        {"format": {"$regex": f"^({'|'.join(FORMATS)})$", "$options": "i"}},
        {"mime": {"$regex": "^image/", "$options": "i"}},
    ],
}


def pictures(*, avatars: bool) -> list[PortalPicture]:
    """All of them, as they are now; nothing private, deleted or unpublished.

    A list and no cursor: an import takes longer than MongoDB keeps one open.
    """
    found = [*_images(avatars), *_resources(), *_community_resources()]
    return sorted(found, key=lambda picture: picture.origin)


def _images(avatars: bool) -> Iterator[PortalPicture]:
    for kind, model in MODELS.items():
        if kind == "User" and not avatars:
            continue
        for name, image in model._fields.items():
            if isinstance(image, ImageField):
                yield from _images_of(kind, model, name, image.db_field)


def _images_of(kind: str, model: Any, name: str, db_field: str) -> Iterator[PortalPicture]:
    has_one = {f"{db_field}.filename": {"$type": "string"}}
    wanted = {"$and": [has_one, *public_clauses(kind)]}
    for found in model.objects(__raw__=wanted).no_cache():
        image = getattr(found, name)
        yield PortalPicture(
            origin=f"{kind}:{found.id}/{name}",
            name=title_of(found),
            filename=PurePosixPath(image.original).name,
            related=[Related(kind, str(found.id))],
            read=partial(_read, image.fs, image.original),
        )


def _resources() -> Iterator[PortalPicture]:
    wanted = {"$and": [{"resources": {"$elemMatch": _IS_IMAGE}}, *public_clauses("Dataset")]}
    for dataset in Dataset.objects(__raw__=wanted).only("id", "title", "resources").no_cache():
        for resource in dataset.resources:
            if _is_image(resource):
                yield _of_resource(resource, [Related("Dataset", str(dataset.id))])


def _community_resources() -> Iterator[PortalPicture]:
    found = list(CommunityResource.objects(__raw__=_IS_IMAGE).no_dereference())
    datasets = list({one.dataset.id for one in found if one.dataset})
    public = {"$and": [{"_id": {"$in": datasets}}, *public_clauses("Dataset")]}
    shown = {dataset.id for dataset in Dataset.objects(__raw__=public).only("id")}
    for resource in found:
        if resource.dataset and resource.dataset.id in shown:
            yield _of_resource(resource, [Related("Dataset", str(resource.dataset.id))])


def _of_resource(resource: Any, related: list[Related]) -> PortalPicture:
    file = resource.fs_filename
    return PortalPicture(
        origin=f"{type(resource).__name__}:{resource.id}",
        name=resource.title,
        filename=PurePosixPath(file or resource.url).name,
        related=related,
        read=partial(_read, storages.resources, file) if file else None,
        url=resource.url,
        size=resource.filesize,
    )


def _is_image(resource: Any) -> bool:
    named = (resource.format or "").lower() in FORMATS
    mime = (resource.mime or "").lower()
    return not resource.deleted and (named or mime.startswith("image/"))


def _read(storage: Any, name: str) -> bytes:
    content: bytes = storage.read(name)
    return content
