"""Group commit: requests that wait at the same time are judged and kept together, in one transaction.

One thread works: while it commits one group, the next one gathers. A request is answered after its commit.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analytics.collector.answers import CaptureError, Outcome
from analytics.collector.judging import Capture, judge_captures
from analytics.store.database import StoreError, StoreFullError
from analytics.store.event_store import EventStore, RevokedKeysError

_GROUP_EVENTS = 20_000
_SILENCE_SECONDS = 0.004
_GATHER_SECONDS = 0.02
_NOTE_USE_SECONDS = 60
_RETRY_SECONDS = 2

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Waiting:
    capture: Capture
    answer: "asyncio.Future[Outcome]"

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of the request."""
        return self.answer.get_loop()

    def resolve(self, result: Outcome | CaptureError) -> None:
        """Answer; to be called on the event loop of the request."""
        if self.answer.done():  # the client has gone
            return
        if isinstance(result, Outcome):
            self.answer.set_result(result)
        else:
            self.answer.set_exception(result)


def _resolve(answers: Iterable[tuple[_Waiting, Outcome | CaptureError]]) -> None:
    """Answer requests; each event loop is woken once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Waiting, Outcome | CaptureError]]] = {}
    for waiting, result in answers:
        by_loop.setdefault(waiting.loop, []).append((waiting, result))

    def resolve(those: list[tuple[_Waiting, Outcome | CaptureError]]) -> None:
        for waiting, result in those:
            waiting.resolve(result)

    for loop, those in by_loop.items():
        loop.call_soon_threadsafe(resolve, those)


class GroupCommit:
    """The one thread of a process that keeps what requests bring."""

    def __init__(
        self, store: Callable[[], EventStore], max_waiting_bytes: int, committed: Callable[[float], None]
    ) -> None:
        """Take the store, how many bytes may wait, and a function that is called with the seconds of each commit."""
        self._store = store
        self._committed = committed
        self._max_waiting_bytes = max_waiting_bytes
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._changed = threading.Condition()
        self._stopping = False
        self._clients = 0
        self._used_at: dict[str, float] = {}
        self._brought: set[str] = set()  # keys whose first usable event is noted
        self._began: float | None = None
        self._thread = threading.Thread(target=self._work, name="group-commit", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits, then stop."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    async def keep(self, capture: Capture) -> Outcome:
        """Keep the events of a request, and return their outcome after the commit.

        Raises:
            CaptureError: 401 if the key was revoked in the meantime; 503 if the store does not answer or too much
                waits already.
        """
        waiting = _Waiting(capture, asyncio.get_running_loop().create_future())
        with self._changed:
            if self._stopping or self._waiting_bytes + capture.size > self._max_waiting_bytes:
                raise _unavailable("queue_full", "Too many requests are waiting to be stored: try again in a moment.")
            self._waiting.append(waiting)
            self._waiting_bytes += capture.size
            self._changed.notify()
        patience = self._store().database.patience
        if patience is None:
            return await waiting.answer
        timer = waiting.loop.call_later(patience, waiting.resolve, _too_slow())  # if it is kept later, that is no harm
        try:
            return await waiting.answer
        finally:
            timer.cancel()

    def check(self) -> None:
        """Look whether what came first is being kept in time.

        Raises:
            CaptureError: 503 if it is not.
        """
        began, patience = self._began, self._store().database.patience
        if began is not None and patience is not None and time.monotonic() - began > patience:
            raise _too_slow()

    def gauges(self) -> dict[str, float]:
        """Return how much waits: the gauges of `observe.GAUGES` by name."""
        return {
            "collector_waiting_requests": len(self._waiting),
            "collector_waiting_bytes": self._waiting_bytes,
        }

    def _work(self) -> None:
        group: list[_Waiting] = []
        while group := self._next_group(len(group)):
            self._began = time.monotonic()
            self._keep_group(group)
            self._began = None

    def _next_group(self, answered: int) -> list[_Waiting]:
        if self._waiting:  # these came while others waited for their answer
            self._clients = max(self._clients, answered + len(self._waiting))
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping)
        self._gather()
        with self._changed:
            group: list[_Waiting] = []
            events = 0
            while self._waiting and (not group or events + len(self._waiting[0].capture.events) <= _GROUP_EVENTS):
                group.append(self._waiting.popleft())
                events += len(group[-1].capture.events)
                self._waiting_bytes -= group[-1].capture.size
            return group

    def _gather(self) -> None:
        """Wait a moment for as many requests as there are clients: storing many takes hardly longer than one."""
        until = time.monotonic() + _GATHER_SECONDS
        while (came := len(self._waiting)) < self._clients and time.monotonic() < until:
            time.sleep(_SILENCE_SECONDS)
            if len(self._waiting) == came:
                self._clients = came

    def _keep_group(self, group: list[_Waiting]) -> None:
        by_project: dict[int, list[_Waiting]] = {}
        for waiting in group:
            by_project.setdefault(waiting.capture.key.project, []).append(waiting)
        for project, members in by_project.items():
            self._keep_project(project, members)

    def _keep_project(self, project: int, members: list[_Waiting]) -> None:
        try:
            captures = [waiting.capture for waiting in members]
            found = judge_captures(captures, project)
            key_ids = {capture.key.id for capture in captures}
            began = time.perf_counter()
            brought = set(found.delivery.events["write_key"].unique().to_pylist())
            to_note = self._keys_to_note(key_ids, brought)
            new = self._store().add(found.delivery, key_ids, to_note)
            self._used_at.update(dict.fromkeys(to_note, time.monotonic()))
            self._brought |= to_note & brought
            self._committed(time.perf_counter() - began)
            _resolve(zip(members, found.outcomes(new), strict=True))
        except RevokedKeysError as error:
            _resolve((waiting, unknown_key()) for waiting in members if waiting.capture.key.id in error.key_ids)
            if rest := [waiting for waiting in members if waiting.capture.key.id not in error.key_ids]:
                self._keep_project(project, rest)
        except StoreError as error:
            unavailable = [(waiting, store_unavailable(error)) for waiting in members]
            _resolve(unavailable)
        except Exception:
            if len(members) > 1:  # one of them may be at fault: the others are kept all the same
                log.exception("Requests could not be stored together, and are tried one by one")
                for waiting in members:
                    self._keep_project(project, [waiting])
                return
            log.exception("A request could not be stored")
            failed = _unavailable("not_stored", "The request could not be stored: try again later.")
            _resolve([(members[0], failed)])

    def _keys_to_note(self, key_ids: set[str], brought: set[str]) -> set[str]:
        """Return the keys whose use is to be noted: once a minute, and with the first event that can be used."""
        now = time.monotonic()
        rested = {key for key in key_ids if now - self._used_at.get(key, -_NOTE_USE_SECONDS) >= _NOTE_USE_SECONDS}
        return rested | (brought - self._brought)


def unknown_key() -> CaptureError:
    """Return the one answer to keys that are unknown or revoked."""
    return CaptureError(401, "unknown_key", "The write key is unknown or revoked.")


def store_unavailable(error: StoreError) -> CaptureError:
    """Return the answer while the store does not answer."""
    code = "store_full" if isinstance(error, StoreFullError) else "store_unavailable"
    return _unavailable(code, str(error))


def _too_slow() -> CaptureError:
    return _unavailable("store_unavailable", "The event store takes too long: try again later.")


def _unavailable(code: str, message: str) -> CaptureError:
    return CaptureError(503, code, message, retry_after=_RETRY_SECONDS)
