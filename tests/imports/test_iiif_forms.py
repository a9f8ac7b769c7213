"""IIIF as libraries publish it: which picture of a canvas is meant, and what is broken alone."""

from collections.abc import Mapping
from typing import Any

import pytest

from udata_mediadb.errors import FetchRefused
from udata_mediadb.operations.imports.iiif import canvases
from udata_mediadb.operations.imports.items import Item

IMAGE: Mapping[str, Any] = {"id": "http://e/full.jpg", "type": "Image"}
SERVICE = "http://e/iiif/1"


def nowhere(url: str) -> Any:
    raise FetchRefused(f"{url} answered 404.")


def manifest(body: Any, **annotation: Any) -> dict[str, Any]:
    painted = {"type": "Annotation", "motivation": "painting", "body": body, **annotation}
    page = {"type": "AnnotationPage", "items": [painted]}
    canvas = {"type": "Canvas", "id": "http://e/c", "items": [page]}
    return {"type": "Manifest", "id": "http://e/m", "items": [canvas]}


def found(document: Mapping[str, Any]) -> list[Item]:
    return list(canvases(document, nowhere))


SHOWN = {
    "the picture alone": (IMAGE, "http://e/full.jpg"),
    "a service of version 3": (
        {**IMAGE, "service": [{"id": SERVICE, "type": "ImageService3", "profile": "level1"}]},
        f"{SERVICE}/full/max/0/default.jpg",
    ),
    "a service of version 2": (
        {**IMAGE, "service": [{"@id": SERVICE, "@type": "ImageService2", "profile": "level2"}]},
        f"{SERVICE}/full/full/0/default.jpg",
    ),
    "a service that signs in, before": (
        {
            **IMAGE,
            "service": [
                {"@id": "http://e/login", "profile": "http://iiif.io/api/auth/1/login"},
                {"id": SERVICE, "type": "ImageService3"},
            ],
        },
        f"{SERVICE}/full/max/0/default.jpg",
    ),
    "tiles alone": (
        {**IMAGE, "service": [{"id": SERVICE, "type": "ImageService3", "profile": "level0"}]},
        "http://e/full.jpg",
    ),
    "a part of a resource": (
        {"type": "SpecificResource", "source": IMAGE, "selector": {"region": "0,0,9,9"}},
        "http://e/full.jpg",
    ),
    "a choice": ({"type": "Choice", "items": [IMAGE]}, "http://e/full.jpg"),
    "a text beside": ([{"type": "TextualBody", "value": "x"}, IMAGE], "http://e/full.jpg"),
    "a film": ({"id": "http://e/a.mp4", "type": "Video"}, None),
}


@pytest.mark.parametrize("form", SHOWN)
def test_the_picture_that_the_canvas_shows_is_taken(form: str) -> None:
    body, url = SHOWN[form]
    (item,) = found(manifest(body))

    assert (item.url, item.problem) == (url, None if url else "the canvas has no picture")


def test_a_comment_is_no_picture_of_the_canvas() -> None:
    (item,) = found(manifest(IMAGE, motivation="commenting"))

    assert item.url is None


def test_version_2_has_choices_languages_and_several_licences() -> None:
    resource = {
        "@type": "oa:Choice",
        "default": {
            "@id": "http://e/d.jpg",
            "@type": "dctypes:Image",
            "service": {"@context": "http://iiif.io/api/image/2/context.json", "@id": SERVICE},
        },
    }
    canvas = {"@id": "http://e/c1", "label": "f. 1", "images": [{"resource": resource}]}
    label = [
        {"@value": "Pont", "@language": "fr"},
        {"@value": "Bridge", "@language": "en"},
    ]
    whole = {
        **{"@type": "sc:Manifest", "@id": "http://e/m2", "label": label},
        **{"license": ["http://l/1", "http://l/2"], "sequences": [{"canvases": [canvas]}]},
    }
    (item,) = canvases({"@type": "sc:Collection", "manifests": ["http://e/m2"]}, lambda _: whole)

    assert item.url == f"{SERVICE}/full/full/0/default.jpg"
    assert item.properties["name"] == "Pont f. 1"
    assert item.properties["rights"] == "http://l/1"


@pytest.mark.parametrize("answer", [None, {"@graph": []}, {"type": "Collection", "items": []}])
def test_a_manifest_that_cannot_be_read_fails_alone(answer: Any) -> None:
    collection = {
        "type": "Collection",
        "items": [{"type": "Manifest", "id": "http://e/bad"}, manifest(IMAGE)],
    }
    bad, good = canvases(collection, nowhere if answer is None else lambda _: answer)

    assert (bad.name, bad.url) == ("http://e/bad", None)
    assert bad.problem
    assert good.url == "http://e/full.jpg"
