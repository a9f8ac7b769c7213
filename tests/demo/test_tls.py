"""The demo over https, with a certificate of its own."""

import re
import stat
import subprocess
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
        requests.get(running.facts["base_url"], timeout=30)


def test_localhost_is_named_in_it_too(running: Demo) -> None:
    facts = running.facts
    url = facts["base_url"].replace("127.0.0.1", "localhost")
    assert requests.get(url, verify=facts["cacert"], timeout=30).status_code == 200


def test_tokens_name_https_as_their_issuer(running: Demo) -> None:
    facts = running.facts
    realm = f"{facts['ltu_url']}/realms/Production"
    found = requests.get(
        f"{realm}/.well-known/openid-configuration", verify=facts["cacert"], timeout=30
    )
    assert found.json()["issuer"] == realm
    assert realm.startswith("https://")


def test_its_key_is_the_owners_alone(running: Demo) -> None:
    assert stat.S_IMODE((running.root / "tls-key.pem").stat().st_mode) == 0o600
