"""Imports that begin, and what became of them."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import requests

from ..fixtures import Tenant
from ..images import jpeg
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
