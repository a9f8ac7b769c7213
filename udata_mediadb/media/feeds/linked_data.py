"""Media as linked data: schema.org's ImageObject, which is also FOAF's Image (JSON-LD 1.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...mongo.clock import utc

MIMETYPE = "application/ld+json"
CONTEXT: Sequence[Any] = (
    "https://schema.org/",
    {
        "foaf": "http://xmlns.com/foaf/0.1/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
    },
)
_CLASSES = {"Dataset": "dcat:Dataset"}  # of the portal's objects, in the words of DCAT


def image_object(one: Mapping[str, Any]) -> dict[str, Any]:
    """A media as it is answered; what it lacks is left out."""
    licence, place = one["licence"] or {}, one["place"] or {}
    found = {
        "@type": ["ImageObject", "foaf:Image"],
        "@id": one["uri"],
        "identifier": one["id"],
        "name": _texts(one["title"]) or one["name"],
        "description": _texts(one["description"]),
        "caption": _texts(one["alt"]),
        "contentUrl": one["url"],
        "thumbnailUrl": one["thumbnail_url"],
        "url": one.get("page"),
        "encodingFormat": "image/jpeg",
        "width": one["width"],
        "height": one["height"],
        "creator": {"@type": "Person", "name": one["creator"]} if one["creator"] else None,
        "creditText": one["credit"] or one["creator"],
        "copyrightNotice": one["rights"],
        "license": licence.get("url") or licence.get("title"),
        "isBasedOn": one["source"],
        "keywords": one["keywords"],
        "dateCreated": one["taken_at"],
        "uploadDate": utc(one["created_at"]).isoformat(),
        "contentLocation": _place(place) if place else None,
        "about": [_object(ref) for ref in one["related"]],
        "foaf:depicts": [{"@id": ref["uri"]} for ref in one["related"] if ref.get("uri")],
    }
    return {name: value for name, value in found.items() if value}


def document(found: Mapping[str, Any]) -> dict[str, Any]:
    """With the context that says what its words mean."""
    return {"@context": list(CONTEXT), **found}


def gallery(
    identifier: str, name: str, shown: Sequence[Mapping[str, Any]], total: int
) -> dict[str, Any]:
    """Several media: a collection, or what a list shows."""
    return {
        "@type": ["ImageGallery", "Collection"],
        "@id": identifier,
        "name": name,
        "size": total,
        "hasPart": [image_object(one) for one in shown],
    }


def depicted(shown: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The portal's objects that these illustrate, each with its pictures: `foaf:depiction`."""
    found: dict[str, dict[str, Any]] = {}
    for one in shown:
        for ref in one["related"]:
            key = ref.get("uri") or f"{ref['class']}:{ref['id']}"
            kept = found.setdefault(key, {**_object(ref), "foaf:depiction": []})
            kept["foaf:depiction"].append({"@id": one["uri"]})
    return list(found.values())


def _object(ref: Mapping[str, Any]) -> dict[str, Any]:
    named = ref.get("title") or ref.get("name")
    return {
        "@type": _CLASSES.get(ref["class"], "Thing"),
        **({"@id": ref["uri"]} if ref.get("uri") else {"identifier": ref["id"]}),
        **({"name": named} if named else {}),
    }


def _texts(value: Any) -> Any:
    """Texts by language as JSON-LD has them; one alone as it is."""
    if not isinstance(value, Mapping):
        return value
    plain = [text for tag, text in value.items() if tag == "x-default"]
    by_tag = [{"@language": t, "@value": v} for t, v in value.items() if t != "x-default"]
    return [*plain, *by_tag]


def _place(place: Mapping[str, Any]) -> dict[str, Any]:
    geo = {name: place[name] for name in ("latitude", "longitude") if name in place}
    return {
        "@type": "Place",
        **({"name": place["name"]} if place.get("name") else {}),
        **({"geo": {"@type": "GeoCoordinates", **geo}} if geo else {}),
    }
