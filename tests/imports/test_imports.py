"""Pictures come in by the thousand: a ZIP, a table, IIIF, feeds; watched as a job."""

import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from ..fixtures import Tenant
from ..images import jpeg
from ..scripted_server import Exchange, serve
from ..waiting import eventually

PICTURES = [jpeg(n, 200, 150) for n in range(4)]


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def begin(tenant: Tenant, data: bytes | None = None, **fields: Any) -> requests.Response:
    name = fields.pop("filename", "pictures.zip")
    asked = {"application": tenant.application, **fields}
    if data is None:
        return tenant.client.post("imports/", json=asked)
    return tenant.client.post("imports/", data=asked, files={"file": (name, data)})


def done(tenant: Tenant, answer: requests.Response) -> dict[str, Any]:
    """The job, when it has ended."""
    assert answer.status_code == 202, answer.text
    path = f"imports/{answer.json()['id']}/"
    assert answer.headers["Location"] == answer.json()["uri"]

    def ended() -> bool:
        return tenant.client.get(path).json()["state"] in ("done", "failed", "cancelled")

    eventually(ended)
    job: dict[str, Any] = tenant.client.get(path).json()
    return job


def items(tenant: Tenant, job: Mapping[str, Any], **asked: str) -> list[dict[str, Any]]:
    found = tenant.client.get(f"imports/{job['id']}/items/", params=asked).json()
    data: list[dict[str, Any]] = found["data"]
    return data


def listed(tenant: Tenant) -> dict[str, dict[str, Any]]:
    found = tenant.client.get("media/", params={"application": tenant.application}).json()
    return {one["filename"]: one for one in found["data"]}


def test_a_zip_comes_in_with_its_folders_as_keywords_and_a_report(tenant: Tenant) -> None:
    named = {"application": tenant.application, "name": "All"}
    collection = tenant.client.post("collections/", json=named).json()["id"]
    data = zipped(
        {
            "Städte/Luxemburg/brücke.jpg": PICTURES[0],
            "Städte/turm.jpg": PICTURES[1],
            "notes.txt": b"no picture",
            "__MACOSX/._turm.jpg": b"x",
            "empty/": b"",
        }
    )

    job = done(
        tenant,
        begin(tenant, data, keywords_from_folders="true", keywords="import", collection=collection),
    )

    assert (job["state"], job["total"], job["done"]) == ("done", 4, 4)
    assert job["counts"] == {"added": 2, "failed": 1, "ignored": 1}
    media = listed(tenant)
    assert set(media) == {"brücke.jpg", "turm.jpg"}
    assert media["brücke.jpg"]["keywords"] == ["Städte", "Luxemburg", "import"]
    (failed,) = items(tenant, job, outcome="failed")
    assert failed["item"] == "notes.txt"
    held = tenant.client.get(f"collections/{collection}/media/").json()
    assert held["total"] == 2


def test_a_dry_run_says_the_same_and_changes_nothing(tenant: Tenant) -> None:
    tenant.client.add(tenant.application, PICTURES[0])
    data = zipped({"a.jpg": PICTURES[0], "b.jpg": PICTURES[1], "c.jpg": b"broken"})

    dry = done(tenant, begin(tenant, data, dry_run="true"))
    after = listed(tenant)
    real = done(tenant, begin(tenant, data))

    assert len(after) == 1
    assert dry["counts"] == real["counts"] == {"skipped": 1, "added": 1, "failed": 1}
    outcomes = [[one["outcome"] for one in items(tenant, job)] for job in (dry, real)]
    assert outcomes == [["skipped", "added", "failed"]] * 2


@pytest.mark.parametrize(
    ("mode", "outcome", "total", "keywords"),
    [("skip", "skipped", 1, []), ("update", "updated", 1, ["new"]), ("add", "added", 2, None)],
)
def test_what_is_there_is_skipped_updated_or_added(
    tenant: Tenant, mode: str, outcome: str, total: int, keywords: list[str] | None
) -> None:
    media = tenant.client.add(tenant.application, PICTURES[0])["id"]
    table = b"file,keywords\na.jpg,new\n"
    data = zipped({"a.jpg": PICTURES[0], "list.csv": table})

    job = done(tenant, begin(tenant, data, on_duplicate=mode))

    assert job["counts"] == {outcome: 1}
    found = tenant.client.get("media/", params={"application": tenant.application}).json()
    assert found["total"] == total
    if keywords is not None:
        assert tenant.client.get(f"media/{media}/").json()["keywords"] == keywords


def test_an_external_id_that_is_known_gets_the_new_picture(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, PICTURES[0], external_id="inv-7")["id"]
    table = b"file,external_id,name\na.jpg,inv-7,Tower\n"
    data = zipped({"a.jpg": PICTURES[1], "list.csv": table})

    done(tenant, begin(tenant, data, on_duplicate="update"))

    after = tenant.client.get(f"media/{media}/").json()
    assert (after["name"], after["size"]) == ("Tower", len(PICTURES[1]))
    assert tenant.client.get(f"media/{media}/versions/").json()["total"] == 1


def in_a_url(image: bytes) -> str:
    return "data:image/jpeg;base64," + b64encode(image).decode()


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


@pytest.mark.parametrize("document", [ATOM, RSS, DCAT, DCAT_JSON, IIIF_3, IIIF_2], ids=range(6))
def test_feeds_and_iiif_bring_in_their_pictures(tenant: Tenant, document: str) -> None:
    with serve(pictures) as server:
        address = f"http://127.0.0.1:{server.port}"
        DOCUMENTS["/feed"] = document.replace("ADDRESS", address).encode()
        DOCUMENTS["/manifest2"] = MANIFEST_2.replace("ADDRESS", address).encode()
        job = done(tenant, begin(tenant, url=f"{address}/feed"))

    assert job["counts"]["added"] == 1, (job, items(tenant, job))
    found = tenant.client.get("media/", params={"application": tenant.application}).json()
    assert [one["name"] for one in found["data"]] == ["Bridge"]


def overlapping() -> bytes:
    """Two names for the same bytes."""
    data = zipped({"a.jpg": PICTURES[0], "b.jpg": PICTURES[0]})
    offset = (len(PICTURES[0]) + 30 + 5).to_bytes(4, "little")
    return data.replace(offset, bytes(4))


def bomb() -> bytes:
    return zipped({"a.jpg": bytes(200 * 1024 * 1024)}, zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04 no zip", "no ZIP"),
        (bomb(), "times its size"),
        (b"file,colour\na.jpg,red\n", "unknown argument"),
        (b"name,name\na,b\n", "each once"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><feed/>", "document type"),
        (b"<html/>", "no Atom"),
        (b'{"a": NaN}\n', "not valid JSON"),
    ],
)
def test_what_cannot_be_read_fails_as_a_whole_and_says_why(
    tenant: Tenant, data: bytes, said: str
) -> None:
    job = done(tenant, begin(tenant, data))

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


def test_what_is_asked_wrongly_begins_nothing(tenant: Tenant, stranger: Tenant) -> None:
    data = zipped({"a.jpg": PICTURES[0]})

    assert begin(tenant).status_code == 400
    assert begin(tenant, b"").status_code == 400
    assert "on_duplicate" in begin(tenant, data, on_duplicate="x").json()["errors"]
    assert "wrong" in begin(tenant, data, wrong="x").json()["errors"]
    assert begin(tenant, data, collection="0" * 32).status_code == 404
    assert begin(tenant, upload="0" * 32).status_code == 404
    assert begin(tenant, url="http://10.0.0.1/x").json()["error"] == "fetch-refused"
    other = stranger.client.post(
        "imports/", data={"application": tenant.application}, files={"file": data}
    )
    assert other.status_code == 404


def test_a_large_one_comes_in_parts_and_goes_on_where_it_was(
    tenant: Tenant, stranger: Tenant
) -> None:
    data = zipped({f"{n}.jpg": one for n, one in enumerate(PICTURES)})
    tus = {"Tus-Resumable": "1.0.0"}
    named = {"Upload-Metadata": f"filename {b64encode(b'all.zip').decode()}"}
    created = tenant.client.post(
        "uploads/",
        params={"application": tenant.application},
        headers={**tus, **named, "Upload-Length": str(len(data))},
    )
    location = f"uploads/{created.json()['id']}/"
    assert created.status_code == 201
    assert created.headers["Location"].endswith(location)

    def send(offset: int, part: bytes) -> requests.Response:
        kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        return tenant.client.patch(location, data=part, headers={**tus, **kind})

    half = len(data) // 2
    assert send(0, data[:half]).headers["Upload-Offset"] == str(half)
    assert send(0, data[:half]).status_code == 409
    assert begin(tenant, upload=created.json()["id"]).status_code == 400
    head = tenant.client.request("HEAD", location)
    assert (head.headers["Upload-Offset"], head.headers["Cache-Control"]) == (str(half), "no-store")
    assert stranger.client.get(location).status_code in (403, 404)
    assert send(half, data[half:] + b"x").status_code == 400
    assert send(half, data[half:]).status_code == 204

    job = done(tenant, begin(tenant, upload=created.json()["id"]))

    assert job["counts"] == {"added": 4}
    assert tenant.client.get(location).status_code == 404


def test_a_repeat_with_its_key_is_one_import(tenant: Tenant) -> None:
    data = zipped({"a.jpg": PICTURES[0]})
    key = {"Idempotency-Key": tenant.application}
    asked = {"application": tenant.application, "on_duplicate": "add"}

    first, again = (
        tenant.client.post("imports/", data=asked, files={"file": ("a.zip", data)}, headers=key)
        for _ in range(2)
    )

    done(tenant, first)
    assert first.json()["id"] == again.json()["id"]
    assert len(listed(tenant)) == 1


def test_what_a_dry_run_looked_at_is_imported_without_being_sent_again(tenant: Tenant) -> None:
    data = zipped({"river/a.jpg": PICTURES[0], "b.jpg": b"broken"})
    dry = done(tenant, begin(tenant, data, dry_run="true"))

    plain = done(tenant, begin(tenant, checked=dry["id"], dry_run=True))
    real = done(tenant, begin(tenant, checked=plain["id"], keywords_from_folders=True))
    again = begin(tenant, checked=dry["id"])

    assert dry["counts"] == plain["counts"] == real["counts"] == {"added": 1, "failed": 1}
    assert listed(tenant)["a.jpg"]["keywords"] == ["river"]
    assert again.status_code == 410


def test_only_a_dry_run_of_the_same_application_is_taken_up(
    tenant: Tenant, stranger: Tenant
) -> None:
    real = done(tenant, begin(tenant, zipped({"a.jpg": PICTURES[0]})))
    theirs = done(stranger, begin(stranger, zipped({"a.jpg": PICTURES[0]}), dry_run="true"))
    failed = done(tenant, begin(tenant, b"PK no archive", dry_run="true"))

    for one in (real["id"], theirs["id"], failed["id"], "x", "0" * 32):
        answer = begin(tenant, checked=one)
        assert answer.status_code == 400, one
        assert "checked" in answer.json()["errors"]
    assert begin(tenant, zipped({}), checked=theirs["id"]).status_code == 400


def test_pictures_are_called_as_their_files_where_that_is_wished(tenant: Tenant) -> None:
    table = b"file,name\nb.jpg,Named\n"
    data = zipped({"x/a b.c.jpg": PICTURES[0], "b.jpg": PICTURES[1], "list.csv": table})
    done(tenant, begin(tenant, data, names_from_files="true"))

    found = tenant.client.get("media/", params={"application": tenant.application}).json()["data"]
    assert {one["name"] for one in found} == {"a b.c", "Named"}
