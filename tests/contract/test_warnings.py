"""A portal may prefer a warning to a refusal of unknown arguments."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import running_portal


@pytest.fixture
def lenient(mongodb_uri: str, tmp_path: Path) -> Iterator[Tenant]:
    """A tenant of a portal that warns."""
    name = f"mediadb_test_{secrets.token_hex(6)}"
    settings = json.dumps({"MEDIADB_UNKNOWN_ARGUMENTS": "warn"})
    uri = mongodb_uri.rstrip("/") + f"/{name}"
    with running_portal(uri, tmp_path, workers=1, TEST_SETTINGS=settings) as portal:
        yield new_tenant(portal)
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)


def test_unknown_arguments_are_named_in_a_header(lenient: Tenant) -> None:
    answer = lenient.client.get("media/", params={"keywrod": "x"})
    assert answer.status_code == 200
    assert 'keywrod: unknown argument; did you mean "keyword"?' in answer.headers["X-Warning"]

    answer = lenient.client.post(
        "media/", params={"tîtle": "x"}, data={"label": "y"}, files={"image": jpeg(1)}
    )
    assert answer.status_code == 201
    assert "label" in answer.headers["X-Warning"]
    assert r"t\xeetle" in answer.headers["X-Warning"]

    assert "X-Warning" not in lenient.client.get("media/").headers
