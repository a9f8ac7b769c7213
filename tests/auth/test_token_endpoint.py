"""The embedded token endpoint: the LTU guide's samples, and everything that can be wrong."""

import json
import secrets
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from joserfc import jws

from udata_mediadb.hosts.plain_models import PlainUser

from ..fixtures import Tenant
from ..hosts import current_host, plain_only
from ..portal import Portal
from .local import OPENID, PASSWORD, login_form, some_address, tenant_with_password
from .local import TOKEN as PATH

GUIDE_FIELDS = [
    *("access_token", "expires_in", "refresh_expires_in", "refresh_token", "token_type"),
    *("id_token", "not-before-policy", "session_state", "scope"),
]


@pytest.fixture
def owner(portal: Portal) -> Tenant:
    """A tenant whose user has a password."""
    return tenant_with_password(portal)


def test_a_login_answers_the_nine_fields_of_the_guide(portal: Portal, owner: Tenant) -> None:
    answer = login(portal, owner)
    assert answer.status_code == 200
    assert set(answer.json()) == set(GUIDE_FIELDS)
    assert answer.json()["expires_in"] == 600
    assert answer.json()["refresh_expires_in"] == 1800
    assert answer.json()["token_type"] == "bearer"
    assert answer.json()["scope"] == "openid email profile"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"


def test_the_curl_sample_of_the_guide_works_as_written(portal: Portal, owner: Tenant) -> None:
    command = (
        f'curl -s -X POST {portal.url}{PATH} -H "Content-Type: application/x-www-form-urlencoded" '
        '-d "username=$USERNAME" -d "password=$PASSWORD" -d "grant_type=password" '
        '-d "client_id=ltu-api"'
    )
    environment = {"USERNAME": owner.user.email, "PASSWORD": PASSWORD, "PATH": "/usr/bin:/bin"}
    answer = subprocess.run(
        command, shell=True, env=environment, capture_output=True, check=True
    ).stdout
    assert set(json.loads(answer)) == set(GUIDE_FIELDS)


@pytest.mark.parametrize("prefix", ["Bearer ", "bearer ", ""], ids=["Bearer", "lower", "bare"])
def test_a_token_opens_what_its_user_may_see(portal: Portal, owner: Tenant, prefix: str) -> None:
    token = login(portal, owner).json()["access_token"]
    answer = api(portal, "applications/", prefix + token)
    assert [found["id"] for found in answer.json()["data"]] == [owner.application]


def test_a_refresh_gives_new_tokens_in_the_same_session(portal: Portal, owner: Tenant) -> None:
    first = login(portal, owner).json()
    second = refresh(portal, first["refresh_token"])
    assert second.status_code == 200
    assert set(second.json()) == set(GUIDE_FIELDS)
    assert second.json()["session_state"] == first["session_state"]
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert api(portal, "applications/", second.json()["access_token"]).status_code == 200


def test_the_refresh_sample_with_underscores_is_understood(portal: Portal, owner: Tenant) -> None:
    token = login(portal, owner).json()["refresh_token"]
    assert refresh(portal, token, grant_type="_refresh_token_").status_code == 200


def test_a_used_refresh_token_ends_the_whole_session(portal: Portal, owner: Tenant) -> None:
    first = login(portal, owner).json()
    second = refresh(portal, first["refresh_token"]).json()

    stolen = refresh(portal, first["refresh_token"])

    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert refresh(portal, second["refresh_token"]).status_code == 400
    assert api(portal, "applications/", second["access_token"]).status_code == 401


def test_of_many_refreshes_at_once_one_at_most_gets_tokens(portal: Portal, owner: Tenant) -> None:
    token = login(portal, owner).json()["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refresh(portal, token), range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses in ([200] + [400] * 7, [400] * 8)


def test_the_deprecated_half_of_authlib_is_not_imported() -> None:
    code = "import sys, udata_mediadb; sys.exit('authlib.jose' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_another_session_of_the_user_outlives_the_end_of_one(portal: Portal, owner: Tenant) -> None:
    other, first = login(portal, owner).json(), login(portal, owner).json()
    refresh(portal, first["refresh_token"])
    refresh(portal, first["refresh_token"])
    assert api(portal, "applications/", other["access_token"]).status_code == 200


def test_a_new_password_ends_all_sessions(portal: Portal, owner: Tenant) -> None:
    token = login(portal, owner).json()
    with portal.app.app_context():
        current_host().set_password(owner.user, "another password")
    assert api(portal, "applications/", token["access_token"]).status_code == 401
    assert refresh(portal, token["refresh_token"]).status_code == 400
    assert login(portal, owner).status_code == 401
    assert login(portal, owner, password="another password").status_code == 200


@pytest.mark.parametrize("change", ["switched off", "deleted"])
def test_tokens_of_a_user_who_is_gone_are_refused(
    portal: Portal, owner: Tenant, change: str
) -> None:
    token = login(portal, owner).json()
    with portal.app.app_context():
        if change == "deleted":
            current_host().delete_user(owner.user)
        else:
            current_host().set_active(owner.user, False)
    assert api(portal, "applications/", token["access_token"]).status_code == 401
    assert refresh(portal, token["refresh_token"]).json()["error"] == "invalid_grant"


# What is sent instead of a good login, the status and the error of RFC 6749, 5.2.
BAD_REQUESTS: list[tuple[dict[str, Any], int, str]] = [
    ({"password": "wrong password"}, 401, "invalid_grant"),
    ({"username": "nobody@example.org"}, 401, "invalid_grant"),
    ({"username": ""}, 401, "invalid_grant"),
    ({"password": "x" * 5000}, 401, "invalid_grant"),
    ({"password": "\0"}, 401, "invalid_grant"),
    ({"username": None}, 400, "invalid_request"),
    ({"password": None}, 400, "invalid_request"),
    ({"password": [PASSWORD, PASSWORD]}, 400, "invalid_request"),
    ({"grant_type": None}, 400, "invalid_request"),
    ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
    ({"grant_type": 'é"\n'}, 400, "unsupported_grant_type"),
    ({"client_id": "another"}, 400, "invalid_client"),
    ({"client_id": None}, 400, "invalid_client"),
    ({"username": "x" * 70_000}, 413, "invalid_request"),
]


@pytest.mark.parametrize(("change", "status", "error"), BAD_REQUESTS)
def test_bad_logins_get_the_errors_of_oauth(
    portal: Portal, owner: Tenant, change: dict[str, Any], status: int, error: str
) -> None:
    answer = login(portal, owner, **change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["Cache-Control"] == "no-store"
    assert PASSWORD not in answer.text


def test_a_login_in_the_url_is_refused(portal: Portal, owner: Tenant) -> None:
    form = {"grant_type": "password", "client_id": "ltu-api"}
    secret = {"username": owner.user.email, "password": PASSWORD}
    answer = requests.post(portal.url + PATH, params=secret, data=form, timeout=300)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_login_as_json_is_refused_with_the_reason(portal: Portal, owner: Tenant) -> None:
    answer = requests.post(portal.url + PATH, json={"grant_type": "password"}, timeout=300)
    assert answer.status_code == 400
    assert "x-www-form-urlencoded" in answer.json()["error_description"]


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "é", "629da43b.0.x", "1.99999999999999999999.x"]
)
def test_made_up_refresh_tokens_are_refused(portal: Portal, token: str) -> None:
    answer = refresh(portal, token)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_the_discovery_document_leads_to_the_keys_that_signed(
    portal: Portal, owner: Tenant
) -> None:
    realm = (portal.url + OPENID).rstrip("/")
    found = requests.get(f"{realm}/.well-known/openid-configuration", timeout=300).json()
    assert found["issuer"] == realm
    assert found["token_endpoint"] == portal.url + PATH
    keys = requests.get(found["jwks_uri"], timeout=300).json()["keys"]
    header = jws.extract_compact(login(portal, owner).json()["id_token"].encode()).headers()
    assert header["kid"] in {key["kid"] for key in keys}
    assert not any({"d", "p", "q"} & set(key) for key in keys)


def test_a_rotation_keeps_tokens_of_the_old_key_good(portal: Portal, owner: Tenant) -> None:
    before = login(portal, owner).json()["access_token"]
    done = portal.flask("signing-key", "rotate")
    assert done.returncode == 0, done.stderr
    after = login(portal, owner).json()["access_token"]
    assert kid(before) != kid(after)
    for token in (before, after):
        assert api(portal, "applications/", token).status_code == 200


def test_a_rotation_after_a_leak_refuses_the_old_key_at_once(portal: Portal, owner: Tenant) -> None:
    before = login(portal, owner).json()["access_token"]
    done = portal.flask("signing-key", "rotate", "--leaked")
    assert done.returncode == 0, done.stderr
    assert api(portal, "applications/", before).status_code == 401


@plain_only
def test_a_user_can_be_made_with_a_password_that_no_process_list_shows(portal: Portal) -> None:
    email = f"{secrets.token_hex(6)}@example.org"
    done = portal.flask(
        *("user", "create", "Someone", "--email", email, "--password-stdin"), stdin=PASSWORD + "\n"
    )
    assert done.returncode == 0, done.stderr
    answer = token_request(
        portal, grant_type="password", client_id="ltu-api", username=email, password=PASSWORD
    )
    assert answer.status_code == 200


@plain_only
def test_a_short_password_makes_no_user(portal: Portal) -> None:
    email = f"{secrets.token_hex(6)}@example.org"
    done = portal.flask(
        *("user", "create", "Someone", "--email", email, "--password-stdin"), stdin="short\n"
    )
    assert done.returncode == 1
    assert "at least 8 characters" in done.stderr
    with portal.app.app_context():
        assert PlainUser.objects(email=email).first() is None


def login(portal: Portal, tenant: Tenant, **changes: Any) -> requests.Response:
    return token_request(portal, **login_form(tenant, **changes))


def refresh(portal: Portal, token: str, **changes: Any) -> requests.Response:
    form = {"refresh_token": token, "grant_type": "refresh_token", "client_id": "ltu-api"}
    return token_request(portal, **form | changes)


def token_request(portal: Portal, **form: Any) -> requests.Response:
    headers = {"X-Forwarded-For": some_address()}
    return requests.post(portal.url + PATH, data=form, headers=headers, timeout=300)


def api(portal: Portal, path: str, authorization: str) -> requests.Response:
    headers = {"Authorization": authorization}
    return requests.get(portal.api + path, headers=headers, timeout=300)


def kid(token: str) -> str:
    return str(jws.extract_compact(token.encode()).headers()["kid"])
