"""Two machines answer for a portal: the lists of one, at once, for nobody without the secret."""

import pickle
import time

import pytest
import requests

from udata_mediadb.indexing.models import CLUSTER, ClusterLayout
from udata_mediadb.indexing.shards.client import SECRET_HEADER

from .conftest import Library
from .machines import DOORS
from .searching import Searches, compared, going_on

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.xdist_group("cluster")]


def test_the_portal_finds_what_is_stored(library: Library) -> None:
    for seed, media in library.media.items():
        assert library.found(seed)[0] == media


@pytest.mark.parametrize("signature", ["match", "similarity", "colors"])
def test_lists_are_those_of_one_index(library: Library, signature: str) -> None:
    asking, into = compared(library.application, signature), Searches()
    for number in range(len(asking.asked)):
        asking.once(number, into)

    assert (into.wrong, into.errors) == (0, [])
    assert len(into.took) >= len(library.media)


def test_what_one_request_stored_the_next_search_knows(library: Library) -> None:
    """Uploads are found at once, deletions are not found any more."""
    for seed in range(1000, 1012):
        media = library.upload(seed)
        assert media in library.found(seed)
        library.client.delete(f"media/{media}/")
        assert media not in library.found(seed)


def test_status_lists_shards_and_copies(library: Library) -> None:
    (told,) = library.client.get("status/").json()["applications"]
    shards = told["indexes"]["match"]["shards"]

    assert told["indexes"]["match"]["behind"] == 0
    assert [len(shard["copies"]) for shard in shards] == [2, 2]
    for shard in shards:
        assert {copy["node"] for copy in shard["copies"]} == {"10.77.0.1", "10.77.0.2"}
        assert all(copy["answers"] and copy["behind"] >= 0 for copy in shard["copies"])
    assert "shard 1: " in library.machines.cluster("status", *library.options)


def test_check_compares_with_an_index_of_its_own(library: Library) -> None:
    told = library.machines.cluster("check", *library.options, "--queries", "12")

    assert "12 of 12 lists are equal" in told


@pytest.mark.parametrize("secret", [None, "", "wrong"])
def test_a_door_wants_the_secret(library: Library, secret: str | None) -> None:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    for path in ("/shortlists", "/status", "/words", "/"):
        answer = requests.post(DOORS[0] + path, data=b"", headers=headers, timeout=30)
        assert answer.status_code == 401, path


@pytest.mark.parametrize("body", [b"", b"PK", b"x" * 1000, pickle.dumps({"k": 1})])
def test_a_door_reads_no_pickle_and_nothing_strange(library: Library, body: bytes) -> None:
    with library.portal.app.app_context():
        secret = ClusterLayout.objects.get(id=CLUSTER).secret
    answer = requests.post(
        f"{DOORS[0]}/shortlists", data=body, headers={SECRET_HEADER: secret}, timeout=30
    )

    assert answer.status_code == 400


def test_two_shards_become_three_while_searches_go_on(library: Library) -> None:
    asking = compared(library.application)
    with going_on(asking) as searches:
        told = library.machines.cluster(
            "start", *library.options, "--shards", "3",
            "--index-root", str(library.machines.folder / "indexes"), "--wait", "120",
        )  # fmt: skip
        time.sleep(1)

    assert "3 shards with 2 copies are whole" in told
    assert (searches.wrong, searches.errors) == (0, [])
    assert len(searches.took) > 20
    (told,) = library.client.get("status/").json()["applications"]
    assert len(told["indexes"]["match"]["shards"]) == 3
