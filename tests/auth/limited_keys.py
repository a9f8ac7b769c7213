"""Keys with limits, and requests with them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import requests

from udata_mediadb.mongo.clock import now

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Client

TOMORROW = (now() + timedelta(days=1)).isoformat()

BODIES: Mapping[str, dict[str, Any]] = {
    "PATCH media/": {"json": {"query": {"keywords": ["x"]}, "add_keywords": ["a"]}},
    "POST collections/": {"json": {"name": "c"}},
    "PATCH applications/<application>/": {"json": {"name": "n"}},
}


def named(tenant: Tenant, **limits: Any) -> dict[str, Any]:
    answer = keys(tenant, "post", json={"kind": "named", **limits})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def keys(
    tenant: Tenant, method: str, key: str | None = None, **arguments: Any
) -> requests.Response:
    path = f"applications/{tenant.application}/keys/" + (f"{key}/" if key else "")
    return tenant.client.request(method.upper(), path, **arguments)


def ask(client: Client, line: str, application: str, key: str | None = None) -> requests.Response:
    method, path = line.replace("<application>", application).split()
    arguments = BODIES.get(line, {})
    if line in ("POST search/", "POST media/", "POST queries/"):
        arguments = {"files": {"image": jpeg(1, 160, 120)}, "data": {"application": application}}
    elif method == "GET" and "applications" not in path:
        arguments = {"params": {"application": application}}
    elif "json" in arguments and "applications" not in path:
        arguments = {"json": {**arguments["json"], "application": application}}
    headers = {"api-key": key} if key else {}
    return client.request(method, path, headers=headers, **arguments)
