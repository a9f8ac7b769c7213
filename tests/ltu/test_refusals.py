"""What is wrong or foreign is refused in the LTU dialect; and the loop of its FAQ."""

import os
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ..portal import running_portal
from .conftest import PASSWORD, LTUTenant, new_ltu_tenant
from .wire import IMAGE, post

# method, path, arguments, status
REFUSED: list[tuple[str, str, dict[str, Any], int]] = [
    ("POST", "/media", {"files": {"media": b"no picture"}}, 415),
    ("POST", "/media", {}, 400),
    ("POST", "/media", {"json": {"media": "http://127.0.0.1:9/x.jpg"}}, 400),
    ("POST", "/media", {"json": {"media": 12}}, 400),
    ("POST", "/media", {"files": {"media": IMAGE}, "data": {"data": "[1]"}}, 400),
    ("POST", "/media", {"files": {"media": IMAGE}, "data": {"data": "{"}}, 400),
    ("POST", "/media", {"files": {"media": IMAGE}, "data": {"data": '{"md5": "x"}'}}, 400),
    ("POST", "/media", {"files": {"media": IMAGE}, "data": {"data": '{"name": 1}'}}, 400),
    ("POST", "/media", {"data": "<xml/>", "headers": {"Content-Type": "text/xml"}}, 400),
    ("POST", "/collection", {"json": {}}, 400),
    ("POST", "/collection", {"json": ["x"]}, 400),
    ("POST", "/collection", {"json": {"name": "x", "parent": "f" * 32}}, 400),
    ("POST", "/collection", {"json": {"name": "x", "metadata": {"$a": 1}}}, 400),
    ("POST", "/smart_collection", {"json": {"name": "x"}}, 400),
    ("POST", "/smart_collection", {"json": {"name": "x", "query": {}}}, 400),
    ("POST", "/smart_collection", {"json": {"name": "x", "query": {"$where": "1"}}}, 400),
    ("POST", "/search/media", {}, 400),
    ("POST", "/search/media", {"json": {"keywords": []}}, 400),
    ("POST", "/search/media", {"json": {"metadata": {"a": {"$ne": None}}}}, 400),
    ("POST", "/search/media", {"json": {"keywords": ["a"], "collection": "f" * 32}}, 404),
    ("POST", "/search/media", {"json": {"media": str(uuid4())}}, 404),
    ("POST", "/search/media", {"files": {"media": b"GIF89a"}}, 415),
    ("GET", "/collection/" + "f" * 32 + "/medias", {}, 404),
    ("GET", "/smart_collection/" + "f" * 32, {}, 404),
    ("GET", "/media?page=0", {}, 404),
    ("GET", "/media?page=x", {}, 404),
    ("GET", "/media?order_by=$where", {}, 400),
    ("DELETE", "/media/nobody", {}, 404),
    ("DELETE", "/media/" + "x" * 4000, {}, 404),
    ("PUT", "/collection", {}, 405),
    ("GET", "/nothing", {}, 404),
]


@pytest.mark.parametrize(("method", "path", "arguments", "status"), REFUSED)
def test_what_is_wrong_is_refused_in_json(
    ltu_tenant: LTUTenant, method: str, path: str, arguments: dict[str, Any], status: int
) -> None:
    answer = ltu_tenant.ltu.request(method, path, **arguments)

    assert answer.status_code == status, answer.text
    assert answer.json()["status"] == status
    assert answer.json()["message"]
    assert answer.json()["detail"] == answer.json()["message"]


def test_what_is_of_another_application_does_not_exist(
    ltu_tenant: LTUTenant, other_tenant: LTUTenant
) -> None:
    theirs = other_tenant.ltu.add_picture(IMAGE)
    held = post(other_tenant, "/collection", json={"name": "x"}).json()["id"]
    mine = post(ltu_tenant, "/collection", json={"name": "x"}).json()["id"]
    ltu = ltu_tenant.ltu

    for method, path in (
        ("GET", f"/media/{theirs}"),
        ("DELETE", f"/media/{theirs}"),
        ("GET", f"/collection/{held}"),
        ("GET", f"/collection/{held}/medias"),
        ("DELETE", f"/collection/{held}"),
    ):
        assert ltu.request(method, path).status_code == 404, path
    answer = ltu.request("PATCH", f"/collection/{mine}/medias", json={"medias": [theirs]})
    assert answer.status_code == 404
    assert other_tenant.ltu.request("GET", "/media").json()["count"] == 1


def test_a_collection_cannot_be_moved_into_itself(ltu_tenant: LTUTenant) -> None:
    outer = post(ltu_tenant, "/collection", json={"name": "x"}).json()["id"]
    inner = post(ltu_tenant, "/collection", json={"name": "x", "parent": outer}).json()["id"]

    answer = ltu_tenant.ltu.request("PATCH", f"/collection/{outer}", json={"parent": inner})

    assert answer.status_code == 409


# List the first page, delete each, until the page is empty; deactivated media must not show.
LOOP = r"""
while true; do
  ids=$(curl -s "${LOGIN[@]}" -H "api-key: $KEY" "$BASE/media?page_size=2" \
        | grep -oE '"id": ?"[0-9a-f-]{36}"' | grep -oE '[0-9a-f-]{36}' | uniq)
  for id in $ids; do
    curl -s "${LOGIN[@]}" -H "api-key: $KEY" -X DELETE "$BASE/media/$id"
  done
  [ "$ids" != "" ] || break
done
"""


def test_every_media_is_deleted_by_the_loop_of_the_faq(ltu_tenant: LTUTenant) -> None:
    run_loop(ltu_tenant, 'LOGIN=(-H "authorization: Bearer $TOKEN")')

    assert ltu_tenant.ltu.request("GET", "/media").json()["count"] == 0


def test_the_loop_of_the_faq_runs_with_basic_as_well(
    mongodb_uri: str, database_name: str, tmp_path: Path
) -> None:
    """Over https only: the portal believes the header of the proxy before it."""
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"
    with running_portal(uri, tmp_path, TEST_BASIC_AUTH="1") as portal:
        tenant = new_ltu_tenant(portal)

        run_loop(tenant, 'LOGIN=(-u "$LOGIN" -H "X-Forwarded-Proto: https")')

        assert tenant.ltu.request("GET", "/media").json()["count"] == 0


def run_loop(tenant: LTUTenant, login: str) -> None:
    for _ in range(3):
        tenant.ltu.add_picture(IMAGE)
    environment = {
        "PATH": os.environ["PATH"],
        "KEY": str(tenant.ltu.private_key),
        "TOKEN": str(tenant.ltu.token),
        "LOGIN": f"{tenant.user.email}:{PASSWORD}",
        "BASE": tenant.ltu.base,
    }
    subprocess.run(["bash", "-c", login + LOOP], env=environment, check=True, timeout=300)
