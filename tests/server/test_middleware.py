"""Only programs of this machine and browsers that show a page of this server are answered, with safe headers."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from streamlit import config

from analytics.collector.log_lines import JsonLines
from analytics.server.loopback import is_loopback
from analytics.server.middleware import middleware, refuse_start, routes

OWN = "127.0.0.1:8501"


async def page(request):
    if request.url.path == "/broken":
        raise RuntimeError("+254712345678")
    if request.url.path == "/left":
        await request.body()
    return PlainTextResponse("page")


async def stream(websocket):
    await websocket.accept()
    await websocket.close()


def answer(path="/overview", **headers):
    """The status of the answer to a request for a page."""
    return asked({"type": "http", "method": "GET", "scheme": "http"}, path, headers)[0]["status"]


def connected(path="/_stcore/stream", **headers):
    """Whether a WebSocket is accepted."""
    scope = {"type": "websocket", "subprotocols": [], "scheme": "ws"}
    return asked(scope, path, headers)[0]["type"] == "websocket.accept"


def headers_of(path="/overview", scheme="http", **headers):
    """The headers of the answer to a request for a page."""
    return Headers(raw=asked({"type": "http", "method": "GET", "scheme": scheme}, path, headers)[0]["headers"])


def asked(scope, path, headers, *, comes="http.request"):
    """What a server with our middleware sends."""
    inside = [WebSocketRoute("/_stcore/stream", stream), *routes(), Route("/{path:path}", page)]
    app = Starlette(routes=inside, middleware=middleware())
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in ({"host": OWN} | headers).items()]
    incoming = iter([{"type": "websocket.connect" if scope["type"] == "websocket" else comes}])
    sent = []

    async def receive():
        return next(incoming)

    async def send(message):
        sent.append(message)

    request = {"server": ("127.0.0.1", 8501), **scope, "path": path, "query_string": b"", "headers": raw}
    with ThreadPoolExecutor() as thread:  # this one may have a loop of a browser's
        thread.submit(asyncio.run, app(request, receive, send)).result()
    return sent


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "[::1]:8501", "localhost"])
def test_pages_of_this_server_are_answered(host):
    assert answer(host=host, origin=f"http://{host}") == 200
    assert connected(host=host, origin=f"http://{host}")


def test_programs_that_name_no_origin_are_answered():
    assert answer() == 200
    assert connected()


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://127.0.0.1:3000",
        "https://127.0.0.1:8501",
        "http://localhost:8501",
        "http://evil.example:8501",
        "http://127.0.0.1.evil.example:8501",
        "http://127.0.0.1:8501@evil.example",
        "http://192.168.1.5:8501",
        "http://[",
        "null",
        "",
    ],
)
def test_pages_of_other_origins_are_refused(origin):
    assert answer(origin=origin) == 403
    assert not connected(origin=origin)


def test_requests_to_another_name_are_refused():
    assert answer(host="evil.example") == 400
    assert not connected(host="evil.example", origin="http://evil.example")


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/below/_stcore/metrics"])
def test_measurements_of_streamlit_are_not_found(path):
    assert answer(path) == 404
    assert answer("/_stcore/health") == 200


@pytest.mark.parametrize("name", ["forwarded", "x_forwarded_for", "x_forwarded_proto", "x_forwarded_host"])
def test_what_comes_through_a_proxy_is_refused_in_words(name):
    refused, body = asked({"type": "http", "method": "GET", "scheme": "http"}, "/overview", {name: "127.0.0.1"})
    assert refused["status"] == 403
    assert b"Set up sign-in" in body["body"]
    assert not connected(**{name: "127.0.0.1"})


@pytest.mark.parametrize(
    ("reached_at", "status"), [("127.0.0.1", 200), ("::ffff:127.0.0.1", 200), ("192.168.1.5", 403)]
)
def test_a_server_around_the_app_answers_only_at_an_address_of_this_machine_alone(reached_at, status):
    scope = {"type": "http", "method": "GET", "scheme": "http", "server": (reached_at, 8501)}
    assert asked(scope, "/overview", {})[0]["status"] == status


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.8.7", "::1", "[::1]", "localhost", "::ffff:127.0.0.1"])
def test_some_addresses_are_reached_by_this_machine_alone(address):
    assert is_loopback(address)


@pytest.mark.parametrize("option", ["server.address", "browser.serverAddress"])
@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", "192.168.1.5", "::ffff:192.168.1.5", "reports.example", "0"])  # noqa: S104
def test_the_app_does_not_start_where_others_reach_it(option, address, monkeypatch):
    assert refuse_start() is None
    told = {"server.address": "127.0.0.1", "browser.serverAddress": "127.0.0.1", option: address}
    monkeypatch.setattr("streamlit.get_option", told.get)
    assert f"would answer other machines at {address or 'all addresses'}," in refuse_start()
    assert "Set up sign-in" in refuse_start()
    assert "ssh -L" in refuse_start()


def test_streamlit_knows_its_name_and_asks_nobody_for_it():
    assert config.is_manually_set("browser.serverAddress")


def test_every_answer_says_what_its_page_may_load_and_who_may_show_it():
    for refused in ({}, {"origin": "https://evil.example"}, {"x_forwarded_for": "1.2.3.4"}, {"host": "evil.example"}):
        found = headers_of(**refused)
        assert "frame-ancestors 'none'" in found["content-security-policy"]
        assert found["x-content-type-options"] == "nosniff"
        assert found["referrer-policy"] == "no-referrer"
        assert "geolocation=()" in found["permissions-policy"]
        assert "strict-transport-security" not in found
    assert "connect-src 'self' ws://127.0.0.1:8501;" in headers_of()["content-security-policy"]
    secure = headers_of(scheme="https")
    assert "connect-src 'self' wss://127.0.0.1:8501;" in secure["content-security-policy"]
    assert secure["strict-transport-security"] == "max-age=31536000"


def test_a_host_cannot_write_into_the_headers():
    assert "evil" not in headers_of(host="127.0.0.1 evil.example; script-src *")["content-security-policy"]


@pytest.mark.parametrize(("path", "comes", "said"), [
    ("/left", "http.disconnect", "A client left before it was answered"),
    ("/broken", "http.request", "A request could not be answered"),
])  # fmt: skip
def test_an_error_is_one_line_of_the_log_and_nothing_of_what_was_sent(path, comes, said, caplog):
    caplog.set_level("INFO")
    sent = asked({"type": "http", "method": "GET", "scheme": "http"}, path, {}, comes=comes)
    assert [message["status"] for message in sent if "status" in message] == ([] if path == "/left" else [500])
    (record,) = caplog.records
    line = JsonLines().format(record)
    assert json.loads(line)["message"] == said
    assert "254" not in line
