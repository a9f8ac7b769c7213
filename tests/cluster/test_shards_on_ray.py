"""Two machines answer for a portal: the lists of one, at once, for nobody without the secret."""

import pickle

import pytest
import requests

from udata_mediadb.indexing.models import CLUSTER, ClusterLayout
from udata_mediadb.indexing.shards.client import SECRET_HEADER
from udata_mediadb.indexing.shards.forms import DOOR_FORM, FORM_HEADER

from .conftest import Library
from .machines import ADDRESSES, DOORS
from .searching import Searches, compared

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
    library.found(0)
    copies = library.copies(library.application)

    assert [copy["shard"] for copy in copies] == [0, 0, 1, 1]
    assert all(copy["answers"] and copy["behind"] >= 0 for copy in copies)
    for shard in range(2):
        nodes = {copy["node"] for copy in copies if copy["shard"] == shard}
        assert nodes == set(ADDRESSES.values())
    assert "shard 1: " in library.machines.cluster("status", *library.options)
    metrics = library.client.get("metrics/").text
    assert "mediadb_cluster_up 1.0" in metrics
    for shard in range(2):
        assert f'mediadb_cluster_copies{{shard="{shard}"}} 2.0' in metrics
        assert f'mediadb_cluster_copies_wanted{{shard="{shard}"}} 2.0' in metrics


def test_check_compares_with_an_index_of_its_own(library: Library) -> None:
    told = library.machines.cluster("check", *library.options, "--queries", "12")

    assert "12 of 12 lists are equal" in told


@pytest.mark.parametrize("secret", [None, "", "wrong"])
def test_a_door_wants_the_secret(library: Library, secret: str | None) -> None:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    for path in ("/shortlists", "/status", "/words", "/"):
        answer = requests.post(DOORS[0] + path, data=b"", headers=headers, timeout=300)
        assert answer.status_code == 401, path


@pytest.mark.parametrize("body", [b"", b"PK", b"x" * 1000, pickle.dumps({"k": 1})])
def test_a_door_reads_no_pickle_and_nothing_strange(library: Library, body: bytes) -> None:
    with library.portal.app.app_context():
        secret = ClusterLayout.objects.get(id=CLUSTER).secret
    headers = {SECRET_HEADER: secret, FORM_HEADER: str(DOOR_FORM)}
    answer = requests.post(f"{DOORS[0]}/shortlists", data=body, headers=headers, timeout=300)

    assert answer.status_code == 400


def test_a_door_refuses_a_portal_of_another_form(library: Library) -> None:
    """Whatever it asks: it is told why, and never answered by half."""
    with library.portal.app.app_context():
        secret = ClusterLayout.objects.get(id=CLUSTER).secret
    for shown in ({}, {FORM_HEADER: "0"}, {FORM_HEADER: str(DOOR_FORM + 1)}):
        headers = {SECRET_HEADER: secret, **shown}
        for path in ("/shortlists", "/status", "/words", "/copies"):
            answer = requests.post(DOORS[0] + path, data=b"", headers=headers, timeout=300)
            assert answer.status_code == 409, path
            assert "versions of udata-mediadb that go together" in answer.json()["message"]
