"""The OpenAPI 3.1 document of our routes, from the Swagger 2.0 one and the contracts.

flask-restx writes Swagger 2.0 only, which has no room for a route that takes a form, JSON or bytes.
What the two have in common is carried over, JSON Schema by JSON Schema; bodies come from the
contracts, and links say what can be done with what was created.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .arguments import Argument
from .contract import FILES, Contract
from .contract_documents import FORM, body_schema, in_query, value_schema

VERSION = "3.1.0"
VERBS = ("get", "put", "post", "delete", "patch")
_BYTES = {"type": "string", "format": "binary"}
# `image/…` is read alike, but generators of clients know no ranges of types.
_PICTURE = "application/octet-stream"


def openapi(
    swagger: Mapping[str, Any],
    contracts: Mapping[tuple[str, str], Contract],
    prefix: str,
    server: str,
) -> dict[str, Any]:
    """The document. `contracts`: by verb and path below `prefix`, the path of our namespace.

    `server`: where the portal's API is for whoever asks.
    """
    paths = {
        path: _path(item, contracts, path.removeprefix(prefix))
        for path, item in swagger["paths"].items()
        if path.startswith(f"{prefix}/")
    }
    _link(paths)
    schemas = _used(paths, {name: _schema(s) for name, s in swagger["definitions"].items()})
    tags = [tag for tag in swagger["tags"] if f"/{tag['name']}" == prefix]
    info = {"version": "1.0", **swagger["info"]}
    return {
        "openapi": VERSION,
        "info": {**info, "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": server}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                name: _scheme(one) for name, one in swagger["securityDefinitions"].items()
            },
        },
    }


def _path(
    item: Mapping[str, Any], contracts: Mapping[tuple[str, str], Contract], path: str
) -> dict[str, Any]:
    shared = [_parameter(one) for one in item.get("parameters", ())]
    made: dict[str, Any] = {"parameters": shared} if shared else {}
    for verb in VERBS:
        if verb in item:
            made[verb] = _operation(item[verb], contracts[verb.upper(), path])
    return made


def _operation(operation: Mapping[str, Any], contract: Contract) -> dict[str, Any]:
    kept = ("summary", "description", "operationId", "tags", "security")
    made = {name: operation[name] for name in kept if name in operation}
    parameters = [one for one in operation.get("parameters", ()) if one["in"] in _PLACES]
    if contract.image:  # beside a body of bytes the query string is the only place
        named = {one["name"] for one in parameters}
        more = [one for one in contract.in_query if one.name not in named]
        parameters += [{"name": one.name, **in_query(one)} for one in more]
    if parameters:
        made["parameters"] = [_parameter(one) for one in parameters]
    if contract.takes_body:
        made["requestBody"] = _body(contract)
    produces = operation.get("produces", ["application/json"])
    made["responses"] = {
        code: _response(code, one, produces) for code, one in operation["responses"].items()
    }
    return made


_PLACES = ("query", "path", "header")


def _body(contract: Contract) -> dict[str, Any]:
    as_json = {"schema": _schema(body_schema(contract.body))}
    content = {"application/json": as_json}
    if contract.image:
        content = {FORM: _form(contract.body), **content}
        content[_PICTURE] = {"schema": dict(_BYTES)}
    needed = contract.image or any(one.required for one in contract.body)
    return {"required": needed, "content": content}


def _form(arguments: Sequence[Argument]) -> dict[str, Any]:
    properties = {one.name: {**_BYTES, "description": one.description} for one in FILES}
    properties |= {one.name: _schema(value_schema(one)) for one in arguments}
    return {"schema": {"type": "object", "properties": properties}}


def _parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("name", "in", "description", "required")
    made = {name: parameter[name] for name in kept if name in parameter}
    left_out = (*kept, "collectionFormat")
    schema = {name: value for name, value in parameter.items() if name not in left_out}
    if schema.get("format") == "mask":
        del schema["format"]
    if "collectionFormat" in parameter:
        made["style"], made["explode"] = "form", parameter["collectionFormat"] == "multi"
    return {**made, "schema": _schema(schema)}


def _response(code: str, response: Mapping[str, Any], produces: Sequence[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"description": response["description"]}
    if "schema" in response:
        made["content"] = {"application/json": {"schema": _schema(response["schema"])}}
    elif code == "200" and produces != ["application/json"]:
        made["content"] = {kind: {"schema": dict(_BYTES)} for kind in produces}
    return made


def _schema(schema: Any) -> Any:
    """JSON Schema as 3.1 has it: references, null as a type, examples as a list."""
    if isinstance(schema, list):
        return [_schema(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _schema(value) for name, value in schema.items() if name not in _REWRITTEN}
    if "$ref" in schema:
        found["$ref"] = schema["$ref"].replace("#/definitions/", "#/components/schemas/")
    if "example" in schema:
        found["examples"] = [schema["example"]]
    if schema.get("x-nullable"):
        return _nullable(found)
    return found


_REWRITTEN = ("$ref", "example", "x-nullable")


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **enum}


def _scheme(scheme: Mapping[str, Any]) -> dict[str, Any]:
    described = {name: scheme[name] for name in ("description",) if name in scheme}
    if scheme["type"] == "basic":
        return {"type": "http", "scheme": "basic", **described}
    if scheme.get("name") == "Authorization":
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", **described}
    if scheme.get("name") == "Cookie":
        return {"type": "apiKey", "in": "cookie", "name": "session", **described}
    return dict(scheme)


def _link(paths: Mapping[str, dict[str, Any]]) -> None:
    """From what creates an object to what takes its id in the path."""
    for path, item in paths.items():
        created = item.get("post", {}).get("responses", {}).get("201")
        below = [other for other in paths if other.startswith(path + "{")]
        if created is None or not below:
            continue
        created["links"] = {
            operation["operationId"]: {
                "operationId": operation["operationId"],
                "parameters": {other[len(path) + 1 :].split("}")[0]: "$response.body#/id"},
            }
            for other in below
            if other.count("{") == path.count("{") + 1
            for verb, operation in paths[other].items()
            if verb in VERBS
        }


def _used(paths: Any, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The schemas that the paths name, and those that these name."""
    found: dict[str, Any] = {}
    left = _references(paths)
    while left:
        name = left.pop()
        if name not in found:
            found[name] = schemas[name]
            left += _references(schemas[name])
    return dict(sorted(found.items()))


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for one in value for name in _references(one)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"].rpartition("/")[2]] if isinstance(value.get("$ref"), str) else []
    return own + [name for one in value.values() for name in _references(one)]
