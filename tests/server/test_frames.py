"""Messages over the socket to Streamlit: those of this app's pages pass, those that would hurt others do not."""

import contextlib

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from analytics.server.frames import MOST_FILES, OPERATIONS_TAKEN, TAKEN, KnownFrames
from analytics.server.protocol import MOST_FRAME_BYTES, MOST_PARTS
from tests.servers import serving


async def echo(websocket):
    """Send each message back; where the connection has ended, Starlette says so to whoever receives."""
    await websocket.accept()
    async for message in websocket.iter_bytes():
        await websocket.send_bytes(message)


@pytest.fixture(scope="module")
def address():
    app = Starlette(routes=[WebSocketRoute("/", echo)], middleware=[Middleware(KnownFrames)])
    with serving(app) as address:
        yield address.replace("http", "ws")


def message(kind, **fields):
    """A message of a kind, with its least content."""
    made = BackMsg()
    if isinstance(getattr(made, kind), bool):
        setattr(made, kind, True)
    else:
        getattr(made, kind).SetInParent()
    for name, value in fields.items():
        setattr(getattr(made, kind), name, value)
    return made


def operation(name):
    made = BackMsg()
    getattr(made.backend_operation_request, name).SetInParent()
    return made


def files(count):
    made = BackMsg()
    made.file_urls_request.file_names.extend(["a"] * count)
    return made


def passed(address, *messages):
    """Which messages reach the app."""
    last = message("rerun_script", query_string="last").SerializeToString()
    found = []
    with connect(address, max_size=None) as connection:
        for each in messages:
            connection.send(each.SerializeToString())
        connection.send(last)
        while (came := connection.recv(10)) != last:
            found.append(BackMsg.FromString(came))
    return found


KINDS = [field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields]
OPERATIONS = [field.name for field in BackMsg().backend_operation_request.DESCRIPTOR.oneofs_by_name["payload"].fields]


def test_only_what_this_app_uses_passes(address):
    plain = [kind for kind in KINDS if kind != "backend_operation_request"]
    came = passed(address, *map(message, plain), *map(operation, OPERATIONS))
    kinds = [each.WhichOneof("type") for each in came]
    assert set(kinds) == TAKEN
    assert "clear_cache" in plain
    asked = {each.backend_operation_request.WhichOneof("payload") for each in came} - {None}
    assert asked == OPERATIONS_TAKEN
    assert "install_skills" in OPERATIONS


def test_no_more_files_are_announced_than_somebody_has(address):
    assert [len(each.file_urls_request.file_names) for each in passed(address, files(MOST_FILES))] == [MOST_FILES]
    assert passed(address, files(MOST_FILES + 1)) == []


def test_what_is_no_message_ends_the_connection(address):
    with connect(address) as connection:
        connection.send("a text, which is dropped")
        connection.send(b"\xff\xff\xff")
        with pytest.raises(ConnectionClosed) as ended:
            connection.recv(10)
    assert ended.value.rcvd.code == 1002


def test_a_message_that_is_too_large_ends_the_connection(address):
    taken = message("rerun_script", query_string="x" * (MOST_FRAME_BYTES - 100))
    assert passed(address, taken) == [taken]
    with connect(address) as connection:
        connection.send(b"x" * (MOST_FRAME_BYTES + 1))
        with pytest.raises(ConnectionClosed) as ended:
            connection.recv(10)
    assert ended.value.rcvd.code == 1009


def test_a_message_in_too_many_parts_ends_the_connection(address):
    def parts():
        yield from [b"x"] * (MOST_PARTS + 10)

    with connect(address) as connection:
        with contextlib.suppress(ConnectionClosed):
            connection.send(parts())
        with pytest.raises(ConnectionClosed) as ended:
            connection.recv(10)
    assert ended.value.rcvd.code == 1009
