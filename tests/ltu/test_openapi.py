"""The OpenAPI document of the dialect says what there is, and what is answered."""

import json
import re
from typing import Any

import pytest
import requests

from udata_mediadb.dialects.ltu.about import FIELDS
from udata_mediadb.dialects.ltu.folding import ADD_FIELDS, SEARCH_FIELDS
from udata_mediadb.dialects.ltu.mounting import ROUTES
from udata_mediadb.dialects.ltu.openapi.bodies import ADDED, SEARCHED
from udata_mediadb.dialects.ltu.openapi.document import openapi

from ..images import jpeg
from ..portal import Portal
from .conftest import LTUTenant

schemas = pytest.importorskip("openapi_schema_validator")  # not where a udata is tried
documents = pytest.importorskip("openapi_spec_validator")
VERBS = ("get", "post", "patch", "put", "delete")


@pytest.fixture(scope="module")
def document(portal: Portal) -> dict[str, Any]:
    answer = requests.get(f"{portal.url}/ltu/services/openapi.json", timeout=300)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return dict(answer.json())


@pytest.mark.parametrize("prefix", ["/ltu", "", "/a/b"])
def test_the_document_is_valid(prefix: str) -> None:
    documents.validate(openapi(prefix))


def test_every_route_of_the_dialect_is_in_it() -> None:
    documented = {
        (verb.upper(), re.sub(r"{[^}]*}", "<>", path))
        for path, item in openapi("/ltu")["paths"].items()
        for verb in VERBS
        if verb in item and "/realms/" not in path
    }
    there = {
        (verb, re.sub(r"<[^>]*>", "<>", route.path))
        for route in ROUTES
        for verb in route.methods
        if route.path != "/medias" and not route.path.endswith("media_listing")  # second names
    }
    assert documented == there


def test_what_is_read_of_a_body_is_in_it() -> None:
    """`url` is in `media` of the documented forms."""
    assert set(ADDED) == (ADD_FIELDS | FIELDS) - {"url"}
    assert set(SEARCHED) == SEARCH_FIELDS - {"url"}


def test_answers_are_as_the_document_says(document: dict[str, Any], ltu_tenant: LTUTenant) -> None:
    """One client's day, every answer of it tried against its schema."""
    ltu, wrong = ltu_tenant.ltu, {}

    def ask(verb: str, path: str, operation: str, **arguments: Any) -> Any:
        answer = ltu.request(verb, path, **arguments)
        told = documented_answer(document, operation, answer.status_code)
        errors = [error.message for error in checker(document, told).iter_errors(answer.json())]
        if errors:
            wrong[operation] = errors
        return answer.json()

    public = {"headers": {"api-key": ltu.public_key}}
    picture = {"files": {"media": jpeg(1)}, "data": {"data": json.dumps({"keywords": ["a"]})}}
    media = ask("POST", "/media", "add_media", **picture)["id"]
    ask("GET", "/apikey", "list_applications", headers={"api-key": None})
    ask("GET", "/media", "list_medias")
    ask("GET", f"/media/{media}", "get_media")
    ask("PATCH", f"/media/{media}", "change_media", json={"name": "b"})
    ask("PUT", f"/media/{media}", "put_media", json={"description": "What it shows"})
    [hit] = ask("POST", "/search/media", "search_media", **picture, **public)
    more = {"data": {"data": '{"flip": true, "explain": true}'}}
    ask("POST", "/search/media", "search_media", **{**picture, **more}, **public)
    why = {"data": {"data": json.dumps({"explain": media})}}
    ask("POST", "/search/media", "search_media", **{**picture, **why}, **public)
    detail = hit["details"][hit["details"]["best_index"]]
    assert not list(checker(document, {"$ref": "#/components/schemas/SignatureResult"})
                    .iter_errors(detail))  # fmt: skip
    ask("POST", "/search/media", "search_media", json={"keywords": ["a"]}, **public)
    ask("POST", "/search/media?envelope=object", "search_media", json={"keywords": ["a"]}, **public)
    made = ask("POST", "/collection", "create_collection", json={"name": "c"})["id"]
    items = f"/collection/{made}/medias"
    ask("GET", "/collection", "list_collections")
    ask("PATCH", items, "add_to_collection", json={"medias": [media]})
    ask("PATCH", items, "add_to_collection", json={"medias": [media, "0" * 32]})
    ask("GET", items, "list_collection")
    ask("POST", items, "post_collection")
    ask("DELETE", items, "remove_from_collection", json={"medias": [media]})
    ask("DELETE", f"/collection/{made}", "delete_collection")
    query = {"name": "s", "query": {"keywords": ["a"]}}
    smart = ask("POST", "/smart_collection", "create_smart_collection", json=query)["id"]
    ask("GET", "/smart_collection", "list_smart_collections")
    ask("GET", f"/smart_collection/{smart}/medias", "list_smart_collection")
    ask("DELETE", f"/smart_collection/{smart}", "delete_smart_collection")
    ask("DELETE", f"/media/{media}", "delete_media", data={"data": '{"force": "false"}'})
    ask("POST", f"/media/{media}/restore", "restore_media")
    ask("DELETE", f"/media/{media}", "delete_media", json={"force": True})
    ask("GET", f"/media/{media}", "get_media")  # an error now
    ask("GET", "/media?page=x", "list_medias")
    assert not wrong


def documented_answer(document: dict[str, Any], operation: str, status: int) -> Any:
    for item in document["paths"].values():
        for verb in VERBS:
            if item.get(verb, {}).get("operationId") == operation:
                return item[verb]["responses"][str(status)]["content"]["application/json"]["schema"]
    raise KeyError(operation)


def checker(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    return schemas.OAS30Validator({**schema, "components": document["components"]})
