"""The page of the dialect is there on every host, with its own scripts."""

import re

import requests

from ..portal import Portal


def test_the_page_and_all_it_loads_are_there(portal: Portal) -> None:
    address = f"{portal.url}/ltu/services/docs/"
    answer = requests.get(address, timeout=300)

    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "/ltu/services/openapi.json" in answer.text
    for path in re.findall(r'(?:src|href)="(/[^"]+)"', answer.text):
        assert requests.get(portal.url + path, timeout=300).status_code == 200, path
    document = requests.get(f"{portal.url}/ltu/services/openapi.json", timeout=300).json()
    assert document["openapi"].startswith("3.0")
