"""Uploads as tus 1.0.0 words them: what is spoken, what is refused, and what a checksum is for."""

import hashlib
from base64 import b64encode
from typing import Any

import pytest
import requests

from ..fixtures import Tenant
from ..hosts import plain_only

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
    assert set(said["Tus-Extension"].split(",")) == {"creation", "checksum"}
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
