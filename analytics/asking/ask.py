"""Ask the event store: the one that a running process holds, or else one that this process opens."""

import inspect
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from analytics.asking.running_file import Running, read_running
from analytics.asking.store_questions import kind_of_answer
from analytics.asking.wire import NotProvenError, UnreadableError, Wire
from analytics.store.beside import find_file
from analytics.store.database import StoreError, StoreInUseError
from analytics.store.event_store import EventStore, open_store_at

P = ParamSpec("P")
T = TypeVar("T")

_START_SECONDS = 3.0
"""So long a process may take from opening the store to answering, or from its last answer to closing the store."""
_AGAIN_SECONDS = 0.1


class Ask(Protocol):
    """Asks a question of the store, with the arguments that follow the store, and returns the answer."""

    def __call__(
        self, question: Callable[Concatenate[EventStore, P], T], /, *arguments: P.args, **named: P.kwargs
    ) -> T:
        """Return the answer.

        Raises:
            StoreError: whatever keeps the store from answering.
        """


@contextmanager
def asking(url: str) -> Iterator[Ask]:
    """Give a way to ask the store at a URL, until the end of the context.

    Raises:
        StoreError: where it can neither be reached nor opened, or the URL is not understood.
    """
    found = _find_or_open(url)
    if isinstance(found, Running):
        yield _Remote(found)
        return
    try:
        yield _Local(found)
    finally:
        found.close()


def find_running(store: Path) -> Running | None:
    """Return the process that holds an embedded store and answers for it; None if there is none.

    Whoever has taken the port of a process that was killed does not know its secret.
    """
    running = read_running(store)
    try:
        if running:
            _connect(running).close()
    except (OSError, NotProvenError):
        return None
    return running


def _find_or_open(url: str) -> Running | EventStore:
    """Return the process that holds the store, or the store; for a moment, a process may have it and not answer yet."""
    path = find_file(url)
    until = time.monotonic() + _START_SECONDS
    while True:
        if path and (running := find_running(path)):
            return running
        try:
            return open_store_at(url)
        except StoreInUseError:
            if time.monotonic() > until:
                raise
        time.sleep(_AGAIN_SECONDS)


def _connect(running: Running) -> Wire:
    wire = Wire(socket.create_connection(("127.0.0.1", running.port), _START_SECONDS))
    try:
        wire.prove_as_command(running.key)
    except BaseException:
        wire.close()
        raise
    return wire


class _Local:
    """Asks a store that this process has opened."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def __call__(
        self, question: Callable[Concatenate[EventStore, P], T], /, *arguments: P.args, **named: P.kwargs
    ) -> T:
        return question(self._store, *arguments, **named)


class _Remote:
    """Asks a running process."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def __call__(
        self, question: Callable[Concatenate[EventStore, P], T], /, *arguments: P.args, **named: P.kwargs
    ) -> T:
        bound = inspect.signature(question).bind(None, *arguments, **named)
        bound.apply_defaults()
        try:
            with _connect(self._running) as wire:
                wire.be_patient(None)
                wire.send(question.__qualname__)
                wire.send(bound.args[1:] + tuple(bound.kwargs.values()))
                if wire.receive(bool):
                    answer: T = wire.receive(kind_of_answer(question))
                    return answer
                raise StoreError(wire.receive(str))
        except (OSError, NotProvenError):
            raise StoreError(f"{self._name} ended before it answered.") from None
        except UnreadableError:
            raise StoreError(f"{self._name} has another version than this command: start it again.") from None

    @property
    def _name(self) -> str:
        return f"The process that holds the store (number {self._running.process})"
