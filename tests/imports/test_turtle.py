"""DCAT as Turtle: read where rdflib is installed, else it is said what to send."""

import pytest

from udata_mediadb.operations.imports import turtle
from udata_mediadb.operations.imports.feeds import items_of_json
from udata_mediadb.operations.imports.foreign import what_else

CATALOGUE = b"""# of a portal
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
<http://e.org/d> a dcat:Dataset ; dcat:distribution [ a dcat:Distribution ;
  dct:title "Bridge"@en ; dct:description "Of stone" ; dcat:downloadURL <http://e.org/get/1> ;
  dct:format <http://publications.europa.eu/resource/authority/file-type/JPEG> ] ,
  [ a dcat:Distribution ; dcat:downloadURL <http://e.org/x.csv> ; dcat:mediaType "text/csv" ] .
"""


def test_turtle_is_known_by_its_beginning() -> None:
    assert turtle.is_turtle(CATALOGUE)
    assert turtle.is_turtle(b"PREFIX dcat: <http://www.w3.org/ns/dcat#>\n")
    assert not turtle.is_turtle(b"file,name\nprefix a,b\n")


def test_who_cannot_read_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turtle, "Graph", None)

    assert "Turtle" in str(what_else(CATALOGUE))


def test_its_pictures_are_those_of_the_same_as_json_ld() -> None:
    pytest.importorskip("rdflib")
    (item,) = items_of_json(turtle.as_json_ld(CATALOGUE), "http://e.org/catalogue.ttl")

    assert item.url == "http://e.org/get/1"
    assert item.properties["name"] == "Bridge"
    assert item.properties["description"] == "Of stone"


@pytest.mark.parametrize("wrong", [b"@prefix a", b"@prefix a: <b> .\n" + b"[ a:b " * 5000])
def test_what_is_no_turtle_is_refused(wrong: bytes) -> None:
    pytest.importorskip("rdflib")
    with pytest.raises(turtle.InvalidFields, match="this is no feed"):
        turtle.as_json_ld(wrong)
