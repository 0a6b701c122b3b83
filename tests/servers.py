"""Servers that tests talk to: of a real app, the collector or another, and one that answers whatever it is told."""

import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from analytics.collector.collector import Collector, running
from analytics.collector.observe import Beside
from analytics.server.protocol import limit_servers
from analytics.settings import Settings
from analytics.store.event_store import EventStore


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Yield the address of a server of an app, within the limits that ours keep."""
    limit_servers()
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, ws="websockets-sansio", log_level="warning", access_log=False)  # as Streamlit has it
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@contextmanager
def collector(store: EventStore, limits: Settings | None = None, beside: Beside | None = None) -> Iterator[str]:
    """Yield the address of a collector that keeps events in a store, beside whatever else its process does."""
    collecting = Collector(lambda: store, limits or Settings(), beside)
    with serving(Starlette(routes=[Mount("/v1", app=collecting)], lifespan=lambda _: running(collecting))) as address:
        yield address


class Scripted:
    """A server that gives the next of its answers to each request, the last one for ever, and keeps the requests."""

    def __init__(self, *answers: tuple[int, Mapping[str, str], bytes]) -> None:
        self.requests: list[tuple[str, Mapping[str, str], bytes]] = []
        self._answers = list(answers)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        def post(handler: BaseHTTPRequestHandler) -> None:
            self._post(handler)

        return type("Handler", (BaseHTTPRequestHandler,), {"do_POST": post, "log_message": lambda *_: None})

    def _post(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.requests.append((handler.path, handler.headers, body))
        status, headers, answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(answer)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(answer)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,)).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def silent() -> Iterator[str]:
    """Yield the address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def hanging_up(said: bytes = b"") -> Iterator[str]:
    """Yield the address of a server that says something, then ends each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    connection.sendall(said)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


@contextmanager
def dripping(said: bytes) -> Iterator[str]:
    """Yield the address of a server that says something to one client, a byte each tenth of a second."""
    left = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                for byte in said:
                    if not left.wait(0.1):
                        connection.sendall(bytes([byte]))

        dripping = threading.Thread(target=serve)
        dripping.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        left.set()
        dripping.join()


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return once a server that a process is starting answers; raise where it ends before, or takes too long."""
    for _ in range(1_500):
        if process.poll() is not None:
            raise RuntimeError(f"the app ended before it answered: {process.args}")
        try:
            urlopen(url).close()
        except URLError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(url)
