"""Who has the answer already is not sent it again."""

import pytest

from ..fixtures import Tenant
from .routes import library

PATHS = (
    "applications/",
    "applications/{application}/",
    "media/",
    "media/{media}/",
    "collections/{collection}/",
    "collections/{collection}/media/",
    "smart_collections/{smart}/",
    "keywords/",
    "openapi.json",
)


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_that_is_known_is_304(tenant: Tenant, path: str) -> None:
    path = path.format(**library(tenant))
    first = tenant.client.get(path)

    again = tenant.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    other = tenant.client.get(path, headers={"If-None-Match": '"x"'})

    assert (again.status_code, again.content) == (304, b"")
    assert (other.status_code, other.content) == (200, first.content)


def test_a_change_is_another_tag(tenant: Tenant) -> None:
    path = f"media/{library(tenant)['media']}/"
    tag = tenant.client.get(path).headers["ETag"]

    tenant.client.patch(path, json={"name": "New"})

    changed = tenant.client.get(path, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["name"]) == (200, "New")


def test_errors_have_no_tag(tenant: Tenant) -> None:
    assert "ETag" not in tenant.client.get("media/", params={"page": "0"}).headers
