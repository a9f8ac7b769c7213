"""Signatures and encoders that come later: computed whatever happens, and served until then."""

import json
import secrets
from pathlib import Path

import psutil
import pytest

from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.indexing.versions import in_use, to_describe, unbuilt, versions_of
from udata_mediadb.recognition.registry import new_registry
from udata_mediadb.recognition.similarity import BadEncoder

from ..fixtures import Tenant
from ..hosts import current_host
from ..images import jpeg
from ..leases import end_leases
from ..onnx_files import SIZE_PX, VECTOR, write_network
from ..portal import Portal, running_portal
from ..waiting import eventually
from .test_workers import kill

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("kills")]

ALL = ["match", "similarity", "colors"]
SEEDS = range(60, 84)


@pytest.fixture
def uri(mongodb_uri: str, database_name: str) -> str:
    return f"{mongodb_uri.rstrip('/')}/{database_name}"


def new_tenant(portal: Portal, signatures: list[str]) -> Tenant:
    user = portal.user(f"{secrets.token_hex(6)}@example.org")
    application = portal.application(user, signatures=signatures)
    return Tenant(user, portal.client(user), application)


def stored_keys(portal: Portal, application: str) -> dict[str, set[str]]:
    """Signature keys of the stored descriptions, by media."""
    keys: dict[str, set[str]] = {}
    with portal.app.app_context():
        for record in StoredSignature.objects(application=application).only("media", "signature"):
            keys.setdefault(record.media, set()).add(record.signature)
    return keys


def count(portal: Portal, tenant: Tenant) -> int:
    """How many descriptions are stored."""
    return sum(map(len, stored_keys(portal, tenant.application).values()))


def is_described(tenant: Tenant) -> bool:
    """Also what makes a worker go on: it is asked for its status."""
    answer = tenant.client.get("status/")
    return answer.status_code == 200 and answer.json()["applications"][0]["describing"] == {}


@pytest.mark.slow
def test_workers_killed_while_they_describe_leave_nothing_undone(own_portal: Portal) -> None:
    tenant = new_tenant(own_portal, ["match"])
    media = [tenant.client.add(tenant.application, jpeg(seed))["id"] for seed in SEEDS]
    path = f"applications/{tenant.application}/"
    tenant.client.put(path, json={"signatures": ALL})
    for _ in range(3):
        before = count(own_portal, tenant)
        eventually(lambda before=before: count(own_portal, tenant) > before or is_described(tenant))
        for worker in psutil.Process(own_portal.process.pid).children():
            kill(worker.pid)
        with own_portal.app.app_context():
            end_leases()
        eventually(lambda: _answers(tenant))

    eventually(lambda: is_described(tenant))
    keys = stored_keys(own_portal, tenant.application)
    assert set(keys) == set(media)
    assert all({key.partition("@")[0] for key in found} == set(ALL) for found in keys.values())
    for one in media:
        asked = {"media": one, "signatures": ["colors"]}
        hits = tenant.client.post("search/", json=asked).json()["data"]
        assert one in [hit["media"]["id"] for hit in hits if hit["distance"] == 0]
    assert own_portal.flask("check").returncode == 0


def _answers(tenant: Tenant) -> bool:
    try:
        return tenant.client.get("status/").status_code == 200
    except OSError:
        return False


def test_reindex_describes_what_no_worker_did(own_portal: Portal) -> None:
    tenant = new_tenant(own_portal, ["match"])
    media = tenant.client.add(tenant.application, jpeg(1))["id"]
    with own_portal.app.app_context():
        found = StoredSignature.objects(media=media)
        assert found.count() == 1
        own_portal.set_signatures(tenant.application, ALL)

    assert "mended" in own_portal.flask("reindex").stdout
    assert set(own_portal.stored_signatures(media)) == set(ALL)


def test_another_encoder_replaces_the_one_before_when_all_is_described(
    uri: str, tmp_path: Path
) -> None:
    network = write_network(tmp_path / "own.onnx", VECTOR)
    encoder = {"path": str(network), "size": SIZE_PX, "dimension": 8, "id": "own-1"}
    with running_portal(uri, tmp_path / "files") as before:
        tenant = new_tenant(before, ["similarity"])
        media = [tenant.client.add(tenant.application, jpeg(seed))["id"] for seed in range(3)]
        assert all("own-1" not in str(k) for k in stored_keys(before, tenant.application).values())
    settings = json.dumps({"MEDIADB_SIMILARITY_ENCODER": encoder})
    with running_portal(uri, tmp_path / "files", TEST_SETTINGS=settings) as after:
        client = after.client(tenant.user)
        renewed = Tenant(tenant.user, client, tenant.application)
        eventually(lambda: is_described(renewed))
        only_new = {one: {"similarity@own-1"} for one in media}
        eventually(lambda: stored_keys(after, tenant.application) == only_new)
        for one in media:
            asked = {"media": one, "signatures": ["similarity"]}
            hits = client.post("search/", json=asked).json()["data"]
            assert hits[0]["media"]["id"] == one


def test_the_version_that_is_complete_serves(tmp_path: Path) -> None:
    encoder = {
        "path": str(write_network(tmp_path / "own.onnx", VECTOR)),
        "size": SIZE_PX,
        "dimension": 8,
        "id": "own-1",
    }
    shipped, methods = versions_of(new_registry()), new_registry(encoder)
    former = f"similarity@{shipped['similarity']}"

    assert versions_of(methods)["similarity"] == "own-1"
    assert in_use(methods, shipped, "similarity") == former
    assert set(to_describe(methods, shipped, ["similarity"])) == {former, "similarity@own-1"}
    assert unbuilt(methods, shipped, ALL) == ["similarity"]
    assert in_use(methods, {"similarity": "own-1"}, "similarity") == "similarity"
    assert in_use(methods, {"similarity": "long gone"}, "similarity") == "similarity"


@pytest.mark.parametrize("damage", ["missing", "truncated", "of another shape"])
def test_an_encoder_that_cannot_be_used_stops_the_start(
    uri: str, tmp_path: Path, damage: str
) -> None:
    network = write_network(tmp_path / "own.onnx", VECTOR)
    if damage == "missing":
        network.unlink()
    elif damage == "truncated":
        network.write_bytes(network.read_bytes()[:1000])
    dimension = 16 if damage == "of another shape" else 8
    encoder = {"path": str(network), "size": SIZE_PX, "dimension": dimension}

    with pytest.raises(BadEncoder, match=r"own\.onnx"):
        current_host().new_app(uri, tmp_path, MEDIADB_SIMILARITY_ENCODER=encoder)
