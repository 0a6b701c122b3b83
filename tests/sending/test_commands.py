"""A request for others to copy does what the page did, and holds no key."""

import json
import os
import subprocess
import sys

import pytest

from analytics.sending.commands import as_curl, as_python
from tests.servers import Scripted

BODIES = [
    b'{"batch":[{"event":"message.sent","properties":{"name":"O\'Brien"}}]}',
    '{"batch":[{"event":"message.sent","properties":{"name":"Zoë \\"“ \\\\ $HOME `ls`"}}]}'.encode(),
    b'{"batch": [cut "short"""',
]


@pytest.fixture
def server():
    with Scripted((200, {}, b'{"accepted": 1}')) as server:
        yield server


def ran(*command):
    environment = {**os.environ, "WRITE_KEY": "wk_secret"}
    return subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)


def same(sent, body):
    try:
        return json.loads(sent) == json.loads(body)
    except ValueError:
        return sent == body


@pytest.mark.parametrize("body", BODIES)
def test_the_command_sends_it(server, body):
    command = as_curl(f"{server.address}/v1/capture", body, dry_run=True)
    assert "$WRITE_KEY" in command
    ran("bash", "-c", command)
    ((path, headers, sent),) = server.requests
    assert (path, headers["X-Write-Key"]) == ("/v1/capture?dry_run=1", "wk_secret")
    assert same(sent, body)


@pytest.mark.parametrize("body", BODIES)
def test_the_program_sends_it(server, body):
    program = as_python(f"{server.address}/v1/capture", body)
    assert b"200 {'accepted': 1}" in ran(sys.executable, "-c", program).stdout
    ((path, headers, sent),) = server.requests
    assert (path, headers["X-Write-Key"]) == ("/v1/capture", "wk_secret")
    assert same(sent, body)


def test_a_body_too_long_to_read_is_left_out():
    assert len(as_curl("http://host/v1/capture", b" " * 100_000)) < 1_000
