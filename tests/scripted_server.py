"""A real HTTP server on loopback whose every byte is scripted by the test."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Exchange:
    """One connection: the request that came, and what the test makes of it."""

    def __init__(self, connection: socket.socket, stopped: threading.Event) -> None:
        self._connection = connection
        self._stopped = stopped
        self.request = b""

    def read_request(self) -> None:
        while b"\r\n\r\n" not in self.request:
            part = self._connection.recv(4096)
            if not part:
                return
            self.request += part

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def drip(self, data: bytes) -> None:
        """Byte by byte with a pause between, over and over, until the client leaves."""
        while True:
            for value in data:
                if self._stopped.wait(0.02):
                    return
                self.send(bytes([value]))

    def wait(self) -> None:
        """Say nothing until the test is over."""
        self._stopped.wait()


class ScriptedServer:
    """What arrived so far: `connections`, their `requests`, and the `server_names` of TLS."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests: list[bytes] = []
        self.connections = 0
        self.server_names: list[str | None] = []


@contextmanager
def serve(
    answer: Callable[[Exchange], None],
    *,
    tls: ssl.SSLContext | None = None,
    address: str = "127.0.0.1",
    before_tls: bool = False,
) -> Iterator[ScriptedServer]:
    """A server on a free port of loopback; stopped, its threads joined, when the block ends.

    `before_tls`: the answer is given in place of a TLS handshake and of a request.
    """
    stopped = threading.Event()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as listener:
        listener.bind((address, 0))
        listener.listen()
        listener.settimeout(0.01)
        server = ScriptedServer(listener.getsockname()[1])
        if tls is not None:
            tls.sni_callback = lambda _, name, __: server.server_names.append(name)
        threads: list[threading.Thread] = []

        def talk(connection: socket.socket) -> None:
            try:
                with connection:
                    secured = tls.wrap_socket(connection, server_side=True) if tls else connection
                    with secured:
                        exchange = Exchange(secured, stopped)
                        if not before_tls:
                            exchange.read_request()
                            server.requests.append(exchange.request)
                        answer(exchange)
            except OSError:
                pass  # the client has left

        def accept() -> None:
            while not stopped.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                connection.settimeout(60)
                server.connections += 1
                threads.append(threading.Thread(target=talk, args=(connection,)))
                threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield server
        finally:
            stopped.set()
            accepting.join()
            for thread in threads:
                thread.join()
