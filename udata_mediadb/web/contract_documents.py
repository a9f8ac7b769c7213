"""A contract as flask-restx wants it for the Swagger 2.0 document.

Swagger 2.0 knows either a form or a JSON body for an operation: where a picture may be sent it is
the form, since a person can fill that in. The OpenAPI 3.1 document (`web.openapi`) has all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .arguments import Argument
from .contract import FILES, Contract
from .error_fields import EVERYWHERE, MEANINGS, error_fields

FORM = "multipart/form-data"
PAYLOAD = "payload"  # restx's own name for a JSON body


def documentation(contract: Contract, errors: Sequence[int]) -> dict[str, Any]:
    """The keyword arguments for `Namespace.doc`."""
    params = {one.name: _in_path(one) for one in contract.path}
    params |= {one.name: in_query(one) for one in contract.query}
    params |= {one.name: {**in_query(one), "in": "header"} for one in contract.headers}
    found: dict[str, Any] = {}
    if contract.image:
        params |= {one.name: _in_form(one) for one in (*FILES, *contract.body)}
        found["consumes"] = [FORM]
    elif contract.body:
        params[PAYLOAD] = {"in": "body", "name": PAYLOAD, "schema": body_schema(contract.body)}
    known = sorted({*EVERYWHERE, *errors})
    return {
        **found,
        "params": params,
        "responses": {code: (MEANINGS[code], error_fields) for code in known},
    }


def body_schema(arguments: Sequence[Argument]) -> dict[str, Any]:
    """JSON Schema of an object of these, in the words of Swagger 2.0."""
    required = [one.name for one in arguments if one.required]
    return {
        "type": "object",
        "properties": {one.name: value_schema(one) for one in arguments},
        **({"required": required} if required else {}),
    }


def value_schema(argument: Argument) -> dict[str, Any]:
    """JSON Schema of the values of an argument."""
    items = {"items": {"type": "string"}} if argument.type == "array" else {}
    return {
        "type": argument.type,
        **items,
        **argument.schema,
        "description": argument.description,
    }


def in_query(argument: Argument) -> dict[str, Any]:
    """A parameter of the query string, as Swagger 2.0 has it."""
    if argument.repeated:
        items = {"type": argument.type, **_plain(argument.schema)}
        found = {"type": "array", "items": items, "collectionFormat": "multi"}
    else:
        found = _as_text(argument)
    required = {"required": True} if argument.required else {}
    return {"in": "query", "description": argument.description, **required, **found}


def _in_path(argument: Argument) -> dict[str, Any]:
    return {
        "in": "path",
        "required": True,
        "type": argument.type,
        **_plain(argument.schema),
        "description": argument.description,
    }


def _in_form(argument: Argument) -> dict[str, Any]:
    found = {"type": "file"} if argument in FILES else _as_text(argument)
    required = {"required": True} if argument.required else {}
    return {"in": "formData", "description": argument.description, **required, **found}


def _as_text(argument: Argument) -> dict[str, Any]:
    """The type where there is only text: objects are JSON there, lists have commas."""
    if argument.type == "object":
        return {"type": "string"}
    if argument.type == "array":
        is_plain = argument.schema.get("items", {}).get("type", "string") == "string"
        if not is_plain:
            return {"type": "string"}
        items = {"type": "string", **_plain(argument.schema.get("items", {}))}
        return {"type": "array", "items": items, "collectionFormat": "csv"}
    return {"type": argument.type, **_plain(argument.schema)}


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a parameter of Swagger 2.0 has not: it may have no example."""
    return {name: value for name, value in schema.items() if name not in ("example", "items")}
