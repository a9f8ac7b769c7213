"""The demo over https, with a certificate of its own."""

import re
import shutil
import ssl
import stat
import subprocess
import urllib.request
from collections.abc import Iterator

import pytest
import requests

from tests.demo.running import Demo, demo

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo(tmp_path_factory.mktemp("tls") / "demo", "--tls", "--no-samples") as started:
        yield started.wait_for("mediadb reindex\n")


def test_curl_accepts_the_certificate_as_printed(running: Demo) -> None:
    printed = re.search(r"^  (curl .*--cacert .*/media/\?[^|]*)", running.text(), re.MULTILINE)
    assert printed is not None
    command = f"{printed[1]} -f -i"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"total": 0' in done.stdout


def test_who_does_not_know_the_certificate_is_warned(running: Demo) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(running.facts["base_url"], timeout=300)


def test_localhost_is_named_in_it_too(running: Demo) -> None:
    facts = running.facts
    url = facts["base_url"].replace("127.0.0.1", "localhost")
    assert requests.get(url, verify=facts["cacert"], timeout=300).status_code == 200


def test_tokens_name_https_as_their_issuer(running: Demo) -> None:
    facts = running.facts
    realm = f"{facts['ltu_url']}/realms/Production"
    found = requests.get(
        f"{realm}/.well-known/openid-configuration", verify=facts["cacert"], timeout=300
    )
    assert found.json()["issuer"] == realm
    assert realm.startswith("https://")


def test_its_key_is_the_owners_alone(running: Demo) -> None:
    assert stat.S_IMODE((running.root / "tls-key.pem").stat().st_mode) == 0o600


def test_plain_http_on_its_port_is_sent_to_https(running: Demo) -> None:
    facts = running.facts
    for path in ("/", "/ltu/media?page=2", "/api/1/mediadb/media/"):
        url = facts["base_url"].replace("https", "http", 1) + path
        answer = requests.get(url, allow_redirects=False, timeout=300)
        assert (answer.status_code, answer.headers["Location"]) == (301, facts["base_url"] + path)
        assert requests.head(url, allow_redirects=False, timeout=300).status_code == 301
    followed = requests.get(url, verify=facts["cacert"], timeout=300)
    assert (followed.status_code, followed.url) == (200, facts["base_url"] + path)


def test_what_a_client_would_not_repeat_is_refused_over_plain_http(running: Demo) -> None:
    url = running.facts["api_url"].replace("https", "http", 1) + "mediadb/search/"

    assert requests.post(url, data={"a": "b"}, timeout=300).status_code == 403


def test_a_foreign_name_is_not_redirected_to(running: Demo) -> None:
    url = running.facts["base_url"].replace("https", "http", 1)
    headers = {"Host": "evil.example:1"}
    answer = requests.get(url, headers=headers, allow_redirects=False, timeout=300)

    assert answer.headers["Location"] == running.facts["base_url"] + "/"


def test_clients_that_log_in_when_asked_do_so(running: Demo) -> None:
    facts = running.facts
    url = f"{facts['ltu_url']}/apikey"
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, url, facts["username"], facts["password"])
    opener = urllib.request.build_opener(
        urllib.request.HTTPBasicAuthHandler(passwords),
        urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=facts["cacert"])),
    )
    with opener.open(url, timeout=300) as answer:
        assert answer.status == 200
    challenges = requests.get(url, verify=facts["cacert"], timeout=300).raw.headers
    kinds = [one.split()[0] for one in challenges.getlist("WWW-Authenticate")]
    assert kinds == ["Bearer", "Basic"]


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_wget_logs_in(running: Demo) -> None:
    facts = running.facts
    options = [f"--ca-certificate={facts['cacert']}", f"--user={facts['username']}"]
    options += [f"--password={facts['password']}", "-q", "-O", "-"]
    done = subprocess.run(
        ["wget", *options, f"{facts['ltu_url']}/apikey"], capture_output=True, check=False
    )

    assert done.returncode == 0
