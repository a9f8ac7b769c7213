"""What is still sent after a refusal is read away, but not for ever."""

import socket
import threading
from collections.abc import Iterator

import pytest

from udata_mediadb.web import bodies

from ..waiting import PATIENCE_S

SENT = 40 << 20


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The server's end of a connection, and its client's."""
    ours, its = socket.socketpair()
    with ours, its:
        yield ours, its


def test_who_goes_on_sending_is_read_to_the_end(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "SILENCE_S", PATIENCE_S)
    monkeypatch.setattr(bodies, "LINGER_S", PATIENCE_S)
    ours, its = ends

    def send() -> None:
        its.sendall(bytes(SENT))
        its.shutdown(socket.SHUT_WR)

    client = threading.Thread(target=send)
    client.start()
    bodies._read_away({"gunicorn.socket": ours})
    client.join()

    assert ours.recv(1) == b"", "all was read"


def test_who_is_silent_is_waited_for_a_moment_only(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "SILENCE_S", 0.01)
    monkeypatch.setattr(bodies, "LINGER_S", 10 * PATIENCE_S)
    ours, its = ends
    its.sendall(b"the beginning")

    bodies._read_away({"gunicorn.socket": ours})

    its.sendall(b"more")
    ours.settimeout(PATIENCE_S)
    assert ours.recv(100) == b"more", "it stopped reading, and the connection is as it was"


def test_nobody_is_read_for_ever(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "LINGER_S", 0.0)
    ours, its = ends
    its.sendall(b"a drop")

    bodies._read_away({"gunicorn.socket": ours})

    assert ours.recv(100) == b"a drop"
