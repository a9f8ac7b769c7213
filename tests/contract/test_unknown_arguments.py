"""No route ignores what it does not know, wherever it stands in the request."""

from typing import Any

import pytest
import requests

from udata_mediadb.web.namespace import ns

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Client
from .routes import every_route, filled, library

NAME = "xyzzy"
PLACES: dict[str, dict[str, Any]] = {
    "query": {"params": {NAME: "1"}},
    "json": {"json": {NAME: 1}},
    "form": {"data": {NAME: "1"}},
    "file": {"files": {NAME: b"x"}},
}


def refusal(answer: requests.Response, name: str) -> str:
    """What is said of the argument."""
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body["error"] == "invalid-fields", body
    return str(body["errors"][name])


def test_every_method_declares_what_it_takes() -> None:
    for resource, *_ in ns.resources:
        for verb in resource.methods:
            assert hasattr(getattr(resource, verb.lower()), "contract"), (resource, verb)


@pytest.mark.parametrize("place", PLACES)
def test_each_route_refuses_an_unknown_argument(tenant: Tenant, place: str) -> None:
    ids = library(tenant)
    before = tenant.client.get(f"media/{ids['media']}/").json()
    routes = every_route()
    assert len(routes) > 30

    for route in routes:
        answer = tenant.client.request(route.verb, filled(route, ids), **PLACES[place])

        assert answer.status_code == 400, (str(route), answer.status_code, answer.text)
        assert NAME in answer.json()["errors"], str(route)
    assert tenant.client.get(f"media/{ids['media']}/").json() == before
    held = tenant.client.get("media/", params={"application": ids["application"]}).json()
    assert held["total"] == 1


@pytest.mark.parametrize(
    ("verb", "path", "arguments", "name", "nearest"),
    [
        ("GET", "media/", {"params": {"keywrod": "x"}}, "keywrod", "keyword"),
        ("GET", "media/", {"params": {"limit": "5"}}, "limit", "page_size"),
        ("GET", "media/", {"params": {"order_by": "name"}}, "order_by", "sort"),
        ("POST", "media/", {"json": {"label": "x"}}, "label", "name"),
        ("POST", "media/", {"files": {"picture": b"x"}}, "picture", "image"),
        ("POST", "search/", {"data": {"keyword": "x"}}, "keyword", "keywords"),
        ("POST", "search/", {"json": {"tolerance": 1}}, "tolerance", "min_score"),
        ("POST", "collections/", {"json": {"keyword": "x"}}, "keyword", "keywords"),
        ("POST", "applications/", {"json": {"Name": "x"}}, "Name", "name"),
    ],
)
def test_the_nearest_argument_is_named(
    tenant: Tenant, verb: str, path: str, arguments: dict[str, Any], name: str, nearest: str
) -> None:
    answer = tenant.client.request(verb, path, **arguments)

    assert refusal(answer, name) == f'unknown argument; did you mean "{nearest}"?'


def test_a_key_with_a_limit_that_there_is_not_is_not_made(tenant: Tenant) -> None:
    path = f"applications/{tenant.application}/keys/"
    before = tenant.client.get(path).json()

    answer = tenant.client.post(
        path, json={"scopes": ["read"], "referers": ["a"], "deny": ["10.0.0.0/8"]}
    )

    assert set(answer.json()["errors"]) == {"referers", "deny"}
    assert tenant.client.get(path).json() == before


def test_the_first_ten_unknown_arguments_are_named(tenant: Tenant) -> None:
    many = {f"unknown{number}": "1" for number in range(5000)}

    answer = tenant.client.post("search/", json=many)

    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == 10


def test_names_of_any_script_can_be_refused(tenant: Tenant) -> None:
    answer = tenant.client.get("media/", params={"mots-clés\r\nX: 1": "x"})

    assert answer.status_code == 400
    assert "X" not in answer.headers


@pytest.mark.parametrize(
    "arguments",
    [
        {"params": {"page": ["1", "2"]}},
        {"params": {"sort": ["name", "size"]}},
    ],
)
def test_one_argument_with_two_values_is_refused(tenant: Tenant, arguments: dict[str, Any]) -> None:
    (name,) = arguments["params"]
    assert "several times" in refusal(tenant.client.get("media/", **arguments), name)


def test_a_form_field_with_two_values_is_refused(tenant: Tenant) -> None:
    answer = tenant.client.post("media/", data={"name": ["a", "b"]}, files={"image": jpeg(1)})

    assert "several times" in refusal(answer, "name")


def test_a_list_in_a_form_may_be_sent_as_several_fields(tenant: Tenant) -> None:
    sent = {"application": tenant.application, "keywords": ["a", "b, c"]}

    answer = tenant.client.post("media/", data=sent, files={"image": jpeg(1)})

    assert answer.json()["keywords"] == ["a", "b, c"]


def test_query_and_body_may_say_the_same(tenant: Tenant) -> None:
    answer = tenant.client.post(
        "media/",
        params={"name": "A bridge", "keywords": "a, b"},
        data={"keywords": '["a", "b"]', "application": tenant.application},
        files={"image": jpeg(1)},
    )

    assert answer.status_code == 201, answer.text
    assert (answer.json()["name"], answer.json()["keywords"]) == ("A bridge", ["a", "b"])


@pytest.mark.parametrize(
    ("verb", "path", "name", "sent"),
    [
        ("POST", "media/", "name", {"data": {"name": "b"}, "files": {"image": jpeg(1)}}),
        ("POST", "search/", "page", {"json": {"page": 2, "keywords": ["a"]}}),
    ],
)
def test_query_and_body_that_differ_are_refused(
    tenant: Tenant, verb: str, path: str, name: str, sent: dict[str, Any]
) -> None:
    answer = tenant.client.request(verb, path, params={name: "1"}, **sent)

    assert refusal(answer, name) == "the query string and the body say different things"


def test_force_that_differs_deletes_nothing(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))["id"]

    answer = tenant.client.delete(
        f"media/{media}/", params={"force": "false"}, json={"force": True}
    )

    assert answer.status_code == 400
    assert tenant.client.get(f"media/{media}/").status_code == 200


@pytest.mark.parametrize("word", ["true", "1", "yes"])
def test_recursive_is_read_as_every_other_flag(tenant: Tenant, word: str) -> None:
    client, application = tenant.client, tenant.application
    upper = client.post("collections/", json={"application": application, "name": "a"}).json()
    named = {"application": application, "name": "b", "parent": upper["id"]}
    lower = client.post("collections/", json=named).json()
    path = f"collections/{upper['id']}/"

    assert client.delete(path, params={"recursive": "perhaps"}).status_code == 400
    assert client.delete(path, params={"recursive": word}).status_code == 204
    assert client.get(f"collections/{lower['id']}/").status_code == 404


def test_the_language_of_udata_is_taken_everywhere(tenant: Tenant) -> None:
    assert tenant.client.get("media/", params={"lang": "fr"}).status_code == 200


def test_bytes_of_no_declared_type_are_a_picture(tenant: Tenant) -> None:
    for kind in ("application/octet-stream", "image/jpeg; charset=binary"):
        answer = tenant.client.post(
            "media/",
            params={"application": tenant.application, "name": "x"},
            data=jpeg(1),
            headers={"Content-Type": kind},
        )
        assert (answer.status_code, answer.json()["name"]) == (201, "x"), kind


def test_anonymous_readers_are_refused_alike(portal: Any, tenant: Tenant) -> None:
    assert Client(portal.api).get("media/", params={NAME: "1"}).status_code == 400


@pytest.mark.parametrize("path", ["media/", "search/", "collections/"])
@pytest.mark.parametrize("named", ["", '; filename="a.jpg"'])
def test_a_part_without_a_name_is_refused(tenant: Tenant, path: str, named: str) -> None:
    body = f"--b\r\nContent-Disposition: form-data{named}\r\n\r\nx\r\n--b--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=b"}

    answer = tenant.client.post(path, data=body, headers=kind)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid-request"), answer.text
