"""A IIIF manifest or collection (Presentation API 2 and 3) -> an item for each canvas."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...errors import InvalidFields, MediaDBError
from .items import Item

MANIFESTS_MAX = 1000
_PARTS = ("items", "members", "collections", "manifests")
DEPTH_MAX = 5  # of collections within collections
_IMAGE_SERVICE = re.compile(r"ImageService|/image/\d|image-api|level[012]")
_TILES_ALONE = re.compile(r"level0")
_VERSION_3 = re.compile(r"ImageService3|/image/3/")
Fetch = Callable[[str], Any]


def is_iiif(document: Any) -> bool:
    """Whether JSON says that it is a manifest or a collection."""
    return _kind(document) in ("Manifest", "Collection")


def canvases(document: Mapping[str, Any], fetch: Fetch) -> Iterator[Item]:
    """The canvases of a manifest, or of all manifests of a collection.

    `fetch`: gives the JSON of a manifest that is only named. One that cannot be read is an item
    with a problem.
    """
    for manifest in _manifests(document, fetch, DEPTH_MAX, [0]):
        yield from [manifest] if isinstance(manifest, Item) else _of_manifest(manifest)


def _manifests(
    document: Any, fetch: Fetch, depth: int, count: list[int]
) -> Iterator[Mapping[str, Any] | Item]:
    if _kind(document) == "Manifest":
        count[0] += 1
        if count[0] > MANIFESTS_MAX:
            raise InvalidFields({"url": f"at most {MANIFESTS_MAX:,} manifests in one import"})
        is_whole = any(name in document for name in ("items", "sequences"))
        yield document if is_whole else _fetched(document, fetch, "Manifest")
        return
    if depth == 0:
        raise InvalidFields({"url": f"collections lie at most {DEPTH_MAX} deep"})
    for name in _PARTS:
        for one in _parts(document, name):
            is_bare = _kind(one) == "Collection" and not any(key in one for key in _PARTS)
            found = _fetched(one, fetch, "Collection") if is_bare else one
            if isinstance(found, Item):
                yield found
            else:
                yield from _manifests(found, fetch, depth - 1, count)


def _fetched(named: Mapping[str, Any], fetch: Fetch, kind: str) -> Mapping[str, Any] | Item:
    """What is at the address of a manifest or a collection; an item that says why it is none."""
    address = _id(named)
    label = address or text_of(named.get("label")) or kind
    try:
        found: Mapping[str, Any] = fetch(address)
    except MediaDBError as exc:
        return Item(label, problem=f"cannot be read: {exc.message}")
    if _kind(found) != kind:
        return Item(label, problem="this is no IIIF manifest or collection")
    return found


def _parts(document: Any, name: str) -> list[Mapping[str, Any]]:
    """Members of a collection; version 2 lets it name them by their addresses alone."""
    kind = {"collections": "Collection", "manifests": "Manifest"}.get(name)
    found = document.get(name) if isinstance(document, dict) else None
    parts: list[Mapping[str, Any]] = []
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict):
            parts.append(one)
        elif isinstance(one, str) and kind:
            parts.append({"@id": one, "@type": kind})
    return parts


def _of_manifest(manifest: Mapping[str, Any]) -> Iterator[Item]:
    title = text_of(manifest.get("label"))
    said = {text_of(one.get("label")): text_of(one.get("value")) for one in _pairs(manifest)}
    rights = manifest.get("rights") or manifest.get("license")
    rights = rights[0] if isinstance(rights, list) and rights else rights
    metadata = {_key(key): value for key, value in said.items() if key and value}
    if title:
        metadata["manifest"] = title
    for number, canvas in enumerate(_canvases(manifest), 1):
        label = text_of(canvas.get("label")) or str(number)
        name = f"{title} {label}".strip() if title != label else label
        properties: dict[str, Any] = {"name": name[:1024], "metadata": metadata}
        if isinstance(rights, str):
            properties["rights"] = rights
        url = _image(canvas)
        problem = None if url else "the canvas has no picture"
        identifier = _id(canvas)
        yield Item(identifier or name, url=url, properties=properties, problem=problem)


def _canvases(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from _list(manifest, "items")
    for sequence in _list(manifest, "sequences"):
        yield from _list(sequence, "canvases")


def _image(canvas: Mapping[str, Any]) -> str | None:
    for page in _list(canvas, "items"):
        for annotation in _list(page, "items"):
            url = _body(annotation.get("body")) if _is_painted(annotation) else None
            if url:
                return url
    for annotation in _list(canvas, "images"):
        if url := _body(annotation.get("resource")):
            return url
    return None


def _is_painted(annotation: Mapping[str, Any]) -> bool:
    """Whether it is what the canvas shows, and no comment on it."""
    return "painting" in str(annotation.get("motivation") or "painting")


def _body(body: Any) -> str | None:
    """The largest form: the image service's full picture, else the resource itself."""
    for one in body if isinstance(body, list) else [body]:
        if not isinstance(one, dict):
            continue
        kind = _kind(one)
        url = None
        if kind == "Choice":  # Presentation 3, and 2
            url = _body(one.get("items")) or _body(one.get("default")) or _body(one.get("item"))
        elif kind == "SpecificResource":
            url = _body(one.get("source") or one.get("full"))
        elif kind in ("", "Image"):
            url = _largest(one)
        if url:
            return url
    return None


def _largest(picture: Mapping[str, Any]) -> str | None:
    services = picture.get("service") or []
    for service in services if isinstance(services, list) else [services]:
        if isinstance(service, dict) and _id(service) and _scales(service):
            size = "max" if _is_version_3(service) else "full"
            return f"{_id(service).rstrip('/')}/full/{size}/0/default.jpg"
    return _id(picture) or None


def _scales(service: Mapping[str, Any]) -> bool:
    """Whether it is an image service that gives any size; others sign in, or have tiles alone."""
    said = json.dumps([service.get(name) for name in ("type", "@type", "@context", "profile")])
    is_of_images = _IMAGE_SERVICE.search(said) or set(service) <= {"id", "@id"}
    return bool(is_of_images) and not _TILES_ALONE.search(said)


def _is_version_3(service: Mapping[str, Any]) -> bool:
    said = (service.get(name) for name in ("type", "@type", "@context", "profile"))
    return any(isinstance(one, str) and _VERSION_3.search(one) for one in said)


def text_of(value: Any) -> str:
    """A label: text, a list, or texts by language."""
    if isinstance(value, dict):
        if "@value" in value:
            return text_of(value["@value"])
        value = next(iter(value.values()), "")
    if isinstance(value, list):
        if value and all(isinstance(one, dict) and "@language" in one for one in value):
            return text_of(value[0])  # the same in several languages
        return "; ".join(filter(None, map(text_of, value)))
    return value.strip() if isinstance(value, str) else ""


def _pairs(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from _list(manifest, "metadata")


def _key(label: str) -> str:
    return "".join(c for c in label if c not in "$.\0")[:200] or "label"


def _list(document: Any, name: str) -> list[Any]:
    found = document.get(name) if isinstance(document, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _kind(document: Any) -> str:
    if not isinstance(document, dict):
        return ""
    return str(document.get("type") or document.get("@type") or "").rpartition(":")[2]


def _id(document: Any) -> str:
    found = document.get("id") or document.get("@id") if isinstance(document, dict) else None
    return found if isinstance(found, str) else ""
