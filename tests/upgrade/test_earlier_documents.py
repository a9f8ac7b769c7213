"""Documents that a plain portal of an earlier version wrote are read by this one, on either host.

`plain-0.1.0.json`: what version 0.1.0 had in its database after an application of an organisation
got two pictures, one of them deleted since, a collection and a smart one. Its files are not here.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bson import json_util
from flask.testing import FlaskClient
from pymongo import MongoClient

from ..connections import disconnect
from ..hosts import current_host, plain_only
from ..images import jpeg

API = "/api/1/mediadb/"
WRITTEN = json.loads((Path(__file__).parent / "plain-0.1.0.json").read_text())
DOCUMENTS = json_util.loads(json.dumps(WRITTEN["collections"]))


def only(collection: str, **properties: Any) -> dict[str, Any]:
    (found,) = (
        one
        for one in DOCUMENTS[f"mediadb_{collection}"]
        if all(one[key] == value for key, value in properties.items())
    )
    return dict(found)


APPLICATION = only("application")["_id"]
ACTIVE, DELETED = only("media", state="active"), only("media", state="deleted")


@pytest.fixture
def client(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[FlaskClient]:
    with MongoClient(mongodb_uri) as mongodb:
        for name, documents in DOCUMENTS.items():
            mongodb[database_name][name].insert_many(documents)
    disconnect()
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"
    yield current_host().new_app(uri, tmp_path / "fs").test_client(use_cookies=False)
    disconnect()


@pytest.fixture
def admin(client: FlaskClient) -> dict[str, str]:
    """The key of an administrator of this portal, who was not there before."""
    with client.application.app_context():
        root = current_host().create_user("Root", "root@example.org", admin=True)
        return {"X-API-KEY": current_host().create_key(root)}


def test_media_and_collections(client: FlaskClient, admin: dict[str, str]) -> None:
    listed = client.get(f"{API}media/?application={APPLICATION}", headers=admin).json["data"]

    assert [one["id"] for one in listed] == [ACTIVE["_id"]]
    assert (listed[0]["name"], listed[0]["keywords"]) == ("picture 1", ["old", "paper"])
    assert listed[0]["created_at"] == f"{ACTIVE['created_at'].isoformat()}+00:00"
    assert client.get(f"{API}media/{DELETED['_id']}/", headers=admin).status_code == 410
    for kind in ("collection", "smart_collection"):
        path = f"{API}{kind}s/{only(kind)['_id']}/media/"
        found = client.get(path, headers=admin).json["data"]
        assert [one["id"] for one in found] == [ACTIVE["_id"]]


def test_the_search(client: FlaskClient, admin: dict[str, str]) -> None:
    (hit,) = client.post(
        f"{API}search/?application={APPLICATION}",
        data=jpeg(1, 160, 120),
        content_type="image/jpeg",
        headers=admin,
    ).json["data"]

    assert (hit["media"]["id"], hit["decision"]) == (ACTIVE["_id"], "clone")


def test_the_applications_keys(client: FlaskClient, admin: dict[str, str]) -> None:
    path = f"{API}applications/{APPLICATION}/keys/private/"

    assert client.get(path, headers=admin).json["key"] == WRITTEN["private_key"]
    both = {**admin, "api-key": WRITTEN["private_key"]}
    assert client.get(f"{API}media/", headers=both).json["total"] == 1


def test_all_can_be_changed(client: FlaskClient, admin: dict[str, str]) -> None:
    path = f"{API}media/{ACTIVE['_id']}/"

    assert client.put(path, json={"name": "new"}, headers=admin).json["name"] == "new"
    assert client.delete(path, headers=admin).status_code == 204
    assert client.post(path + "restore/", headers=admin).status_code == 200


@plain_only
def test_users_organisations_and_their_keys(client: FlaskClient) -> None:
    headers = {"X-API-KEY": WRITTEN["key"]}

    (application,) = client.get(f"{API}applications/", headers=headers).json["data"]

    assert application["id"] == APPLICATION
    assert application["organization"]["name"] == "Archive"
