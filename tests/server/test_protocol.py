"""What a connection may send before a request is understood: heads within 64 KiB and 10 seconds, and little at once."""

import contextlib
import resource
import socket
import time
from urllib.parse import urlsplit

import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from analytics.server import protocol
from analytics.server.faults import LoggedFaults
from analytics.store.event_store import open_store_at
from tests.collector.crash import Killed
from tests.servers import serving

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"
TOO_LARGE = b"HTTP/1.1 431 "


async def echo(request: Request):
    body = await request.body()
    return PlainTextResponse(f"{request.scope['scheme']} {request.client.host} {body.decode()}")


@pytest.fixture(scope="module")
def address():
    app = Starlette(routes=[Route("/", echo, methods=["POST"])], middleware=[Middleware(LoggedFaults)])
    with serving(app) as address:
        yield address


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)


def connect(address):
    place = urlsplit(address)
    return socket.create_connection((place.hostname, place.port), timeout=5)


def talk(address, *said):
    """What the server answers until it ends the connection, which it must within five seconds."""
    with connect(address) as connection:
        answer = b""
        with contextlib.suppress(ConnectionError):
            for part in said:
                connection.sendall(part)
            while part := connection.recv(65_536):
                answer += part
        return answer


@contextlib.contextmanager
def few_open_files():
    """Programs that are started here may have as many open files as most machines let them, or fewer."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        HEAD + b"X: " + b"x" * 70_000,
        b"POST /" + b"x" * 70_000,
        HEAD + b"".join(b"X%d: %s\r\n" % (number, b"x" * 1_000) for number in range(90)) + b"\r\n",
        HEAD + b"a:b\r\n" * 200 + b"\r\n",
    ],
    ids=["one header", "without end", "the address", "all together", "many"],
)
def test_a_head_that_is_too_large_is_refused(address, head):
    assert talk(address, head).startswith(TOO_LARGE)


def test_a_head_within_the_limits_is_taken(address):
    head = HEAD + b"X: " + b"x" * 60_000 + b"\r\n" + b"a:b\r\n" * 90
    answer = talk(address, head[:100], head[100:] + b"Connection: close\r\nContent-Length: 2\r\n\r\n", b"ab")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b" ab")


@pytest.mark.parametrize("trailers", [b"a:b\r\n" * 200 + b"\r\n", b"a:" + b"x" * 300_000], ids=["many", "without end"])
def test_what_follows_a_body_has_the_same_limits(address, trailers):
    assert b" 200 " not in talk(address, CHUNKED + trailers)


def test_a_body_may_be_longer_than_any_head(address):
    body = "x" * 1_000_000
    assert requests.post(address, body, timeout=10).text.endswith(body)


@pytest.mark.parametrize("said", [b"", HEAD, HEAD + b"X: 1\r\n\r\n" + HEAD], ids=["nothing", "a part", "a second part"])
def test_who_does_not_finish_a_head_is_let_go(address, hurried, said):  # noqa: ARG001
    began = time.monotonic()
    talk(address, said)
    assert 0.2 < time.monotonic() - began < 3


def test_each_byte_of_a_head_in_its_time_makes_no_more_of_it(address, hurried):  # noqa: ARG001
    def drip(slow):
        for byte in HEAD + b"X: " + b"x" * 200:
            slow.sendall(bytes([byte]))
            time.sleep(0.02)

    with connect(address) as slow, pytest.raises(ConnectionError):
        drip(slow)


def test_a_slow_body_and_a_slow_answer_are_no_part_of_that_time(address, hurried):  # noqa: ARG001
    with connect(address) as slow:
        slow.sendall(HEAD + b"Content-Length: 4\r\n\r\nab")
        time.sleep(0.6)
        slow.sendall(b"cd")
        assert slow.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_few_requests_may_wait_for_the_answer_to_an_earlier_one(address):
    one = HEAD + b"Content-Length: 0\r\n\r\n"
    with connect(address) as connection:
        connection.sendall(one * 10)
        answer = b""
        while answer.count(b"HTTP/1.1 200 ") < 10:
            answer += connection.recv(65_536)
    assert b" 200 " not in talk(address, one * 1_000)


def test_nothing_says_what_the_server_is_and_no_header_makes_a_client_another(address):
    answer = requests.post(
        address, "", headers={"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}, timeout=10
    )
    assert answer.text == "http 127.0.0.1 "
    assert "Server" not in answer.headers
    assert b"\nserver" not in talk(address, b"no request\r\n\r\n").lower()


def test_uvicorn_is_as_this_relies_on():
    ours = {name for name in vars(protocol.LimitedProtocol) if not name.startswith("_")} - {"give_up"}
    assert ours <= vars(HttpToolsProtocol).keys()
    assert "startup" in vars(uvicorn.Server)


def test_a_thousand_heads_without_end_and_silent_connections_cost_little_and_others_are_served(tmp_path):
    url = f"duckdb:///{tmp_path / 'events.duckdb'}"
    open_store_at(url).close()
    collector = Killed(url)
    with few_open_files():
        collector.start()
    held = []
    try:
        before = collector.peak_memory()
        held += [connect(collector.address) for _ in range(500)]  # they stay silent
        for _ in range(1_000):
            held.append(connect(collector.address))
            with contextlib.suppress(ConnectionError):
                held[-1].sendall(HEAD + b"a:b\r\n" * 90 + b"X: " + b"x" * 60_000)
        with contextlib.suppress(ConnectionError):
            for _ in range(200):
                held[-1].sendall(b"x" * 2**20)
        assert requests.get(f"{collector.address}/v1/health", timeout=5).ok
        assert collector.peak_memory() - before < 50 * 2**20
    finally:
        for connection in held:
            connection.close()
        collector.stop()
