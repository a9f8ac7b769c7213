"""The OpenAPI documents: valid, complete, and enough for a client that a program writes."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.middleware.proxy_fix import ProxyFix

from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import jpeg
from ..portal import Portal
from .tools import Tools, installed, written

WITH_BODY = ("post", "put", "patch")
BODILESS = {"restore_mediadb_media", "create_mediadb_upload"}  # all is in path and headers


@pytest.fixture(scope="module")
def tools(request: pytest.FixtureRequest) -> Tools:
    if given := os.environ.get("MEDIADB_TEST_OPENAPI_TOOLS"):
        return Tools(Path(given))
    assert request.config.cache is not None
    return installed(request.config.cache.mkdir("openapi_tools"))


def documents(portal: Portal) -> dict[str, Any]:
    api = portal.api.removesuffix("mediadb/")
    return {
        "2.0": requests.get(f"{api}swagger.json", timeout=300).json(),
        "3.1": requests.get(f"{portal.api}openapi.json", timeout=300).json(),
    }


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (verb, operation)
        for path, item in document["paths"].items()
        if path.startswith("/mediadb/")
        for verb, operation in item.items()
        if verb != "parameters"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("version", ["2.0", "3.1"])
def test_the_documents_are_valid(
    portal: Portal, tools: Tools, tmp_path: Path, version: str
) -> None:
    path = written(documents(portal)[version], tmp_path / "document.json")

    checked = tools.run("python", "-m", "openapi_spec_validator", path)

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("version", ["2.0", "3.1"])
def test_every_operation_has_body_errors_and_security(portal: Portal, version: str) -> None:
    found = operations(documents(portal)[version])
    assert len(found) > 35

    for verb, operation in found:
        name = operation["operationId"]
        errors = {int(code) for code in operation["responses"] if int(code) >= 400}
        assert {400, 401, 429, 503} <= errors, name
        assert operation["security"], name
        places = {one["in"] for one in operation.get("parameters", ())}
        has_body = "requestBody" in operation or bool(places & {"body", "formData"})
        assert has_body or verb not in WITH_BODY or name in BODILESS, name


def test_both_documents_have_the_same_operations(portal: Portal) -> None:
    both = documents(portal)
    ids = [{one["operationId"] for _, one in operations(document)} for document in both.values()]

    assert ids[0] == ids[1]


def test_the_document_takes_files_in_three_forms(portal: Portal) -> None:
    document = documents(portal)["3.1"]
    content = document["paths"]["/mediadb/media/"]["post"]["requestBody"]["content"]

    assert set(content) == {
        "multipart/form-data",
        "application/json",
        "application/octet-stream",
    }
    image = content["multipart/form-data"]["schema"]["properties"]["image"]
    assert image["format"] == "binary"


@pytest.mark.slow
def test_a_generated_client_uploads_lists_searches_and_deletes(
    portal: Portal, tenant: Tenant, tools: Tools, tmp_path: Path
) -> None:
    document = written(documents(portal)["3.1"], tmp_path / "document.json")
    picture = tmp_path / "bridge.jpg"
    picture.write_bytes(jpeg(1))
    made = tools.run(
        *("openapi-python-client", "generate", "--meta", "none", "--path", document),
        *("--output-path", str(tmp_path / "generated")),
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "WARNING" not in made.stdout + made.stderr

    script = Path(__file__).with_name("client_run.py")
    url = portal.api.removesuffix("/mediadb/")
    arguments = (str(tmp_path), url, tenant.client.key or "", tenant.application, str(picture))
    done = tools.run("python", str(script), *arguments)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "created": [201, "A bridge", ["bridge", "river, wide"], {"year": 1903}],
        "listed": [1, True],
        "found": [True],
        "changed": "Another",
        "deleted": 204,
        "gone": [410, "gone"],
    }


@plain_only  # udata's own document keeps the path of the first request
def test_a_prefix_of_a_proxy_is_in_the_document(portal: Portal) -> None:
    """Whoever asked first: a health check asks without it."""
    client = behind_a_proxy(portal)
    paths = [
        client.get("/api/1/swagger.json", headers=headers).get_json()["basePath"]
        for headers in ({}, PREFIXED, {})
    ]

    assert paths == ["/api/1", "/portal/api/1", "/api/1"]


def test_a_prefix_of_a_proxy_is_in_the_openapi_document(portal: Portal) -> None:
    client = behind_a_proxy(portal)
    client.get("/api/1/mediadb/openapi.json")

    found = client.get("/api/1/mediadb/openapi.json", headers=PREFIXED).get_json()

    assert found["servers"] == [{"url": "/portal/api/1"}]


PREFIXED = {"X-Forwarded-Prefix": "/portal"}


def behind_a_proxy(portal: Portal) -> FlaskClient:
    app = portal.app
    app.wsgi_app = ProxyFix(app.wsgi_app, x_prefix=1)  # type: ignore[method-assign]
    return app.test_client()


def test_fields_can_be_picked_within_references(portal: Portal, tenant: Tenant) -> None:
    tenant.client.add(tenant.application, jpeg(1), name="x")

    picked = tenant.client.get("media/", headers={"X-Fields": "data{name,owner{id}},total"})

    assert picked.json() == {"data": [{"name": "x", "owner": {"id": tenant.user.id}}], "total": 1}
