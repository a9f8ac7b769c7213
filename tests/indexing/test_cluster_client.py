"""How a portal reaches the doors of a cluster, where some are away."""

import threading
from collections.abc import Callable

import pytest

from tests.scripted_server import Exchange, serve
from udata_mediadb.errors import Misconfigured, Unavailable
from udata_mediadb.indexing.models import CLUSTER, ClusterLayout
from udata_mediadb.indexing.shards.client import (
    SECRET_HEADER,
    ClusterClient,
    NoDoor,
    cluster_client,
)
from udata_mediadb.indexing.shards.forms import DOOR_FORM, FORM_HEADER

CLOSED = "http://127.0.0.1:9"  # nobody listens there


def answering(code: int, body: bytes) -> Callable[[Exchange], None]:
    head = f"HTTP/1.1 {code} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return lambda exchange: exchange.send(head.encode() + body)


@pytest.fixture(autouse=True)
def layout(database: str) -> ClusterLayout:
    return ClusterLayout(id=CLUSTER, number=1, shards=1, copies=1, secret="of the test").save()


@pytest.mark.parametrize("away", ["closed", "silent", "broken", "busy"])
def test_the_next_door_answers_where_one_does_not(away: str) -> None:
    ways: dict[str, Callable[[Exchange], None]] = {
        "silent": lambda exchange: exchange.wait(),
        "broken": lambda exchange: exchange.send(b"HTTP/1.1 2"),
        "busy": answering(503, b"no copy"),
        "closed": answering(500, b""),
    }
    with serve(ways[away]) as bad, serve(answering(200, b"lists")) as good:
        first = CLOSED if away == "closed" else f"http://127.0.0.1:{bad.port}"
        client = ClusterClient([first, f"http://127.0.0.1:{good.port}"])
        for _ in range(3):
            assert client.ask("/shortlists", b"question") == b"lists"

    shown = f"{SECRET_HEADER}: of the test", f"{FORM_HEADER}: {DOOR_FORM}"
    asked = [one for one in good.requests if b"/shortlists" in one]
    assert asked
    assert all(line.encode() in one for one in asked for line in shown)


def test_without_any_door_the_answer_is_503_with_a_time_to_come_back() -> None:
    with pytest.raises(Unavailable) as away:
        ClusterClient([CLOSED]).ask("/shortlists", b"question")

    assert away.value.status == 503
    assert int(away.value.headers()["Retry-After"]) > 0


def test_what_a_door_refuses_is_not_asked_elsewhere() -> None:
    with serve(answering(404, b"another version")) as door:
        with pytest.raises(Unavailable):
            ClusterClient([f"http://127.0.0.1:{door.port}"]).ask("/shortlists", b"question")
        assert door.connections == 1


def test_doors_of_another_form_are_each_asked_once_and_the_reason_is_kept() -> None:
    """In the middle of an update one may be older than the other."""
    body = b'{"message": "The portal asks in form 1", "status": 409}'
    with serve(answering(409, body)) as one, serve(answering(409, body)) as other:
        urls = [f"http://127.0.0.1:{door.port}" for door in (one, other)]
        with pytest.raises(NoDoor) as refused:
            ClusterClient(urls).ask("/shortlists", b"question")

    assert (one.connections, other.connections) == (1, 1)
    assert refused.value.why == "The portal asks in form 1"


def test_a_door_that_is_silent_is_not_given_up_while_another_is_asked() -> None:
    """Both may answer; where the other one refuses, the first still counts."""
    waited = threading.Event()

    def late(exchange: Exchange) -> None:
        waited.wait(5)
        answering(200, b"lists")(exchange)

    def refusing(exchange: Exchange) -> None:
        waited.set()
        answering(409, b"")(exchange)

    with serve(late) as slow, serve(refusing) as other:
        client = ClusterClient([f"http://127.0.0.1:{door.port}" for door in (other, slow)])
        assert client.ask("/shortlists", b"question") == b"lists"

    assert slow.connections == 1


@pytest.mark.parametrize("urls", ["http://10.0.0.1:8000", [], [8000], ["ftp://x"], ["http://"]])
def test_a_setting_that_names_no_door_is_refused_at_the_start(urls: object) -> None:
    with pytest.raises(Misconfigured, match="MEDIADB_CLUSTER"):
        cluster_client({"MEDIADB_CLUSTER": urls})


def test_without_the_setting_there_is_no_cluster() -> None:
    assert cluster_client({"MEDIADB_CLUSTER": None}) is None
