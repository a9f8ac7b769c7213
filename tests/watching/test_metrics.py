"""What Prometheus reads: counts of all workers together, and the state of the indexes."""

import json
import secrets
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from pymongo import MongoClient

from udata_mediadb.media.files import index_root

from ..connections import wait_for_background
from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Portal
from ..portal_here import PortalHere, portal_here
from ..scripted_server import serve
from .conftest import Metrics, read

SEARCH = "/api/1/mediadb/search/"
TOKEN = {"Authorization": "Bearer letmesee"}


def metrics(portal: Portal) -> Metrics:
    answer = requests.get(f"{portal.api}metrics/", headers=TOKEN, timeout=300)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/plain")
    return read(answer.text)


def test_the_workers_count_together(watched: Portal, tenant: Tenant) -> None:
    before = metrics(watched)
    for _ in range(12):  # each on a connection of its own: both workers answer some
        assert tenant.client.get("media/").status_code == 200

    labels = {"route": "/api/1/mediadb/media/", "method": "GET", "code": "200"}
    after = metrics(watched)
    more = after.value("mediadb_requests_total", **labels) - before.value(
        "mediadb_requests_total", **labels
    )
    assert more == 12
    assert after.value("mediadb_metrics_shared") == 1


def test_the_stages_of_searches_and_uploads_are_measured(watched: Portal, tenant: Tenant) -> None:
    before = metrics(watched)
    tenant.client.add(tenant.application, jpeg(1))
    data, files = {"application": tenant.application}, {"image": jpeg(1, 300, 225)}
    assert tenant.client.post("search/", data=data, files=files).json()["total"] == 1

    after = metrics(watched)
    for kind, stages in (
        ("ingest", ("decode", "describe", "store")),
        ("search", ("decode", "describe:match", "shortlist:similarity", "verify:match", "media")),
    ):
        for stage in stages:
            name = f"mediadb_{kind}_stage_seconds_count"
            assert after.value(name, stage=stage) == before.value(name, stage=stage) + 1, stage
    spent = after.value("mediadb_search_stage_seconds_sum") - before.value(
        "mediadb_search_stage_seconds_sum"
    )
    whole = after.value("mediadb_request_seconds_sum", route=SEARCH) - before.value(
        "mediadb_request_seconds_sum", route=SEARCH
    )
    assert 0 < spent <= whole


def test_paths_that_strangers_make_up_are_one_route(watched: Portal) -> None:
    for name in ("a", "b"):
        requests.get(f"{watched.api}nothing-{name}/", timeout=300)

    found = metrics(watched)
    routes = {one.labels["route"] for one in found.families["mediadb_requests"].samples}
    assert not [route for route in routes if "nothing" in route]
    assert found.value("mediadb_requests_total", route="unknown", code="404") >= 2


def test_the_state_of_indexes_media_jobs_and_disks_is_there(here: PortalHere) -> None:
    here.add(jpeg(1))
    deleted = here.add(jpeg(2))["id"]
    here.delete(f"media/{deleted}/")
    found = here.post("search/", data={"image": (BytesIO(jpeg(1)), "a.jpg")})
    assert found.json["total"] == 1
    here.add(jpeg(3))

    state = read(here.get("metrics/").text)

    labels = {"application": here.application, "signature": "match"}
    assert state.value("mediadb_index_media", **labels) == 1
    assert state.value("mediadb_index_delta_media", **labels) == 1
    assert state.value("mediadb_index_behind_entries", **labels) == 1
    assert state.value("mediadb_index_unwritten_entries", **labels) == 4
    assert state.value("mediadb_media", state="active") == 2
    assert state.value("mediadb_media", state="deleted") == 1
    assert state.value("mediadb_database_up") == 1
    assert state.value("mediadb_disk_free_bytes", disk="files") > 0
    assert state.value("mediadb_decoding_limit_bytes") == here.ingest.budget.total_bytes
    assert "mediadb_jobs" in state.families


def test_what_failed_is_counted(here: PortalHere) -> None:
    def failures() -> float:
        text = here.get("metrics/").text
        return read(text).value("mediadb_failures_total", what="decoding")

    before = failures()
    with here.ingest.budget.room_for(here.ingest.budget.total_bytes):
        assert here.upload(jpeg(1)).status_code == 503

    assert failures() == before + 1


def test_an_index_that_cannot_be_read_is_no_database_that_is_away(here: PortalHere) -> None:
    here.add(jpeg(1))
    assert here.post("search/", data={"image": (BytesIO(jpeg(1)), "a.jpg")}).status_code == 200
    wait_for_background()
    folder = index_root(here.app)
    shutil.rmtree(folder)
    folder.write_text("no folder")

    state = read(here.get("metrics/").text)

    assert state.value("mediadb_database_up") == 1
    assert state.value("mediadb_media", state="active") == 1


def test_the_copies_of_each_shard_are_told(mongodb_uri: str, tmp_path: Path) -> None:
    """Whatever indexes this worker was asked for; 0 copies is not the same as no cluster."""
    shards = [
        {"shard": 0, "copies": [{"answers": True, "whole": True}] * 2},
        {
            "shard": 1,
            "copies": [{"answers": True, "whole": False}, {"answers": False, "whole": False}],
        },
    ]
    body = json.dumps({"shards": shards}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
    with serve(lambda exchange: exchange.send(head + body)) as door:
        told = _of_cluster(mongodb_uri, tmp_path, f"http://127.0.0.1:{door.port}")

    assert told.value("mediadb_cluster_up") == 1
    for shard, copies in (("0", 2), ("1", 0)):
        assert told.value("mediadb_cluster_copies", shard=shard) == copies
        assert told.value("mediadb_cluster_copies_wanted", shard=shard) == 2


def test_a_cluster_that_is_away_is_told(mongodb_uri: str, tmp_path: Path) -> None:
    told = _of_cluster(mongodb_uri, tmp_path, "http://127.0.0.1:9")

    assert [one.value for one in told.families["mediadb_cluster_up"].samples] == [0]
    assert told.families["mediadb_cluster_copies"].samples == []


def test_without_a_cluster_nothing_is_told_of_one(here: PortalHere) -> None:
    told = read(here.get("metrics/").text)

    assert told.families["mediadb_cluster_up"].samples == []


def _of_cluster(mongodb_uri: str, folder: Path, door: str) -> Metrics:
    name = f"mediadb_test_{secrets.token_hex(6)}"
    uri = f"{mongodb_uri.rstrip('/')}/{name}"
    with portal_here(uri, folder / "files", MEDIADB_CLUSTER=[door]) as portal:
        told = read(portal.get("metrics/").text)
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)
    return told


def test_a_picture_that_was_replaced_is_no_media_of_its_own(here: PortalHere) -> None:
    media = here.add(jpeg(1))["id"]
    new = {"image": (BytesIO(jpeg(2)), "b.jpg")}
    assert here.put(f"media/{media}/file/", data=new).status_code == 200

    assert read(here.get("metrics/").text).value("mediadb_media", state="active") == 1


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, 200),
        ({"base_url": "http://127.0.0.1:8000"}, 200),
        ({"base_url": "http://[::1]:8000"}, 200),
        ({"base_url": "http://pictures.example.org"}, 401),  # a proxy that says nothing else
        ({"headers": {"X-Forwarded-Proto": "https"}}, 401),
        ({"headers": {"CF-Connecting-IP": "203.0.113.7"}}, 401),
        ({"environ_overrides": {"SERVER_PROTOCOL": "HTTP/1.0"}}, 401),  # nginx, unless told
        ({"environ_overrides": {"REMOTE_ADDR": "203.0.113.7"}}, 401),
        ({"environ_overrides": {"REMOTE_ADDR": ""}}, 401),
    ],
)
def test_a_proxy_on_this_machine_opens_nothing(
    here: PortalHere, asked: dict[str, Any], code: int
) -> None:
    answer = here.app.test_client().get("/api/1/mediadb/metrics/", **asked)
    assert answer.status_code == code


def test_where_a_token_is_set_this_machine_needs_it_too(here: PortalHere) -> None:
    here.app.config["MEDIADB_METRICS_TOKEN"] = "letmesee"
    client = here.app.test_client()

    assert client.get("/api/1/mediadb/metrics/").status_code == 401
    assert client.get("/api/1/mediadb/metrics/", headers=TOKEN).status_code == 200


def test_from_elsewhere_the_token_or_an_administrator_is_needed(
    watched: Portal, tenant: Tenant
) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.7"}
    admin = watched.client(watched.user("root@example.org", admin=True))

    def status(**headers: str) -> int:
        url = f"{watched.api}metrics/"
        return requests.get(url, headers={**forwarded, **headers}, timeout=300).status_code

    assert status() == 401
    assert status(Authorization="Bearer wrong") == 401
    assert status(**TOKEN) == 200
    assert status(**{"X-API-KEY": str(tenant.client.key)}) == 403
    assert status(**{"X-API-KEY": str(admin.key)}) == 200
