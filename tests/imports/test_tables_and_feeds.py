"""Imports of tables, feeds and IIIF, and what cannot be read."""

import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from ..fixtures import Tenant
from ..scripted_server import Exchange, serve
from .beginning import PICTURES, begin, done, items, listed, zipped


def as_csv(address: str) -> tuple[str, bytes]:
    text = (
        "url;name;keywords;metadata.year;licence;external_id\r\n"
        f"{address}/0.jpg;Brücke;river,stone;1932;CC-BY-4.0;a1\r\n"
        f"{address}/1.jpg;Turm;;;;a2\r\n"
    )
    return "list.csv", text.encode("utf-8-sig")


def as_jsonl(address: str) -> tuple[str, bytes]:
    rows = [
        {
            "url": f"{address}/0.jpg",
            "name": "Brücke",
            "keywords": ["river", "stone"],
            "metadata": {"year": 1932},
            "licence": "CC-BY-4.0",
            "external_id": "a1",
        },
        {"url": f"{address}/1.jpg", "name": "Turm", "external_id": "a2", "width": 1},
    ]
    return "list.jsonl", "\n".join(json.dumps(row) for row in rows).encode()


@pytest.mark.parametrize("table", [as_csv, as_jsonl])
def test_a_table_of_addresses_brings_in_what_it_says(tenant: Tenant, table: Any) -> None:
    with serve(pictures) as server:
        name, data = table(f"http://127.0.0.1:{server.port}")
        job = done(tenant, begin(tenant, data, filename=name))

    assert job["counts"] == {"added": 2}, items(tenant, job)
    found = tenant.client.get("media/", params={"application": tenant.application}).json()
    media = {one["external_id"]: one for one in found["data"]}
    assert media["a1"]["name"] == "Brücke"
    assert media["a1"]["keywords"] == ["river", "stone"]
    assert media["a1"]["metadata"] == {"year": 1932}
    assert media["a1"]["licence"]["id"] == "CC-BY-4.0"


def pictures(exchange: Exchange) -> None:
    path = exchange.request.split()[1].decode()
    number = int("".join(c for c in path if c.isdigit()) or 0) % 4
    body = DOCUMENTS.get(path, PICTURES[number])
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    exchange.send(head + body)


DOCUMENTS: dict[str, bytes] = {}

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
<entry><id>e1</id><title>Bridge</title><category term="river"/>
<link rel="enclosure" type="image/jpeg" href="/0.jpg"/></entry>
<entry><id>e2</id><title>Words alone</title></entry></feed>"""

RSS = """<rss version="2.0"><channel><title>News</title>
<item><title>Bridge</title><category>river</category><guid>e1</guid>
<enclosure url="ADDRESS/0.jpg" type="image/jpeg" length="1"/></item></channel></rss>"""

DCAT = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/">
<dcat:Distribution><dct:title>Bridge</dct:title><dcat:mediaType>image/jpeg</dcat:mediaType>
<dcat:downloadURL rdf:resource="ADDRESS/0.jpg"/></dcat:Distribution>
<dcat:Distribution><dcat:mediaType>text/csv</dcat:mediaType>
<dcat:downloadURL rdf:resource="ADDRESS/x.csv"/></dcat:Distribution></rdf:RDF>"""

DCAT_JSON = """{"@context": "x", "dataset": [{"distribution": [
 {"title": "Bridge", "mediaType": "image/jpeg", "downloadURL": "ADDRESS/0.jpg"}]}]}"""

IIIF_3 = """{"@context": "http://iiif.io/api/presentation/3/context.json", "type": "Manifest",
 "id": "ADDRESS/m", "label": {"en": ["Bridge"]},
 "metadata": [{"label": {"en": ["Year"]}, "value": {"none": ["1932"]}}],
 "items": [{"type": "Canvas", "id": "ADDRESS/c1", "label": {"none": ["Bridge"]}, "items": [
  {"type": "AnnotationPage", "items": [{"type": "Annotation",
   "body": {"id": "ADDRESS/0.jpg", "type": "Image"}}]}]}]}"""

IIIF_2 = """{"@type": "sc:Collection", "@id": "ADDRESS/top", "manifests": [
 {"@type": "sc:Manifest", "@id": "ADDRESS/manifest2"}]}"""

MANIFEST_2 = """{"@type": "sc:Manifest", "@id": "ADDRESS/manifest2", "label": "Bridge",
 "sequences": [{"canvases": [{"@id": "ADDRESS/c1", "label": "Bridge", "images": [
  {"resource": {"@id": "ADDRESS/0.jpg"}}]}]}]}"""


# as RDF/XML that was not made for reading, with the types of the Publications Office
DCAT_PLAIN = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/">
<rdf:Description rdf:about="ADDRESS/d">
<rdf:type rdf:resource="http://www.w3.org/ns/dcat#Distribution"/><dct:title>Bridge</dct:title>
<dct:format><dct:MediaTypeOrExtent
 rdf:about="http://publications.europa.eu/resource/authority/file-type/JPEG"/></dct:format>
<dcat:accessURL rdf:resource="ADDRESS/get/0"/></rdf:Description></rdf:RDF>"""

DCAT_EXPANDED = """[{"@id": "ADDRESS/d", "@type": ["http://www.w3.org/ns/dcat#Distribution"],
 "http://purl.org/dc/terms/title": [{"@value": "Bridge"}],
 "http://www.w3.org/ns/dcat#mediaType":
  [{"@id": "http://www.iana.org/assignments/media-types/image/jpeg"}],
 "http://www.w3.org/ns/dcat#accessURL": [{"@id": "ADDRESS/get/0"}]}]"""

MEDIA_RSS = """<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>
<item><title>Bridge</title><media:group><media:content url="ADDRESS/a.mp4" type="video/mp4"/>
</media:group><media:thumbnail url="ADDRESS/0.jpg"/></item></channel></rss>"""

DOCUMENTED = [ATOM, RSS, DCAT, DCAT_JSON, IIIF_3, IIIF_2, DCAT_PLAIN, DCAT_EXPANDED, MEDIA_RSS]


@pytest.mark.parametrize("document", DOCUMENTED, ids=range(len(DOCUMENTED)))
def test_feeds_and_iiif_bring_in_their_pictures(tenant: Tenant, document: str) -> None:
    with serve(pictures) as server:
        address = f"http://127.0.0.1:{server.port}"
        DOCUMENTS["/feed"] = document.replace("ADDRESS", address).encode()
        DOCUMENTS["/manifest2"] = MANIFEST_2.replace("ADDRESS", address).encode()
        job = done(tenant, begin(tenant, url=f"{address}/feed"))

    assert job["counts"]["added"] == 1, (job, items(tenant, job))
    found = tenant.client.get("media/", params={"application": tenant.application}).json()
    assert [one["name"] for one in found["data"]] == ["Bridge"]


def bomb() -> bytes:
    return zipped({"a.jpg": bytes(200 * 1024 * 1024)}, zipfile.ZIP_DEFLATED)


# what is said of it, and what makes it: a bomb takes a second
UNREADABLE: dict[str, Callable[[], bytes]] = {
    "no ZIP": lambda: b"PK\x03\x04 no zip",
    "times its size": bomb,
    "unknown argument": lambda: b"file,colour\na.jpg,red\n",
    "more than once": lambda: b"name,name\na,b\n",
    "document type": lambda: b"<!DOCTYPE x [<!ENTITY a 'b'>]><feed/>",
    "no Atom": lambda: b"<html/>",
    "not valid JSON": lambda: b'{"a": NaN}\n',
}


@pytest.mark.parametrize("said", UNREADABLE)
def test_what_cannot_be_read_fails_as_a_whole_and_says_why(tenant: Tenant, said: str) -> None:
    job = done(tenant, begin(tenant, UNREADABLE[said]()))

    assert job["state"] == "failed"
    assert said in job["message"], job["message"]
    assert listed(tenant) == {}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.jpg", "etc/passwd.jpg"),
        ("/root/a.jpg", "root/a.jpg"),
        ("C:\\temp\\a.jpg", "temp/a.jpg"),
        ("a/./b/../c.jpg", "a/b/c.jpg"),
        ("橋.jpg", "橋.jpg"),
        ("Ü\u202e.jpg", "Ü.jpg"),
    ],
)
def test_names_in_a_zip_are_shown_and_never_opened(tenant: Tenant, name: str, shown: str) -> None:
    job = done(tenant, begin(tenant, zipped({name: PICTURES[0]})))

    (item,) = items(tenant, job)
    assert (item["item"], item["outcome"]) == (shown, "added")
    assert list(listed(tenant)) == [shown.rpartition("/")[2]]
