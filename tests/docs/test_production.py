"""How to run in production: the real nginx and the real Caddy with the lines of the page."""

import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from ..images import jpeg
from .production import HOST, Site, behind, files_of_the_page
from .slow_clients import SlowClients

pytestmark = pytest.mark.slow
DRIPPING, CRAWLING, IDLE = 20, 20, 200
SEARCHES = 5
API = "/api/1/mediadb/"


@pytest.fixture(scope="module", params=("nginx", "caddy"))
def site(
    request: pytest.FixtureRequest, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Behind each of the two; `.ci/run` installs them."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    database = f"mediadb_test_{secrets.token_hex(6)}"
    folder = tmp_path_factory.mktemp(request.param)
    with behind(request.param, folder, f"{mongodb_uri.rstrip('/')}/{database}") as running:
        yield running
    with MongoClient(mongodb_uri) as client:
        client.drop_database(database)


@pytest.fixture(scope="module")
def key(site: Site) -> str:
    """The X-API-KEY of a user with an application."""
    site.flask("user", "create", "Ada", "--email", "ada@example.org")
    site.flask("application", "create", "Photographs", "--owner", "ada@example.org")
    return site.flask("key", "create", "ada@example.org")


def send(site: Site, path: str, key: str, body: bytes) -> tuple[int, dict[str, object]]:
    headers = {"X-API-KEY": key, "Content-Type": "image/jpeg"}
    answer = site.request("POST", f"{API}{path}", headers=headers, body=body)
    return answer.status, answer.json() if answer.status < 300 else {}


def test_links_carry_the_public_name(site: Site, key: str) -> None:
    status, media = send(site, "media/", key, jpeg(1))

    assert status == 201
    for link in ("url", "thumbnail_url", "uri"):
        assert str(media[link]).startswith(f"https://{HOST}/api/1/mediadb/media/"), link


def test_slow_clients_keep_nobody_waiting(site: Site, key: str) -> None:
    """Without a proxy eight of them hold both workers of the page's service line."""
    alone_s = slowest_search_s(site, key)
    slow_ones = SlowClients(site.connect, HOST, key, dripping=DRIPPING, crawling=CRAWLING)
    with slow_ones as slow:
        slow.stay_idle(IDLE)
        beside_s = slowest_search_s(site, key)
        assert slow.held() >= CRAWLING
    number = DRIPPING + CRAWLING + IDLE
    print(f"slowest search: {alone_s:.2f} s, beside {number} slow clients {beside_s:.2f} s")


def slowest_search_s(site: Site, key: str) -> float:
    """Of some, each of which must be answered."""
    took_s = []
    for number in range(SEARCHES):
        began_s = time.monotonic()
        assert send(site, "search/", key, jpeg(number + 1))[0] == 200
        took_s.append(time.monotonic() - began_s)
    return max(took_s)


def test_what_is_larger_than_the_limit_is_refused(site: Site, key: str) -> None:
    assert send(site, "media/", key, bytes(34 << 20))[0] == 413


def test_plain_http_is_sent_to_https(site: Site) -> None:
    if not site.has_plain:
        pytest.skip("Caddy does so by itself, on port 80 only")
    found = site.plainly("GET", f"{API}media/")
    assert (found.status, found.headers["Location"]) == (301, f"https://{HOST}{API}media/")
    assert site.plainly("POST", f"{API}media/").status == 403


def test_another_host_name_is_refused(site: Site) -> None:
    """nginx has no other site here and hands it on, and the portal trusts one name only.

    Caddy answers by itself, with nothing.
    """
    answer = site.get(f"{API}media/", host="evil.example")
    assert answer.status == 400 or (answer.status, answer.data) == (200, b"")
    assert b"http" not in answer.data  # no link


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = shutil.which("true")
    units = {
        Path(path).name: text
        for path, text in files_of_the_page().items()
        if path.startswith("/etc/systemd/system/")
    }
    assert len(units) == 5
    for name, text in units.items():
        # systemd looks whether the program is there
        here = re.sub(r"=/srv/portal/.venv/bin/\S+", f"={program}", text)
        (tmp_path / name).write_text(here)

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )

    said = [line for line in done.stderr.splitlines() if "portal" in line]
    assert (done.returncode, said) == (0, []), done.stderr
