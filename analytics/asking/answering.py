"""The process that holds an embedded store answers the commands of the same user, over loopback.

It does so beside everything else: each question has a thread of its own, and no event loop takes part.
"""

import atexit
import logging
import socket
import threading
from contextlib import suppress
from pathlib import Path

from analytics.asking.running_file import forget_running, say_running
from analytics.asking.store_questions import QUESTIONS, kinds_of
from analytics.asking.wire import NotProvenError, UnreadableError, Wire
from analytics.store.database import StoreError
from analytics.store.event_store import WHEN_OPENED, EventStore

_AT_A_TIME = 16
"""Further connections are closed at once."""
_PATIENCE_SECONDS = 60.0
"""How long a command may pause while it asks or hears the answer."""
_STOP_SECONDS = 1.0
"""How long to wait for the thread that listens: not every system wakes it."""

log = logging.getLogger(__name__)


def answer_commands() -> None:
    """Have this process answer commands for as long as it holds an embedded store, be it open already or not."""
    WHEN_OPENED.append(answer_for)


def answer_for(store: EventStore) -> None:
    """Answer commands about a store until the process ends; where they can open it themselves, there is no need to."""
    if store.database.path is None:
        return
    try:
        answering = Answering(store, store.database.path)
    except OSError as error:
        log.warning("commands cannot reach this process: %s", error.strerror)
    else:
        _answering.append(answering)
        atexit.register(stop_answering)


def stop_answering() -> None:
    """Take no more questions, and forget how commands reach this process. Those that were asked are answered."""
    while _answering:
        _answering.pop().stop()


_answering: list["Answering"] = []


class Answering:
    """Answers questions about a store from the moment it is made until it is stopped."""

    def __init__(self, store: EventStore, path: Path) -> None:
        """Begin to answer.

        Raises:
            OSError: where nothing can listen on loopback, or the file that says so cannot be written.
        """
        self._store = store
        self._path = path
        self._listening = socket.create_server(("127.0.0.1", 0))
        try:
            self._running = say_running(path, self._listening.getsockname()[1])
        except OSError:
            self._listening.close()
            raise
        self._free = threading.BoundedSemaphore(_AT_A_TIME)
        self._thread = threading.Thread(target=self._accept, name="answering", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more questions; a process waits at its end for the threads that answer."""
        forget_running(self._path, self._running)
        with suppress(OSError):  # which some systems say of a socket that only listens
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(_STOP_SECONDS)

    def _accept(self) -> None:
        while True:
            try:
                channel, _ = self._listening.accept()
            except OSError:  # it was closed
                return
            if not self._free.acquire(blocking=False):
                channel.close()
                continue
            try:
                threading.Thread(target=self._serve, args=(channel,), name="answer").start()
            except RuntimeError:  # the process ends, and lets no thread begin
                channel.close()
                return

    def _serve(self, channel: socket.socket) -> None:
        try:
            with Wire(channel) as wire:
                wire.prove_as_process(self._running.key)
                wire.be_patient(_PATIENCE_SECONDS)
                self._answer(wire)
        except (NotProvenError, OSError):  # a stranger, or a command that was stopped
            return
        finally:
            self._free.release()

    def _answer(self, wire: Wire) -> None:
        """Answer with what the question returns, or with an error in words."""
        try:
            question = QUESTIONS[wire.receive(str)]
            kinds = kinds_of(question)
            given = dict(zip(kinds, wire.receive(tuple[tuple(kinds.values())]), strict=True))  # type: ignore[misc]
        except (KeyError, UnreadableError):
            _refuse(wire, "The running process has another version than this command: start it again.")
            return
        try:
            answer = question(self._store, **given)
        except StoreError as error:
            _refuse(wire, str(error))
        except Exception:
            log.exception("a command could not be answered")
            _refuse(wire, "The running process could not answer. Its log says why.")
        else:
            wire.send(True)
            wire.send(answer)


def _refuse(wire: Wire, reason: str) -> None:
    wire.send(False)
    wire.send(reason)
