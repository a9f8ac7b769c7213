"""Pictures come in by the thousand: a ZIP, a table, IIIF, feeds; watched as a job."""

from base64 import b64encode

import pytest
import requests

from ..fixtures import Tenant
from .beginning import PICTURES, begin, done, items, listed, zipped


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


def test_what_is_hidden_in_a_zip_is_named_and_comes_in_on_wish(tenant: Tenant) -> None:
    data = zipped({"a.jpg": PICTURES[0], ".b.jpg": PICTURES[1], ".old/c.jpg": PICTURES[2]})

    dry = done(tenant, begin(tenant, data, dry_run="true"))
    assert dry["counts"] == {"added": 1, "ignored": 2}
    told = {one["item"]: one["reason"] for one in items(tenant, dry, outcome="ignored")}
    assert set(told) == {".b.jpg", ".old/c.jpg"}
    assert all(reason.startswith("hidden") for reason in told.values())
    real = done(tenant, begin(tenant, checked=dry["id"], hidden=True))
    assert real["counts"] == {"added": 3}


def test_a_portal_without_pictures_of_its_own_says_so(tenant: Tenant) -> None:
    answer = begin(tenant, source="portal")
    assert answer.status_code in (400, 403), answer.text  # the tenant is no administrator
    mixed = begin(tenant, zipped({"a.jpg": PICTURES[0]}), source="portal")
    assert (mixed.status_code, list(mixed.json()["errors"])) == (400, ["file"])
    far = begin(tenant, zipped({"a.jpg": PICTURES[0]}), remote="true")
    assert (far.status_code, list(far.json()["errors"])) == (400, ["remote"])


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
