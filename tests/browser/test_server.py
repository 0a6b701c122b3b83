"""The server answers those who look at it, and nobody else."""

import http.client
import socket
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.browser.steps import settle
from tests.servers import serving

pytestmark = pytest.mark.xdist_group("browser")

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
ELSEWHERE = """<iframe src="{app}"></iframe><script>
    const socket = new WebSocket("{app}/_stcore/stream".replace("http", "ws"), ["streamlit"]);
    window.opened = new Promise(told => {{ socket.onopen = () => told(true); socket.onclose = () => told(false); }});
</script>"""
LOADED_FROM_ELSEWHERE = """async address => {
    const told = new Promise(tell => document.addEventListener("securitypolicyviolation", tell, {once: true}));
    const loaded = await fetch(address).then(() => true, () => false);
    return [loaded, (await told).effectiveDirective];
}"""


def status(server, path, **headers):
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=60)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse().status
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("origin", "answer"), [("https://evil.example", 403), ("http://127.0.0.1:1", 403), (None, 101)]
)
def test_a_page_of_another_origin_cannot_connect(server, origin, answer):
    headers = UPGRADE | {"Origin": origin or server}
    assert status(server, "/_stcore/stream", **headers) == answer


def test_a_page_of_another_origin_can_neither_show_the_app_nor_open_its_socket(server, browser):
    async def page(request):  # noqa: ARG001
        return HTMLResponse(ELSEWHERE.format(app=server))

    with serving(Starlette(routes=[Route("/", page)])) as elsewhere, browser.new_context() as context:
        tab = context.new_page()
        tab.goto(elsewhere)
        assert tab.evaluate("window.opened") is False
        framed = tab.frames[1]
        framed.wait_for_load_state()
        assert framed.url == "chrome-error://chromewebdata/"


def test_the_app_loads_nothing_from_elsewhere_and_says_so_where_something_tries(server, browser):
    """So that the other tests of the browser, which fail at an error in its console, find what a page may not load."""
    with browser.new_context() as context:
        tab, said = context.new_page(), []
        tab.on("console", lambda message: said.append(message.type))
        tab.goto(server)
        expect(tab.get_by_test_id("stSidebar")).to_be_visible()
        settle(tab)
        assert "error" not in said
        assert tab.evaluate(LOADED_FROM_ELSEWHERE, "http://127.0.0.1:1/") == [False, "connect-src"]
        assert "error" in said


def test_what_comes_through_a_proxy_is_for_the_collector_alone(server):
    proxied = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    refused = requests.get(server, headers=proxied, timeout=60)
    assert refused.status_code == 403
    assert "Set up sign-in" in refused.text
    assert status(server, "/_stcore/stream", **UPGRADE, **proxied) == 403
    assert status(server, "/v1/health", **proxied) == 200
    assert status(server, "/v1/metrics", **proxied) == 404


def test_the_app_has_the_limits_of_the_collector_and_does_not_say_what_it_is(server):
    assert "Server" not in requests.get(server, timeout=60).headers
    place = urlsplit(server)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 65_536)
        assert connection.recv(1_000).startswith(b"HTTP/1.1 431 ")


def test_measurements_of_streamlit_are_not_found(server):
    assert status(server, "/_stcore/metrics") == 404
    assert status(server, "/_stcore/health") == 200
