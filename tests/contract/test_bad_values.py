"""What each argument of each route is sent that no client means: refused in our form, never a 5xx.

The cases are made from the declarations, so a new argument is tried as well.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from udata_mediadb.web.arguments import Argument
from udata_mediadb.web.contract import Contract
from udata_mediadb.web.namespace import ns

from ..auth.local import API
from ..fixtures import Tenant
from ..portal import Portal
from .routes import Route, every_route, filled, library

pytestmark = pytest.mark.slow

DEEP = 10_000
# JSON text of a value, by what is wrong with it.
VALUES: Mapping[str, str] = {
    "null": "null",
    "empty text": '""',
    "empty list": "[]",
    "a number": "-1",
    "a list": '[{"a": 1}]',
    "an object": '{"a": {"$where": "1"}}',
    "huge": json.dumps("x" * 200_000),
    "NUL": json.dumps("a\0b"),
    "lone surrogate": '"\\ud800"',
    "400 digits": "1" + "0" * 400,
    "1e999": "1e999",
    "true": "true",
    "a million": json.dumps(["a"] * 20_000),
}
# Not JSON, or more than anybody reads: 400 whatever the argument is.
NO_JSON: Mapping[str, str] = {
    "NaN": "NaN",
    "-Infinity": "-Infinity",
    "nested": "[" * DEEP + "]" * DEEP,
}
TEXTS = ("", "\0", "x" * 3000, "9" * 400, "NaN", "-1", "1e999", "\ud83d", "[", "{", "\r\n", "$ne")


def contract_of(route: Route) -> Contract:
    for resource, _urls, _doc, options in ns.resources:
        if options.get("endpoint", "") == route.endpoint:
            found: Contract = getattr(resource, route.verb.lower()).contract
            return found
    raise AssertionError(route)


def named(argument: Argument) -> str:
    return argument.name.replace("<key>", "year")


def tried(portal: Portal, tenant: Tenant, route: Route, path: str, **sent: Any) -> TestResponse:
    """Asked of the portal in this process: thousands of requests, none of which a server is for."""
    headers = {"X-API-KEY": tenant.client.key}
    client = portal.app.test_client(use_cookies=False)
    return client.open(API + path, method=route.verb, headers=headers, buffered=True, **sent)


def is_ours(answer: TestResponse) -> bool:
    """An answer that is no failure, or our own refusal."""
    if answer.status_code >= 500:
        return False
    if answer.status_code < 400:
        return True
    body = answer.json
    return body["status"] == answer.status_code and bool(body["message"]) and bool(body["error"])


def bodies() -> Iterator[tuple[Route, Argument]]:
    for route in every_route():
        for argument in contract_of(route).body:
            yield route, argument


def test_no_value_of_a_body_is_more_than_a_route_can_bear(
    own_portal: Portal, own_tenant: Tenant
) -> None:
    wrong = []
    ids = library(own_tenant)
    for route, argument in bodies():
        path, name = filled(route, ids), named(argument)
        for case, text in {**VALUES, **NO_JSON}.items():
            body = f'{{"{name}": {text}}}'
            sent = {"data": body, "content_type": "application/json"}
            answer = tried(own_portal, own_tenant, route, path, **sent)
            refused = answer.status_code in (400, 401, 403, 404, 409, 410, 413, 422)
            if not is_ours(answer) or (case in NO_JSON and not refused):
                wrong.append(f"{route} {name}: {case}: {answer.status_code} {answer.text[:200]}")
        if own_tenant.client.get(f"media/{ids['media']}/").status_code != 200:
            ids = library(own_tenant)
    assert not wrong, "\n".join(wrong)
    checked = own_portal.flask("check", "--deep")
    assert checked.returncode == 0, checked.stdout


def test_no_value_in_a_query_string_is_more_than_a_route_can_bear(
    own_portal: Portal, own_tenant: Tenant
) -> None:
    wrong = []
    ids = library(own_tenant)
    for route in every_route():
        for argument in contract_of(route).in_query:
            path, name = filled(route, ids), named(argument)
            for text in TEXTS:
                shown = text.encode("utf-8", "surrogatepass")
                query = urlencode({name: shown})
                answer = tried(own_portal, own_tenant, route, path, query_string=query)
                if not is_ours(answer):
                    said = f"{answer.status_code} {answer.text[:200]}"
                    wrong.append(f"{route} {name}={text!r:.30}: {said}")
        if own_tenant.client.get(f"media/{ids['media']}/").status_code != 200:
            ids = library(own_tenant)
    assert not wrong, "\n".join(wrong)
    assert own_portal.flask("check", "--deep").returncode == 0


def test_what_is_said_twice_in_different_words_is_refused_by_its_name(tenant: Tenant) -> None:
    ids = library(tenant)
    wrong = []
    for route in every_route():
        contract = contract_of(route)
        for argument in contract.in_query:
            name, path = named(argument), filled(route, ids)
            if not argument.repeated:
                answer = tenant.client.request(route.verb, path, params={name: ["1", "2"]})
                if answer.status_code != 400 or name not in answer.json()["errors"]:
                    wrong.append(f"{route} {name} twice: {answer.status_code} {answer.text[:200]}")
            if argument in contract.body:
                answer = tenant.client.request(
                    route.verb, path, params={name: "1"}, json={name: "2"}
                )
                if answer.status_code != 400 or name not in answer.json()["errors"]:
                    wrong.append(f"{route} {name} both: {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("identifier", ["\0", "x" * 3000, "%00", "$ne", "1e9", "Ü", "0" * 36])
def test_no_identifier_is_more_than_a_route_can_bear(tenant: Tenant, identifier: str) -> None:
    ids = dict.fromkeys(library(tenant), identifier.replace("/", "%2F"))
    wrong = []
    for route in every_route():
        if "{" in route.path:
            answer = tenant.client.request(route.verb, filled(route, ids), json={})
            if answer.status_code >= 500 or answer.status_code < 400:
                wrong.append(f"{route}: {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)
