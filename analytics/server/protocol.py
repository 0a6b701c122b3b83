"""HTTP within limits, for every server of a process.

uvicorn takes heads of any size, for any time, and Streamlit hands it no limits; so the class that reads a connection is
changed here, for the app under Streamlit as for the collector alone. What is relied on: that `Server.startup` comes
after `Config.load`, that connections are made by `Config.http_protocol_class`, and the callbacks of
`HttpToolsProtocol`. `tests/server/test_protocol.py` fails where a version of uvicorn has them otherwise.
"""

import asyncio
import socket
import sys
from http import HTTPStatus
from typing import Any

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.protocol import State

if sys.platform != "win32":
    import resource

MOST_HEAD_BYTES = 64 * 2**10
"""Of the first line of a request and its headers, or of what follows its body."""
MOST_HEADERS = 100
"""In memory a header of five bytes takes a hundred."""
HEAD_SECONDS = 10.0
"""How long a connection may be open without a whole head."""
MOST_UNFINISHED_BYTES = 4 * 2**20
"""Of the heads that all connections of the process have begun and not finished."""
MOST_QUEUED = 16
"""Requests that one connection may send ahead of the answer to an earlier one."""
MOST_OPEN_FILES = 65_536
"""Connections are files to the system, which lets a process have 1,024 unless it asks for more."""
MOST_FRAME_BYTES = 4 * 2**20
"""Of one message over a WebSocket: a page's longest text, with what its other widgets hold."""

MOST_PARTS = 1_000
"""That one message over a WebSocket may come in; browsers cut it at each 128 KiB or so."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection: who sends too much before a request is understood, or takes too long for it, is let go."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._unread = 0  # bytes since the last whole head, part of a body or end of a request
        self._arriving = 0
        self._refused_with = HTTPStatus.BAD_REQUEST
        self._deadline: asyncio.TimerHandle | None = None
        self._upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget_unread()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; refuse it where it is too much of what makes no request."""
        if len(data) <= MOST_HEAD_BYTES:
            self._take(data)
            return
        for start in range(0, len(data), MOST_HEAD_BYTES):
            self._take(data[start : start + MOST_HEAD_BYTES])
            if self._upgraded or self.transport.is_closing():
                break

    def _take(self, data: bytes) -> None:
        self._arriving = len(data)
        self._unread += len(data)
        super().data_received(data)
        if not self._unread or self.transport.is_closing():
            return
        if self._unread > MOST_HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return
        _unfinished.note(self, self._unread)
        if self._deadline is None:
            self._set_deadline()

    def on_message_begin(self) -> None:
        """Begin a request, somewhere in what has just come."""
        self._unread = self._arriving
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, before the body or after it."""
        if len(self.headers) == MOST_HEADERS:
            raise self._stop_parser("too many headers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        if self._unread > MOST_HEAD_BYTES and self._head_bytes() > MOST_HEAD_BYTES:
            raise self._stop_parser("too large headers")
        if len(self.pipeline) == MOST_QUEUED:
            raise self._stop_parser("too many requests at once", HTTPStatus.BAD_REQUEST)
        self._note_progress()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._note_progress()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note the end of a request."""
        self._note_progress()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the class that speaks WebSocket."""
        self._upgraded = True
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's words, which are the same for all faults
        """Answer what the parser could not take."""
        self._refuse(self._refused_with)

    def give_up(self) -> None:
        """End a connection that keeps others waiting."""
        self._forget_unread()
        self.transport.close()

    def _stop_parser(self, what: str, status: HTTPStatus = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE) -> ValueError:
        """Return what stops the parser, whereupon `send_400_response` answers."""
        self._refused_with = status
        return ValueError(what)

    def _head_bytes(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _refuse(self, status: HTTPStatus) -> None:
        self._forget_unread()
        if self.cycle is None or self.cycle.response_complete:  # else it would stand in the midst of another answer
            line = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            self.transport.write(f"{line}connection: close\r\ncontent-length: 0\r\n\r\n".encode())
        self.transport.close()

    def _set_deadline(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._end_at_deadline)

    def _end_at_deadline(self) -> None:
        if self.flow.read_paused:  # we have not read what may have come in time
            self._set_deadline()
        else:
            self.give_up()

    def _note_progress(self) -> None:
        if self._deadline is None:  # nor is it among the unfinished; most requests come whole
            self._unread = 0
        else:
            self._forget_unread()

    def _forget_unread(self) -> None:
        self._unread = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        _unfinished.forget(self)


class LimitedSocket(WebSocketsSansIOProtocol):
    """A WebSocket: who sends a message in too many parts, each of which costs more than its bytes, is let go."""

    def handle_cont(self, event: Frame) -> None:
        """Take a further part of a message."""
        if len(self.frames) < MOST_PARTS:
            super().handle_cont(event)
        elif self.conn.state is State.OPEN:  # more parts may have come with the one that was too many
            self.conn.send_close(CloseCode.MESSAGE_TOO_BIG)
            self.handle_parser_exception()


class _Unfinished:
    """The connections that have sent a part of a head; where all such parts are too much, the oldest give way."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._total = 0
        self._bytes: dict[LimitedProtocol, int] = {}

    def note(self, connection: LimitedProtocol, size: int) -> None:
        self._total += size - self._bytes.get(connection, 0)
        self._bytes[connection] = size
        while self._total > self._most:
            next(iter(self._bytes)).give_up()

    def forget(self, connection: LimitedProtocol) -> None:
        self._total -= self._bytes.pop(connection, 0)


_unfinished = _Unfinished(MOST_UNFINISHED_BYTES)
_startup = uvicorn.Server.startup


def limit_servers() -> None:
    """Have each server that this process starts from now on keep the limits, whoever makes it."""
    uvicorn.Server.startup = _start_limited  # type: ignore[assignment]


async def _start_limited(server: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
    """Start a server that keeps the limits, does not say what it is, and believes nobody who asks for another."""
    config = server.config
    config.http_protocol_class = LimitedProtocol
    if config.ws_protocol_class is WebSocketsSansIOProtocol:  # which Streamlit asks for
        config.ws_protocol_class = LimitedSocket
    config.ws_max_size = min(config.ws_max_size, MOST_FRAME_BYTES)
    config.encoded_headers = [header for header in config.encoded_headers if header[0] != b"server"]
    if isinstance(config.loaded_app, ProxyHeadersMiddleware):
        config.loaded_app = config.loaded_app.app
    _allow_many_connections()
    await _startup(server, sockets)


def _allow_many_connections() -> None:
    """Have as many open files as the system allows: else few idle connections would keep out all others."""
    if sys.platform == "win32":
        return
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_OPEN_FILES if most == resource.RLIM_INFINITY else min(most, MOST_OPEN_FILES)
    if resource.RLIM_INFINITY != allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
