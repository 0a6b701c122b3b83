"""Only browsers that show a page of this server are answered, and nobody is told Streamlit's measurements."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from analytics.server.middleware import middleware, routes

OWN = "127.0.0.1:8501"


async def page(request):  # noqa: ARG001
    return PlainTextResponse("page")


async def stream(websocket):
    await websocket.accept()
    await websocket.close()


def answer(path="/overview", **headers):
    """The status of the answer to a request for a page."""
    return asked({"type": "http", "method": "GET"}, path, headers)[0]["status"]


def connected(path="/_stcore/stream", **headers):
    """Whether a WebSocket is accepted."""
    return asked({"type": "websocket", "subprotocols": []}, path, headers)[0]["type"] == "websocket.accept"


def asked(scope, path, headers):
    """What a server with our middleware sends."""
    inside = [WebSocketRoute("/_stcore/stream", stream), *routes(), Route("/{path:path}", page)]
    app = Starlette(routes=inside, middleware=middleware())
    raw = [(name.encode(), value.encode()) for name, value in ({"host": OWN} | headers).items()]
    incoming = iter([{"type": "websocket.connect" if scope["type"] == "websocket" else "http.request"}])
    sent = []

    async def receive():
        return next(incoming)

    async def send(message):
        sent.append(message)

    request = {**scope, "path": path, "query_string": b"", "headers": raw}
    with ThreadPoolExecutor() as thread:  # this one may have a loop of a browser's
        thread.submit(asyncio.run, app(request, receive, send)).result()
    return sent


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8501", "http://localhost:8501", "http://127.0.0.1:3000"])
def test_pages_of_this_server_are_answered(origin):
    assert answer(origin=origin) == 200
    assert connected(origin=origin)


def test_a_page_at_the_very_host_that_was_asked_is_answered():
    assert connected(host="[::1]:8501", origin="http://[::1]:8501")
    assert not connected(host="[::1]:8501", origin="http://[::1]:3000")


def test_programs_that_name_no_origin_are_answered():
    assert answer() == 200
    assert connected()


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://evil.example:8501",
        "http://127.0.0.1.evil.example:8501",
        "http://127.0.0.1:8501@evil.example",
        "http://192.168.1.5:8501",
        "http://[",
        "null",
        "",
    ],
)
def test_pages_of_other_hosts_are_refused(origin):
    assert answer(origin=origin) == 403
    assert not connected(origin=origin)


def test_requests_to_another_name_are_refused():
    assert answer(host="evil.example") == 400
    assert not connected(host="evil.example", origin="http://evil.example")


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/below/_stcore/metrics"])
def test_measurements_of_streamlit_are_not_found(path):
    assert answer(path) == 404
    assert answer("/_stcore/health") == 200
