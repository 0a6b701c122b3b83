"""The process of a reading child: it is started ahead, watched while it reads, and ended where it takes too much."""

import atexit
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, BinaryIO

from analytics.reading.messages import Message, receive, send

_MOST_LEFT_BYTES = 128 * 2**20
"""A child that still holds so much more after its work reads no other file."""

_SECONDS_BETWEEN_LOOKS = 0.02
SECONDS_UNTIL_A_SPARE = 5.0
_SECONDS_TO_END = 10.0
PROGRAM = [sys.executable, "-P", "-m", "analytics.reading.child"]
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Child:
    """A child process that reads files, one after the other."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # a program of ours
                PROGRAM, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        self._bytes_at_start = 0
        self._idle = False
        self.most_more_bytes = 0
        """How much more memory it may hold than when it started."""
        self.outgrown = False
        """Whether it was ended because it held too much memory."""

    def ask(self, request: dict[str, Any], file: BinaryIO, most_more_bytes: int) -> None:
        """Ask for something of an open file, for which it may hold so much more memory than when it started."""
        self._idle = False
        self.most_more_bytes = most_more_bytes
        if not self._bytes_at_start and receive(self._socket):  # it is ready
            self._bytes_at_start = self._bytes_held()
        file.seek(0)
        with suppress(ConnectionError):  # it has ended, and nothing will be heard of it
            send(self._socket, request)
            socket.send_fds(self._socket, [b"f"], [file.fileno()])

    def speaks(self, seconds: float) -> bool:
        """Wait at most so long, and return whether there is a message, or its end."""
        return bool(select.select([self._socket], [], [], seconds)[0])

    def hear(self) -> Message | None:
        """Wait for its next message and return it; None where it has ended."""
        message = receive(self._socket)
        self._idle = message is not None and message.is_last
        return message

    def watch(self, done: Event) -> None:
        """End it as soon as it holds too much memory, until it is done; where that takes a while, start a spare one."""
        began = monotonic()
        while not done.wait(_SECONDS_BETWEEN_LOOKS):
            if self._bytes_more() > self.most_more_bytes > 0:
                self.outgrown = True
                self._process.kill()
                return
            if monotonic() - began > SECONDS_UNTIL_A_SPARE:
                keep_warm()

    def may_read_on(self) -> bool:
        """Return whether it may read another file."""
        return self._idle and self._process.poll() is None and self._bytes_more() < _MOST_LEFT_BYTES

    def wait(self) -> int:
        """Wait for its end, and return its code, below 0 the signal that ended it."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(_SECONDS_TO_END)
        return self.end()

    def end(self) -> int:
        """End it, and return its code."""
        self._socket.close()
        self._process.kill()
        return self._process.wait()

    def _bytes_more(self) -> int:
        """Return how much more memory it holds than when it started; 0 where the system does not say."""
        return self._bytes_held() - self._bytes_at_start if self._bytes_at_start else 0

    def _bytes_held(self) -> int:
        try:
            return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * _PAGE_BYTES
        except OSError:  # this is not Linux
            return 0


_spare: list[Child] = []
"""The child that waits for a file, if there is one."""
_lock = Lock()


def keep_warm() -> None:
    """Start a child ahead, unless one waits already."""
    with _lock:
        if not _spare:
            _spare.append(Child())


@contextmanager
def borrow() -> Iterator[Child]:
    """Give a child that is watched meanwhile; one that is in the middle of its work is ended, any other kept."""
    child = _take()
    done = Event()
    watch = Thread(target=child.watch, args=(done,), daemon=True)
    watch.start()
    try:
        yield child
    finally:
        done.set()
        watch.join()
        _put_back(child)


def _take() -> Child:
    with _lock:
        return _spare.pop() if _spare else Child()


def _put_back(child: Child) -> None:
    with _lock:
        if not _spare and child.may_read_on():
            _spare.append(child)
            return
    child.end()


@atexit.register
def end_spare() -> None:
    """End the child that waits, if there is one."""
    while _spare:
        _spare.pop().end()
