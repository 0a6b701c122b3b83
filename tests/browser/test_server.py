"""The server answers those who look at it, and nobody else."""

import http.client
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.xdist_group("browser")

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def status(server, path, **headers):
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=60)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse().status
    connection.close()
    return answer


@pytest.mark.parametrize(("origin", "answer"), [("https://evil.example", 403), (None, 101)])
def test_a_page_of_another_host_cannot_connect(server, origin, answer):
    headers = UPGRADE | {"Origin": origin or server}
    assert status(server, "/_stcore/stream", **headers) == answer


def test_measurements_of_streamlit_are_not_found(server):
    assert status(server, "/_stcore/metrics") == 404
    assert status(server, "/_stcore/health") == 200
