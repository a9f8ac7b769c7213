"""The certified `oidc-provider` from npm beside a portal: login, rotation, refresh, reuse."""

import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from udata_mediadb.authentication.jwks import REFETCH_S
from udata_mediadb.hosts import plain_accounts
from udata_mediadb.hosts.plain_models import PlainOrganization, PlainUser

from ..hosts import HOST
from ..portal import Portal
from ..ports import free_port
from ..waiting import PATIENCE_S, eventually
from .local import API, PASSWORD, TOKEN, local_client

# Accounts and members of a udata are made in udata, whatever a provider says.
makes_users = pytest.mark.skipif(HOST == "udata", reason="nobody is made there")
SOURCES = Path(__file__).parent / "openid_provider"

# one process installs it, and starts it once
pytestmark = pytest.mark.xdist_group("openid_provider")


@dataclass
class OpenIDProvider:
    url: str

    def login(self, name: str, password: str = PASSWORD) -> dict[str, Any]:
        return self.token(grant_type="password", username=name, password=password).json()

    def token(self, **form: str) -> requests.Response:
        form = {"client_id": "ltu-api", **form}
        return requests.post(f"{self.url}/token", data=form, timeout=300)


@pytest.fixture(scope="module")
def provider(request: pytest.FixtureRequest) -> Iterator[OpenIDProvider]:
    """The provider on a free port of loopback, installed by npm where it is not yet."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node is not installed: the test against a real OpenID provider needs it")
    assert request.config.cache is not None
    home = request.config.cache.mkdir("openid_provider")
    _install(home)
    port = free_port()
    command = ["node", "provider.mjs", str(port)]
    process = subprocess.Popen(
        command, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield OpenIDProvider(url)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


@pytest.fixture
def client(portal: Portal, provider: OpenIDProvider) -> FlaskClient:
    """A portal that trusts the provider."""
    return local_client(portal, MEDIADB_OPENID_PROVIDERS=[{"issuer": provider.url}])


@makes_users
def test_a_login_there_is_a_user_here(
    client: FlaskClient, provider: OpenIDProvider, portal: Portal
) -> None:
    name = some_name()
    tokens = provider.login(name)
    made = client.post(
        API + "applications/", json={"name": "Mine"}, headers=bearer(tokens["access_token"])
    )
    assert made.status_code == 201, made.text
    assert made.json["owner"]["name"] == name
    again = client.get(API + "applications/", headers=bearer(provider.login(name)["access_token"]))
    # those of the provider's group, which other tests may have made, are shared with this user
    own = [found["id"] for found in again.json["data"] if not found["organization"]]
    assert own == [made.json["id"]]


@pytest.mark.parametrize("kind", ["id_token", "refresh_token"])
def test_other_tokens_of_the_provider_are_refused(
    client: FlaskClient, provider: OpenIDProvider, kind: str
) -> None:
    token = provider.login(some_name())[kind]
    assert client.get(API + "media/", headers=bearer(token)).status_code == 401


@makes_users
def test_a_group_there_is_an_organisation_here(
    client: FlaskClient, provider: OpenIDProvider, portal: Portal
) -> None:
    with portal.app.app_context():
        admin = plain_accounts.create_user("Admin", f"{some_name()}@example.org")
        museum = PlainOrganization.objects(name="museum").first()
        museum = museum or plain_accounts.create_organization("museum", admin)
    headers = bearer(provider.login(some_name())["access_token"])
    made = client.post(
        API + "applications/", json={"name": "Ours", "organization": museum.id}, headers=headers
    )
    assert made.status_code == 201, made.text
    assert made.json["organization"]["name"] == "museum"


@makes_users
def test_a_user_who_is_switched_off_here_stays_out(
    client: FlaskClient, provider: OpenIDProvider, portal: Portal
) -> None:
    name = some_name()
    headers = bearer(provider.login(name)["access_token"])
    assert client.get(API + "applications/", headers=headers).status_code == 200
    with portal.app.app_context():
        plain_accounts.set_active(PlainUser.objects.get(external=f"{provider.url} {name}"), False)
    assert client.get(API + "applications/", headers=headers).status_code == 401


def test_a_verified_email_leads_to_the_account_that_was_here_before(
    provider: OpenIDProvider, portal: Portal
) -> None:
    name = some_name()
    user = portal.user(f"{name}@example.org")
    application = portal.application(user)
    settings = [{"issuer": provider.url, "link_email": True}]
    client = local_client(portal, MEDIADB_OPENID_PROVIDERS=settings)
    headers = bearer(provider.login(name)["access_token"])
    found = client.get(API + "applications/", headers=headers).json["data"]
    assert application in [one["id"] for one in found]


@makes_users
def test_a_refreshed_token_is_accepted_and_reuse_is_the_providers_affair(
    client: FlaskClient, provider: OpenIDProvider
) -> None:
    first = provider.login(some_name())
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = provider.token(**form)
    assert second.status_code == 200
    headers = bearer(second.json()["access_token"])
    assert client.get(API + "applications/", headers=headers).status_code == 200
    reused = provider.token(**form)
    assert (reused.status_code, reused.json()["error"]) == (400, "invalid_grant")


@makes_users
def test_a_rotation_of_keys_there_is_followed_with_one_more_fetch(
    client: FlaskClient, provider: OpenIDProvider
) -> None:
    name = some_name()
    old = provider.login(name)["access_token"]
    assert client.get(API + "applications/", headers=bearer(old)).status_code == 200
    fetched = fetches(provider)
    requests.post(f"{provider.url}/rotate", timeout=300)
    new = provider.login(name)["access_token"]
    time.sleep(REFETCH_S + 0.1)
    for token in (new, old, new):
        assert client.get(API + "applications/", headers=bearer(token)).status_code == 200
    assert fetches(provider) == fetched + 1


def test_beside_a_provider_no_passwords_are_taken_here(client: FlaskClient) -> None:
    answer = client.post(TOKEN, data={"grant_type": "password"})
    assert answer.status_code == 404


def test_an_issuer_that_is_not_configured_is_refused(
    portal: Portal, provider: OpenIDProvider
) -> None:
    token = provider.login(some_name())["access_token"]
    answer = local_client(portal).get(API + "media/", headers=bearer(token))
    assert answer.status_code == 401


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def fetches(provider: OpenIDProvider) -> int:
    return int(requests.get(f"{provider.url}/counts", timeout=300).json()["jwks"])


def some_name() -> str:
    return f"user{secrets.token_hex(6)}"


def _install(home: Path) -> None:
    for source in SOURCES.iterdir():
        shutil.copy(source, home)
    if (home / "node_modules" / "oidc-provider").exists():
        return
    options = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    subprocess.run(["npm", "install", *options], cwd=home, check=True, timeout=900)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        assert process.poll() is None, "the OpenID provider ended"
        try:
            return requests.get(f"{url}/counts", timeout=5).ok
        except requests.RequestException:
            return False

    eventually(answers)
