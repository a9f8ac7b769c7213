"""The same portal behind the servers and the addresses that operators use."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from pymongo import MongoClient
from werkzeug.middleware.proxy_fix import ProxyFix

from ..connections import disconnect
from ..hosts import current_host
from ..images import jpeg
from ..portal import REPOSITORY, Client, end, wait_for
from ..ports import free_port

GUNICORN = ("gunicorn", "--workers", "2", "--threads", "4", "--bind", "127.0.0.1:{port}")
WAITRESS = ("waitress", "--call", "--threads", "4", "--listen", "127.0.0.1:{port}")
APP = {"gunicorn": "tests.portal:create_app()", "waitress": "tests.portal:create_app"}


@dataclass(frozen=True)
class Server:
    """How a portal is started. `prefix`: the path that it is reached below."""

    command: tuple[str, ...]
    prefix: str = ""
    environment: tuple[tuple[str, str], ...] = ()


SERVERS = {
    "gunicorn, mounted before it forks": Server((*GUNICORN, "--preload")),
    "gunicorn below a path": Server(GUNICORN, "/portal", (("SCRIPT_NAME", "/portal"),)),
    "waitress": Server(WAITRESS),
    "waitress below a path": Server((*WAITRESS, "--url-prefix", "/portal"), "/portal"),
}


@pytest.fixture(scope="module", params=SERVERS)
def client(
    request: pytest.FixtureRequest, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    """Somebody with an application of two pictures on a portal that such a server serves."""
    server, port = SERVERS[request.param], free_port()
    name, root = f"mediadb_test_{secrets.token_hex(6)}", tmp_path_factory.mktemp("files")
    uri = f"{mongodb_uri.rstrip('/')}/{name}"
    given = {"TEST_MONGODB": uri, "TEST_FS_ROOT": str(root), **dict(server.environment)}
    command = [part.format(port=port) for part in server.command]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, APP[command[0]]],
        env={**os.environ, **given},
        cwd=REPOSITORY,
    )
    url = f"http://127.0.0.1:{port}{server.prefix}"
    try:
        wait_for(url, process)
        disconnect()
        here = current_host().new_app(uri, root)
        with here.app_context():
            user = current_host().create_user("Ada", "ada@example.org")
            client = Client(f"{url}/api/1/mediadb/", current_host().create_key(user))
        assert client.post("applications/", json={"name": "Pictures"}).status_code == 201
        yield client
    finally:
        end(process)
        disconnect()
        with MongoClient(mongodb_uri) as mongodb:
            mongodb.drop_database(name)


@pytest.fixture(scope="module")
def media(client: Client) -> dict[str, str]:
    added = [client.post("media/", files={"image": jpeg(seed)}) for seed in (1, 2)]
    assert [answer.status_code for answer in added] == [201, 201], added[0].text
    found: dict[str, str] = added[0].json()
    return found


def test_a_picture_is_found_by_every_worker(client: Client, media: dict[str, str]) -> None:
    for _ in range(8):
        hits = client.post("search/", files={"image": jpeg(1)}).json()["data"]
        assert [hit["media"]["id"] for hit in hits] == [media["id"]]


def test_links_lead_below_the_path(client: Client, media: dict[str, str]) -> None:
    for link in (media["url"], media["thumbnail_url"]):
        assert requests.get(link, timeout=300).headers["Content-Type"].startswith("image/")
    assert media["uri"].startswith(client.api)
    key = {"X-API-KEY": client.key}
    assert requests.get(media["uri"], headers=key, timeout=300).json()["id"] == media["id"]
    pages = client.get("media/?page_size=1").json()
    following = requests.get(pages["next_page"], headers=key, timeout=300).json()
    assert (following["page"], len(following["data"])) == (2, 1)
    redirected = client.get("media")
    assert redirected.url == f"{client.api}media/"


def test_the_api_page_finds_what_it_needs_below_the_path(client: Client) -> None:
    root = client.api.removesuffix("mediadb/")

    described = requests.get(f"{root}swagger.json", timeout=300).json()

    assert f"{root}mediadb/".endswith(f"{described['basePath'].rstrip('/')}/mediadb/")


def test_the_token_endpoint_is_named_below_the_path(client: Client) -> None:
    realm = client.api.replace("/api/1/mediadb/", "/ltu/realms/Production")

    named = requests.get(f"{realm}/.well-known/openid-configuration", timeout=300).json()

    assert named["issuer"] == realm
    assert requests.get(named["jwks_uri"], timeout=300).status_code == 200


def test_a_body_that_is_too_large_is_refused_in_our_words(client: Client) -> None:
    answer = client.post("media/", data=b"x" * (9 << 20), headers={"Content-Type": "image/jpeg"})

    assert (answer.status_code, answer.json()["error"]) == (413, "too-large")


def test_what_is_not_there_is_said_in_our_words(client: Client) -> None:
    assert client.get("nothing/").json()["status"] == 404


def test_a_proxy_that_takes_the_path_off_may_name_it(
    mongodb_uri: str, database_name: str, tmp_path: Path
) -> None:
    disconnect()
    app = current_host().new_app(f"{mongodb_uri.rstrip('/')}/{database_name}", tmp_path)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1, x_prefix=1)
    with app.app_context():
        key = current_host().create_key(current_host().create_user("Ada", "ada@example.org"))
    said = {"Proto": "https", "Host": "data.example.org", "Prefix": "/portal"}
    headers = {"X-API-KEY": key, **{f"X-Forwarded-{name}": said[name] for name in said}}
    client = app.test_client(use_cookies=False)
    client.post("/api/1/mediadb/applications/", json={"name": "Pictures"}, headers=headers)

    media = client.post(
        "/api/1/mediadb/media/", data=jpeg(1), content_type="image/jpeg", headers=headers
    ).json

    for link in (media["uri"], media["url"], media["thumbnail_url"]):
        assert link.startswith("https://data.example.org/portal/api/1/mediadb/media/")
    redirected = client.get("/api/1/mediadb/media", headers=headers)
    assert redirected.headers["Location"] == "https://data.example.org/portal/api/1/mediadb/media/"
    disconnect()
