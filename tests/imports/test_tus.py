"""Uploads as tus 1.0.0 words them: what is spoken, what is refused, and what a checksum is for."""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from udata_mediadb.mongo.clock import now
from udata_mediadb.operations.imports.models import ResumableUpload

from ..fixtures import Tenant
from ..hosts import plain_only
from ..portal import Portal

TUS = {"Tus-Resumable": "1.0.0"}
DATA = b"0123456789"


def create(tenant: Tenant, **headers: str) -> requests.Response:
    sent = {"Upload-Length": str(len(DATA)), **TUS}
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    return tenant.client.post("uploads/", params={"application": tenant.application}, headers=sent)


def patch(tenant: Tenant, upload: str, data: bytes = DATA, **headers: str) -> requests.Response:
    sent = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", **TUS}
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    return tenant.client.patch(f"uploads/{upload}/", data=data, headers=sent)


def offset(tenant: Tenant, upload: str) -> str:
    return tenant.client.request("HEAD", f"uploads/{upload}/").headers["Upload-Offset"]


def test_options_say_what_is_spoken(tenant: Tenant) -> None:
    said = tenant.client.request("OPTIONS", "uploads/").headers

    assert said["Tus-Version"] == "1.0.0"
    assert set(said["Tus-Extension"].split(",")) == {
        *("creation", "creation-with-upload", "checksum", "termination", "expiration"),
    }
    assert int(said["Tus-Max-Size"]) > 10**9
    assert "sha1" in said["Tus-Checksum-Algorithm"].split(",")


@pytest.mark.parametrize("version", ["0.2.2", "2.0.0", "x"])
def test_another_version_is_refused_and_changes_nothing(tenant: Tenant, version: str) -> None:
    upload = create(tenant).json()["id"]

    for answer in (
        create(tenant, Tus_Resumable=version),
        patch(tenant, upload, Tus_Resumable=version),
    ):
        assert answer.status_code == 412
        assert answer.headers["Tus-Version"] == "1.0.0"
    assert offset(tenant, upload) == "0"


@pytest.mark.parametrize(
    "asked",
    [
        {"Upload_Concat": "partial"},
        {"Upload_Defer_Length": "1"},
        {"Upload_Metadata": "filename YQ==,filename Yg=="},
        {"Upload_Metadata": "filename a b"},
        {"Upload_Metadata": "kind *"},
        {"Upload_Length": "-1"},
    ],
    ids=str,
)
def test_what_is_not_spoken_or_not_understood_is_refused(
    tenant: Tenant, asked: dict[str, str]
) -> None:
    answer = create(tenant, **asked)

    assert answer.status_code == 400, answer.text
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert {name.lower() for name in answer.json()["errors"]} == {
        name.lower().replace("_", "-") for name in asked
    }


def begun_with(tenant: Tenant, data: bytes, **headers: str) -> requests.Response:
    sent = {"Upload-Length": str(len(DATA)), "Content-Type": "application/offset+octet-stream"}
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    params = {"application": tenant.application}
    return tenant.client.post("uploads/", params=params, headers={**TUS, **sent}, data=data)


@pytest.mark.parametrize("first", [DATA[:4], DATA, b""], ids=["a part", "all", "nothing"])
def test_the_first_part_may_come_with_the_creation(tenant: Tenant, first: bytes) -> None:
    digest = b64encode(hashlib.sha1(first).digest()).decode()
    created = begun_with(tenant, first, Upload_Checksum=f"sha1 {digest}")

    assert created.status_code == 201, created.text
    assert created.headers["Upload-Offset"] == str(len(first))
    upload = created.json()["id"]
    assert offset(tenant, upload) == str(len(first))
    if len(first) < len(DATA):
        rest = patch(tenant, upload, DATA[len(first) :], Upload_Offset=str(len(first)))
        assert rest.headers["Upload-Offset"] == str(len(DATA))


def test_the_first_part_may_be_that_of_a_form_and_is_not_passed_over(tenant: Tenant) -> None:
    """As of any other route that takes a file."""
    params, head = {"application": tenant.application}, {**TUS, "Upload-Length": "10"}
    sent = tenant.client.post("uploads/", params=params, headers=head, files={"file": DATA[:4]})
    bare = tenant.client.post("uploads/", params=params, headers=head, data={"a": "b"})
    empty = tenant.client.post("uploads/", params=params, headers=head, data="")

    assert (sent.status_code, sent.headers["Upload-Offset"]) == (201, "4"), sent.text
    assert bare.status_code == 400
    assert (empty.status_code, empty.headers["Upload-Offset"]) == (201, "0")


def test_a_creation_whose_part_cannot_be_kept_begins_nothing(tenant: Tenant) -> None:
    wrong = b64encode(hashlib.sha1(b"other").digest()).decode()

    assert begun_with(tenant, DATA, Upload_Checksum=f"sha1 {wrong}").status_code == 460
    assert begun_with(tenant, DATA + b"x").status_code == 400
    assert begun_with(tenant, b"0123", Content_Type="text/plain").status_code == 400
    assert begun_with(tenant, b'{"a": 1}', Content_Type="application/json").status_code == 400


def test_an_upload_says_when_it_ends_and_may_be_ended(tenant: Tenant, stranger: Tenant) -> None:
    created = create(tenant)
    location = f"uploads/{created.json()['id']}/"
    ends = parsedate_to_datetime(created.headers["Upload-Expires"])
    part = patch(tenant, created.json()["id"], DATA[:4])

    assert timedelta(hours=23) < ends - datetime.now(UTC) <= timedelta(hours=24)
    assert parsedate_to_datetime(part.headers["Upload-Expires"]) >= ends
    assert "Upload-Expires" in tenant.client.request("HEAD", location).headers
    assert stranger.client.delete(location, headers=TUS).status_code == 404
    wrong = tenant.client.delete(location, headers={"Tus-Resumable": "0.2.2"})
    assert wrong.status_code == 412
    ended = tenant.client.delete(location, headers=TUS)
    assert (ended.status_code, ended.headers["Tus-Resumable"]) == (204, "1.0.0")
    assert tenant.client.request("HEAD", location).status_code == 404
    assert patch(tenant, created.json()["id"], DATA[4:], Upload_Offset="4").status_code == 404


def test_an_upload_whose_time_is_over_is_not_gone_on_with(portal: Portal, tenant: Tenant) -> None:
    """MongoDB removes it within a minute; until then it would be half there."""
    upload = create(tenant).json()["id"]
    with portal.app.app_context():
        ResumableUpload.objects(id=upload).update(touched_at=now() - timedelta(hours=25))

    assert patch(tenant, upload).status_code == 404


def test_metadata_are_told_as_they_were_said(tenant: Tenant) -> None:
    said = f"filename {b64encode('Städte/ü.zip'.encode()).decode()},secret"
    upload = create(tenant, Upload_Metadata=said).json()["id"]

    head = tenant.client.request("HEAD", f"uploads/{upload}/")
    assert head.headers["Upload-Metadata"] == said


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_a_part_that_is_not_what_its_checksum_is_of_is_not_kept(
    tenant: Tenant, algorithm: str
) -> None:
    upload = create(tenant).json()["id"]
    right = b64encode(hashlib.new(algorithm, DATA).digest()).decode()
    wrong = b64encode(hashlib.new(algorithm, b"other").digest()).decode()

    refused = patch(tenant, upload, Upload_Checksum=f"{algorithm} {wrong}")
    assert (refused.status_code, refused.json()["error"]) == (460, "checksum-mismatch")
    assert offset(tenant, upload) == "0"
    assert patch(tenant, upload, Upload_Checksum=f"{algorithm} {right}").status_code == 204
    assert offset(tenant, upload) == "10"


@pytest.mark.parametrize("said", ["crc32 AAAA", "sha1", "sha1 *", ""])
def test_a_checksum_that_cannot_be_checked_is_no_success(tenant: Tenant, said: str) -> None:
    upload = create(tenant).json()["id"]

    assert patch(tenant, upload, Upload_Checksum=said).status_code in (400, 460)
    assert offset(tenant, upload) == "0"


@plain_only  # udata tells browsers itself what they may read
def test_a_browser_on_another_site_may_send_and_read_what_tus_has(tenant: Tenant) -> None:
    asked: dict[str, Any] = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "tus-resumable,upload-offset,content-type,x-api-key",
    }
    preflight = tenant.client.request("OPTIONS", "uploads/x/", headers=asked)
    allowed = preflight.headers["Access-Control-Allow-Headers"].lower()
    created = create(tenant, Origin="https://elsewhere.example")
    exposed = created.headers["Access-Control-Expose-Headers"].lower()

    assert all(name in allowed for name in ("tus-resumable", "upload-offset", "upload-checksum"))
    assert all(name in exposed for name in ("upload-offset", "location", "tus-resumable"))
