"""A machine is lost while searches go on: none fails, none is wrong. Last: it breaks things."""

import os
import signal

import pytest

from tests.waiting import eventually

from .conftest import Library
from .machines import ADDRESSES, Machines
from .searching import Searches, compared, going_on

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.xdist_group("cluster")]
SOON_S = 300


def whole(library: Library) -> bool:
    """Whether each shard has two copies that answer."""
    told = library.machines.cluster("status", *library.options, check=False)
    return told.startswith("0") and "no answer" not in told and told.count("whole") % 2 == 0


def answers(library: Library, count: int, searches: Searches) -> None:
    """Wait until so many more searches were answered."""
    wanted = len(searches.took) + count
    eventually(lambda: len(searches.took) >= wanted or searches.errors, SOON_S)


def test_a_pulled_cable_costs_no_answer(library: Library) -> None:
    with going_on(compared(library.application)) as searches:
        answers(library, 20, searches)
        library.machines.cable("b", plugged=False)
        answers(library, 150, searches)
        library.machines.cable("b", plugged=True)
        library.machines.restart("b")
        answers(library, 20, searches)

    assert (searches.wrong, searches.errors) == (0, [])


def test_a_killed_machine_costs_no_answer_and_comes_back(library: Library) -> None:
    """`start` goes on without it, and says so."""
    eventually(lambda: whole(library), SOON_S)
    with going_on(compared(library.many)) as searches:
        answers(library, 20, searches)
        library.machines.kill("b")
        answers(library, 150, searches)
        media = library.upload(2000)
        assert media in library.found(2000)
        library.client.delete(f"media/{media}/", params={"force": "true"})
        # a copy that lives, and is only busy, has said something in that time
        told = library.machines.cluster("start", *library.options, "--missing", "20")
        lost = library.machines.cluster("status", *library.options)
        library.machines.restart("b")
        eventually(lambda: whole(library), SOON_S)

    assert "without shard 0 copy" in told
    assert "Ray knows 1 machine: 10.77.0.1 (lost: 10.77.0.2)" in lost
    assert "copies do not answer. Start Ray on the machine that is lost" in lost
    assert "All is well" in library.machines.cluster("status", *library.options)
    assert "WARNING Ray knows 1 machine: 10.77.0.1" in told
    assert (searches.wrong, searches.errors) == (0, [])
    assert "no answer" not in library.machines.cluster("status", *library.options)


def test_start_ends_where_a_shard_has_no_copy(library: Library) -> None:
    """It says which one, and what to do; it does not wait for ever."""
    eventually(lambda: whole(library), SOON_S)
    stopped = [pid for machine in ADDRESSES for pid in library.machines.copies(machine)]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        told = library.machines.cluster("start", *library.options, "--missing", "4", check=False)
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)

    assert told.startswith("1\n")
    assert "has no copy that answers after 4 s" in told
    assert "Start Ray on the others and start again" in told


def test_without_the_head_uploads_go_on_and_with_it_searches(library: Library) -> None:
    """All of the machine with Ray's head; its state is in Redis."""
    machines: Machines = library.machines
    eventually(lambda: whole(library), SOON_S)
    machines.kill("a")
    media = library.upload(3000)
    assert library.client.get(f"media/{media}/").status_code == 200
    form = {"application": library.application}
    answer = library.client.post("search/", data=form, files={"image": b""})
    assert answer.status_code in (400, 415)

    machines.restart("a")
    eventually(lambda: _answers(library, media), SOON_S)
    eventually(lambda: whole(library), SOON_S)

    assert (media in library.found(3000), library.client.get("status/").status_code) == (True, 200)


def _answers(library: Library, media: str) -> bool:
    form = {"application": library.application, "media": media}
    answer = library.client.post("search/", data=form)
    assert answer.status_code in (200, 503), answer.text
    if answer.status_code == 503:
        assert answer.headers["Retry-After"]
    return answer.status_code == 200


def test_without_shards_searches_say_when_to_come_back(library: Library) -> None:
    """503 with Retry-After, never a part of an answer; uploads and lists go on."""
    assert "stopped" in library.machines.cluster("stop", *library.options)

    form = {"application": library.application, "media": library.media[0]}
    answer = library.client.post("search/", data=form)
    assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    media = library.upload(4000)
    assert library.client.get(f"media/{media}/").status_code == 200
    assert library.copies(library.application) == []
    assert library.machines.cluster("status", *library.options, check=False).startswith("1\n")
