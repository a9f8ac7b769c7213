"""A demo directory of an earlier version: served at once, and described anew meanwhile."""

import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import requests
from pymongo import MongoClient
from pymongo.database import Database

from tests.demo.running import Demo, demo
from tests.former_match import former_form
from tests.images import encoded, photo
from tests.waiting import PATIENCE_S
from udata_mediadb.demo.database import DATABASE
from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.indexing.versions import versions_of
from udata_mediadb.recognition.registry import new_registry

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("kills")]

SERVES = "mediadb reindex\n"
FORMER = "72.4.1"
SEEDS = range(80, 86)


def test_a_demo_of_an_earlier_version_is_searched_while_it_is_described_anew(
    tmp_path: Path,
) -> None:
    with (
        EmbeddedMongod(tmp_path / "mongodb") as mongod,
        MongoClient[dict[str, Any]](mongod.uri) as client,
    ):
        with demo(tmp_path / "demo", "--no-samples", "--mongodb", mongod.uri) as first:
            application = first.wait_for(SERVES).facts["application"]
            pictures = {add(first, one): one for one in map(of_512_px, SEEDS)}
            assert first.stop() == 0
        (name,) = [n for n in client.list_database_names() if n.startswith(DATABASE)]
        as_formerly(client[name], application, pictures)
        assert not described_anew(client[name], application)
        with demo(tmp_path / "demo", "--no-samples", "--mongodb", mongod.uri) as second:
            second.wait_for(SERVES)
            end = time.monotonic() + PATIENCE_S
            is_new = False
            while not is_new:
                is_new = described_anew(client[name], application)  # and once more afterwards
                for media, pixels in pictures.items():
                    half = cv2.resize(pixels, None, fx=0.5, fy=0.5)
                    # a search that began before the switch and reads after it may see neither
                    assert media in found(second, half) or media in found(second, half)
                assert time.monotonic() < end
            assert {media["id"] for media in second.media()} == set(pictures)


def of_512_px(seed: int) -> np.ndarray:
    """As version 0.1 saw it."""
    return np.asarray(cv2.resize(photo(seed), (512, 384), interpolation=cv2.INTER_AREA), np.uint8)


def add(running: Demo, pixels: np.ndarray) -> str:
    """The id of the media."""
    answer = requests.post(
        f"{running.facts['api_url']}mediadb/media/",
        headers={"X-API-KEY": running.facts["x_api_key"]},
        files={"image": ("picture.png", encoded(pixels, "PNG"))},
        data={"application": running.facts["application"]},
        timeout=300,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def as_formerly(
    database: Database[dict[str, Any]], application: str, pictures: dict[str, np.ndarray]
) -> None:
    """The descriptions of match as version 0.1 left them."""
    database.mediadb_signature.delete_many({"application": application, "signature": "match@2"})
    key = f"match@{FORMER}"
    database.mediadb_signature.insert_many(
        {
            "_id": f"{media}/{key}",
            "application": application,
            "media": media,
            "signature": key,
            "data": former_form(seen),
        }
        for media, seen in pictures.items()
    )
    database.mediadb_application.update_one({"_id": application}, {"$set": {"built.match": FORMER}})


def described_anew(database: Database[dict[str, Any]], application: str) -> bool:
    """Whether the version of today is the one that is searched, and nothing else is stored."""
    kept = {"application": application, "signature": {"$regex": "^match@"}}
    keys = set(database.mediadb_signature.distinct("signature", kept))
    built = database.mediadb_application.find_one({"_id": application})
    assert built is not None
    return keys == {"match@2"} and built["built"]["match"] == versions_of(new_registry())["match"]


def found(running: Demo, pixels: np.ndarray) -> set[str]:
    """The media that a search with a small copy finds."""
    facts = running.facts
    _, data = cv2.imencode(".jpg", pixels[:, :, ::-1])
    answer = requests.post(
        f"{facts['api_url']}mediadb/search/",
        headers={"X-API-KEY": facts["x_api_key"]},
        files={"image": ("copy.jpg", data.tobytes())},
        data={"application": facts["application"], "signatures": '["match"]'},
        timeout=300,
    )
    assert answer.status_code == 200, answer.text
    return {hit["media"]["id"] for hit in answer.json()["data"]}
