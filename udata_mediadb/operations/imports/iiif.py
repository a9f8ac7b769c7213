"""A IIIF manifest or collection (Presentation API 2 and 3) -> an item for each canvas."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...errors import InvalidFields
from .items import Item

MANIFESTS_MAX = 1000
DEPTH_MAX = 5  # of collections within collections
Fetch = Callable[[str], Any]


def is_iiif(document: Any) -> bool:
    """Whether JSON says that it is a manifest or a collection."""
    return _kind(document) in ("Manifest", "Collection")


def canvases(document: Mapping[str, Any], fetch: Fetch) -> Iterator[Item]:
    """The canvases of a manifest, or of all manifests of a collection.

    `fetch`: gives the JSON of a manifest that is only named.
    """
    for manifest in _manifests(document, fetch, DEPTH_MAX, [0]):
        yield from _of_manifest(manifest)


def _manifests(
    document: Any, fetch: Fetch, depth: int, count: list[int]
) -> Iterator[Mapping[str, Any]]:
    if _kind(document) == "Manifest":
        count[0] += 1
        if count[0] > MANIFESTS_MAX:
            raise InvalidFields({"url": f"at most {MANIFESTS_MAX:,} manifests in one import"})
        if any(name in document for name in ("items", "sequences")):
            yield document
        else:
            yield fetch(_id(document))
        return
    if depth == 0:
        raise InvalidFields({"url": f"collections lie at most {DEPTH_MAX} deep"})
    for name in ("items", "members", "collections", "manifests"):
        for one in _list(document, name):
            is_bare = _kind(one) == "Collection" and not any(
                key in one for key in ("items", "members", "collections", "manifests")
            )
            yield from _manifests(fetch(_id(one)) if is_bare else one, fetch, depth - 1, count)


def _of_manifest(manifest: Mapping[str, Any]) -> Iterator[Item]:
    title = text_of(manifest.get("label"))
    said = {text_of(one.get("label")): text_of(one.get("value")) for one in _pairs(manifest)}
    rights = manifest.get("rights") or manifest.get("license")
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
            if url := _body(annotation.get("body")):
                return url
    for annotation in _list(canvas, "images"):
        if url := _body(annotation.get("resource")):
            return url
    return None


def _body(body: Any) -> str | None:
    """The largest form: the image service's full picture, else the resource itself."""
    for one in body if isinstance(body, list) else [body]:
        if not isinstance(one, dict):
            continue
        if _kind(one) == "Choice":
            return _body(one.get("items"))
        services = one.get("service") or []
        for service in services if isinstance(services, list) else [services]:
            if isinstance(service, dict) and _id(service):
                version = str(service.get("type") or service.get("@context") or "")
                size = "max" if "3" in version else "full"
                return f"{_id(service).rstrip('/')}/full/{size}/0/default.jpg"
        if _id(one):
            return _id(one)
    return None


def text_of(value: Any) -> str:
    """A label: text, a list, or texts by language."""
    if isinstance(value, dict):
        if "@value" in value:
            return text_of(value["@value"])
        value = next(iter(value.values()), "")
    if isinstance(value, list):
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
    return str(document.get("type") or document.get("@type") or "").removeprefix("sc:")


def _id(document: Any) -> str:
    found = document.get("id") or document.get("@id") if isinstance(document, dict) else None
    return found if isinstance(found, str) else ""
