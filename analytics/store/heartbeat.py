"""Noticing a server that is there but does not answer, such as a stopped process: no option of a socket does."""

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from weakref import WeakSet

import psycopg

_LOOK_SECONDS = 0.5
_LONG_SECONDS = 1.5
"""While a transaction takes longer, the server is asked for a sign of life."""
_KNOCKS_BEFORE_CUTTING = 2


class Heartbeat:
    """Watches the transactions of a process, and asks the server for a sign of life while one of them takes long.

    Without a sign, `is_silent` is true, so that nobody begins a new one; if the next sign fails to come, too, all
    connections are cut off, so that whoever waits gets an error. Once the server answers, all goes on.
    """

    def __init__(self, knock: Callable[[], None]) -> None:
        """Take a function that makes a connection of its own, and raises `ConnectionTimeout` where none comes about."""
        self._knock = knock
        self._began: dict[int, float] = {}
        self._numbers = itertools.count()
        self._connections: WeakSet[psycopg.Connection] = WeakSet()
        self._unanswered = 0
        self._closed = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def is_silent(self) -> bool:
        """Whether the server gave no sign of life."""
        return self._unanswered > 0

    def note(self, connection: psycopg.Connection, _: object = None) -> None:
        """Note a new connection to the server."""
        self._connections.add(connection)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch a transaction."""
        self._start()
        number = next(self._numbers)
        self._began[number] = time.monotonic()
        try:
            yield
        finally:
            del self._began[number]

    def close(self) -> None:
        """Watch no longer."""
        self._closed.set()
        if self._thread:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._watch, name="heartbeat", daemon=True)
                    self._thread.start()

    def _watch(self) -> None:
        while not self._closed.wait(_LOOK_SECONDS):
            long_ago = time.monotonic() - _LONG_SECONDS
            if not self.is_silent and all(began > long_ago for began in list(self._began.values())):
                continue
            try:
                self._knock()
            except psycopg.errors.ConnectionTimeout:
                self._unanswered += 1
                if self._unanswered >= _KNOCKS_BEFORE_CUTTING:
                    self._cut_off()
            except psycopg.Error:
                self._unanswered = 0  # it refuses, which is an answer, too: whoever waits hears it
            else:
                self._unanswered = 0

    def _cut_off(self) -> None:
        for connection in list(self._connections):
            with suppress(OSError, psycopg.Error), socket.socket(fileno=socket.dup(connection.fileno())) as its_socket:
                its_socket.shutdown(socket.SHUT_RDWR)
