"""What clients really put on the wire, byte by byte where it matters."""

import json
from typing import Any

import pytest
import requests

from ..portal import Portal
from .conftest import LTUTenant, new_ltu_tenant
from .pictures import serving_pictures
from .wire import IMAGE, post


def stored(tenant: LTUTenant, answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    found = tenant.ltu.request("GET", f"/media/{answer.json()['id']}")
    assert found.status_code == 200, found.text
    return dict(found.json())


def test_json_without_a_content_type(ltu_tenant: LTUTenant) -> None:
    with serving_pictures() as url:
        body = json.dumps({"media": url, "keywords": ["painting"]})
        media = stored(ltu_tenant, post(ltu_tenant, data=body))

    assert media["keywords"] == ["painting"]


def test_json_as_curl_sends_it_without_a_header(ltu_tenant: LTUTenant) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = post(ltu_tenant, "/collection", data='{"name": "a&b=c"}', headers=headers)

    assert answer.json()["name"] == "a&b=c"


@pytest.mark.parametrize("part", ["media", "image", "file"])
def test_the_part_may_have_each_name_and_gives_none_to_the_media(
    ltu_tenant: LTUTenant, part: str
) -> None:
    media = stored(ltu_tenant, post(ltu_tenant, files={part: IMAGE}))

    assert media["name"] == media["id"]


def test_a_urlencoded_form_with_a_url(ltu_tenant: LTUTenant) -> None:
    with serving_pictures() as url:
        form = {"media": url, "data": '{"name": "x"}'}
        media = stored(ltu_tenant, post(ltu_tenant, data=form))

    assert media["name"] == "x"


# the text of the `data` part, the name that it gives
DATA_PARTS = [
    ('{"name" : "peinture"}', "peinture"),
    ('"{ \\"name\\" : \\"peinture\\"}"', "peinture"),
    ('{ \\"name\\" : \\"peinture\\"}', "peinture"),
    ('\'{"name": "it"}\'', "it"),
    ('  \n{"name": "x"}\n', "x"),
    ("", None),
    ('{"name": "say \\"hi\\""}', 'say "hi"'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), DATA_PARTS)
def test_the_data_part_in_each_quoting(ltu_tenant: LTUTenant, text: str, name: str | None) -> None:
    answer = post(ltu_tenant, files={"media": IMAGE}, data={"data": text})

    media = stored(ltu_tenant, answer)
    assert media["name"] == (name or media["id"])


def test_a_url_within_literal_quotes(ltu_tenant: LTUTenant) -> None:
    """Postman, and curl before 7.55, send the quotes of --form 'media="…"'."""
    with serving_pictures() as url:
        stored(ltu_tenant, post(ltu_tenant, files={"media": (None, f'"{url}"')}))


def test_a_form_whose_content_type_lacks_the_boundary(ltu_tenant: LTUTenant) -> None:
    prepared = requests.Request(
        "POST", "http://x/", files={"media": IMAGE}, data={"data": '{"name": "x"}'}
    ).prepare()
    headers = {"Content-Type": "multipart/form-data"}

    media = stored(ltu_tenant, post(ltu_tenant, data=prepared.body, headers=headers))

    assert media["name"] == "x"


def test_a_form_without_any_boundary_says_so(ltu_tenant: LTUTenant) -> None:
    headers = {"Content-Type": "multipart/form-data"}

    answer = post(ltu_tenant, data="name=x", headers=headers)

    assert answer.status_code == 400
    assert "boundary" in answer.json()["message"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_json_content_type_without_a_body(ltu_tenant: LTUTenant, method: str) -> None:
    made = post(ltu_tenant, "/collection", json={"name": "x"}).json()

    answer = ltu_tenant.ltu.request(
        method, f"/collection/{made['id']}", headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["id"]) == (200, made["id"])


def test_broken_json_is_refused_with_the_place(ltu_tenant: LTUTenant) -> None:
    made = post(ltu_tenant, "/collection", json={"name": "x"}).json()

    answer = ltu_tenant.ltu.request(
        "PATCH", f"/collection/{made['id']}/medias", data='{"medias": ["a"]'
    )

    assert answer.status_code == 400
    assert "line 1 column 17" in answer.json()["detail"]
    assert answer.json()["message"] == answer.json()["detail"]
    assert answer.json()["status"] == 400


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_slash_at_the_end_changes_nothing(ltu_tenant: LTUTenant, slash: str) -> None:
    for path in ("/media", "/medias", "/collection", "/smart_collection", "/apikey"):
        answer = ltu_tenant.ltu.request("GET", path + slash, allow_redirects=False)
        assert answer.status_code == 200, path
    made = post(ltu_tenant, "/collection" + slash, json={"name": "x"}, allow_redirects=False)
    assert made.status_code == 201
    path = f"/collection/{made.json()['id']}/medias{slash}"
    assert ltu_tenant.ltu.request("GET", path, allow_redirects=False).status_code == 200


@pytest.mark.parametrize("base", ["", "/api", "/services", "/api/services"])
def test_every_route_is_at_each_base(ltu_tenant: LTUTenant, base: str) -> None:
    ltu = ltu_tenant.ltu
    ltu.add_picture(IMAGE, keywords=["a"])
    ltu.add_picture(IMAGE, keywords=["a"])
    answer = requests.post(
        f"{ltu.base}{base}/search/media",
        headers={"api-key": ltu.public_key or ""},
        json={"keywords": ["a"]},
        timeout=300,
    )
    assert len(answer.json()) == 2
    page = ltu.request("GET", f"{base}/media?page_size=1").json()
    assert page["next"] == f"{ltu.base}{base}/medias?page=2&page_size=1"
    assert ltu.request("GET", page["next"]).json()["results"][0]["id"]


def test_a_raw_token_without_bearer(ltu_tenant: LTUTenant) -> None:
    headers = {"authorization": ltu_tenant.ltu.token}

    assert ltu_tenant.ltu.request("GET", "/media", headers=headers).status_code == 200


def test_a_key_that_the_shell_did_not_fill_in(ltu_tenant: LTUTenant) -> None:
    answer = ltu_tenant.ltu.request("GET", "/media", headers={"api-key": "$API-KEY"})

    assert answer.status_code == 401
    assert "quotes" in answer.json()["detail"]


def test_unknown_plain_properties_become_metadata_and_are_reported(
    ltu_tenant: LTUTenant,
) -> None:
    data = {"data": '{"painter": "Leonardo Da Vinci", "metadata": {"a": 1}, "odd": [1]}'}

    answer = post(ltu_tenant, files={"media": IMAGE}, data=data)

    media = stored(ltu_tenant, answer)
    assert media["metadata"] == {"painter": "Leonardo Da Vinci", "a": 1}
    assert len(answer.json()["warnings"]) == 2
    search = requests.post(
        ltu_tenant.ltu.base + "/search/media",
        headers={"api-key": ltu_tenant.ltu.public_key or ""},
        json={"painter": "leonardo da vinci"},
        timeout=300,
    )
    assert [item["id"] for item in search.json()] == [media["id"]]
    assert "painter" in search.headers["X-Warning"]


def test_what_describes_a_new_media_is_no_criterion_of_a_search(ltu_tenant: LTUTenant) -> None:
    identifier = ltu_tenant.ltu.add_picture(IMAGE, keywords=["a"])
    answer = requests.post(
        ltu_tenant.ltu.base + "/search/media",
        headers={"api-key": ltu_tenant.ltu.public_key or ""},
        json={"keywords": ["a"], "name": "Mona-Lisa"},
        timeout=300,
    )

    assert [item["id"] for item in answer.json()] == [identifier]
    assert "'name' is ignored" in answer.headers["X-Warning"]


def test_a_change_of_a_media_keeps_what_it_does_not_name(ltu_tenant: LTUTenant) -> None:
    identifier = ltu_tenant.ltu.add_picture(IMAGE, keywords=["a"], metadata={"b": "c"})

    answer = ltu_tenant.ltu.request("PATCH", f"/media/{identifier}", json={"name": "x", "odd": 1})

    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["metadata"]) == ("x", {"b": "c"})


def test_a_browser_may_search_with_a_public_key(ltu_tenant: LTUTenant) -> None:
    url = ltu_tenant.ltu.base + "/services/search/media"
    origin = {"Origin": "https://example.org"}
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "api-key, authorization, content-type",
    }

    preflight = requests.options(url, headers={**origin, **asked}, timeout=300)
    answer = requests.post(
        url,
        headers={**origin, "api-key": ltu_tenant.ltu.public_key or ""},
        json={"keywords": "a"},
        timeout=300,
    )
    refused = requests.post(url, headers=origin, json={}, timeout=300)

    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    for header in ("api-key", "authorization", "content-type"):
        assert header in preflight.headers["Access-Control-Allow-Headers"]
    for one in (preflight, answer, refused):
        assert one.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in one.headers
    assert (answer.status_code, refused.status_code) == (200, 401)


def test_names_with_slashes_quotes_and_emoji_are_deleted_by_name(ltu_tenant: LTUTenant) -> None:
    from urllib.parse import quote

    for name in ("a/b", "a//b", 'say "hi"', "🏛️ 建物", "100%", "x?y#z", "a/restore"):
        identifier = ltu_tenant.ltu.add_picture(IMAGE, name=name)
        answer = ltu_tenant.ltu.request("DELETE", "/media/" + quote(name, safe=""))
        assert (answer.status_code, answer.json()) == (200, {"id": identifier}), name


def test_two_media_of_one_name_are_not_deleted_by_it(ltu_tenant: LTUTenant) -> None:
    ids = {ltu_tenant.ltu.add_picture(IMAGE, name="twin") for _ in range(2)}

    answer = ltu_tenant.ltu.request("DELETE", "/media/twin")

    assert answer.status_code == 409
    assert set(answer.json()["ids"]) == ids
    assert ltu_tenant.ltu.request("GET", "/media").json()["count"] == 2


def test_a_duplicate_is_named_or_rejected(portal: Portal) -> None:
    tenant = new_ltu_tenant(portal)
    first = tenant.ltu.add_picture(IMAGE)
    assert post(tenant, files={"media": IMAGE}).json()["duplicate_of"] == first

    strict = new_ltu_tenant(portal, options={"default": {"duplicates": "reject"}})
    first = strict.ltu.add_picture(IMAGE)
    answer = post(strict, files={"media": IMAGE})
    assert answer.status_code == 409
    assert first in answer.json()["message"]
