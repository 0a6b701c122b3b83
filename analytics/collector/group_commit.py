"""Group commit: requests that wait at the same time are judged and kept together, in one transaction.

One thread works: while it commits one group, the next one gathers. A request is answered after its commit.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import numpy as np
import numpy.typing as npt

from analytics.collector.answers import CaptureError, Outcome
from analytics.events.contract import EVENTS, Assumptions
from analytics.events.judge import Problem, ValidEvent, judge
from analytics.events.raw_lines import RawLines
from analytics.events.validate import Rejected, validate
from analytics.store.database import StoreError
from analytics.store.event_store import Delivery, EventStore, RevokedKeysError
from analytics.store.rows import event_rows, judged_rows, rejected_rows
from analytics.store.write_keys import WriteKey

_FEW = 400
"""Up to so many events, judging each is faster than by columns."""

_GROUP_EVENTS = 20_000
_NOTE_USE_SECONDS = 60
_RETRY_SECONDS = 2

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Capture:
    """The events of one request, and the key that brought them; `problem` where they could not be told apart."""

    key: WriteKey
    events: Sequence[bytes]
    problem: Problem | None = None

    @property
    def size(self) -> int:
        """How many bytes they have."""
        return sum(map(len, self.events))


@dataclass(frozen=True)
class _Waiting:
    capture: Capture
    answer: "asyncio.Future[Outcome]"

    def resolve(self, result: Outcome | CaptureError) -> None:
        """Answer, on the event loop of the request."""
        self.answer.get_loop().call_soon_threadsafe(self._set, result)

    def _set(self, result: Outcome | CaptureError) -> None:
        if self.answer.done():  # the client has gone
            return
        if isinstance(result, Outcome):
            self.answer.set_result(result)
        else:
            self.answer.set_exception(result)


@dataclass(frozen=True)
class Judged:
    """Captures of one project, judged: rows to keep, and what becomes of each capture once they are kept."""

    captures: Sequence[Capture]
    delivery: Delivery
    lines: npt.NDArray[np.int64]
    rejected: Sequence[Rejected]

    def outcomes(self, new: frozenset[str] | None) -> Iterator[Outcome]:
        """Yield each capture's outcome, `new` being the keys of the events that were; None if all are."""
        rejected = {line: list(found) for line, found in groupby(self.rejected, lambda event: event.line)}
        lines = self.lines
        if new is not None:
            lines = lines[[key in new for key in self.delivery.events["key"].to_pylist()]]
        accepted = np.bincount(lines, minlength=len(self.captures)).tolist()
        unknown = self._unknown()
        for line, capture in enumerate(self.captures):
            bad = rejected.get(line, [])
            received = len(capture.events)
            yield Outcome(received, accepted[line], received - accepted[line] - len(bad), bad, unknown.get(line, []))

    def _unknown(self) -> dict[int, list[str]]:
        """Return what to say of event names outside the eight, by line."""
        names = self.delivery.events["event"]
        if set(names.unique().to_pylist()) <= EVENTS.keys():
            return {}
        found = dict.fromkeys(
            (line, name) for line, name in zip(self.lines, names.to_pylist(), strict=True) if name not in EVENTS
        )
        warnings: dict[int, list[str]] = {}
        for line, name in found:
            warnings.setdefault(line, []).append(
                f"{name!r} is not one of the eight events: kept, but no part of the metrics"
            )
        return warnings


def judged(captures: Sequence[Capture], project: int) -> Judged:
    """Judge captures of one project together; of one identity the first event counts."""
    now = datetime.now(UTC)
    key_ids = [capture.key.id for capture in captures]
    events = [
        (line, index, raw)
        for line, capture in enumerate(captures)
        if capture.problem is None
        for index, raw in enumerate(capture.events)
    ]
    rejected = [
        Rejected(line, 0, capture.problem, raw)
        for line, capture in enumerate(captures)
        if capture.problem
        for raw in capture.events
    ]
    if len(events) > _FEW:
        lines = RawLines.from_events(
            [raw for _, _, raw in events],
            np.array([line for line, _, _ in events], np.int64),
            np.array([index for _, index, _ in events], np.int32),
        )
        found = validate([lines], Assumptions(now), open_batches=False)
        rejected += found.rejected
        rows = event_rows(found.events, project, now, write_keys=key_ids)
        of_line = found.events["line"].to_numpy()
    else:
        first: dict[tuple[int, int], tuple[int, ValidEvent]] = {}
        for line, index, raw in events:
            match judge(raw, Assumptions(now)):
                case ValidEvent() as event:
                    first.setdefault(event.key, (line, event))
                case Problem() as problem:
                    rejected.append(Rejected(line, index, problem, raw))
        of_line = np.array([line for line, _ in first.values()], np.int64)
        rows = judged_rows([event for _, event in first.values()], project, now, [key_ids[line] for line in of_line])
    rejected.sort(key=lambda event: (event.line, event.index))
    bad = rejected_rows(rejected, project, now, write_keys=key_ids)
    return Judged(captures, Delivery(rows, bad), of_line, rejected)


class GroupCommit:
    """The one thread of a process that keeps what requests bring."""

    def __init__(
        self, store: Callable[[], EventStore], max_waiting_bytes: int, committed: Callable[[float], None]
    ) -> None:
        """Take where to keep events, how much may wait, and who hears how many seconds each commit took."""
        self._store = store
        self._committed = committed
        self._max_waiting_bytes = max_waiting_bytes
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._changed = threading.Condition()
        self._stopping = False
        self._used_at: dict[str, float] = {}
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
        """Keep the events of a request; return what became of them once that is certain.

        Raises:
            CaptureError: 401 where the key was revoked meanwhile, 503 where the store does not answer or too
                much waits already.
        """
        waiting = _Waiting(capture, asyncio.get_running_loop().create_future())
        with self._changed:
            if self._stopping or self._waiting_bytes + capture.size > self._max_waiting_bytes:
                raise _unavailable("queue_full", "Too many requests wait to be stored: try again shortly.")
            self._waiting.append(waiting)
            self._waiting_bytes += capture.size
            self._changed.notify()
        return await waiting.answer

    def _work(self) -> None:
        while group := self._next_group():
            self._keep_group(group)

    def _next_group(self) -> list[_Waiting]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping)
            group: list[_Waiting] = []
            events = 0
            while self._waiting and (not group or events + len(self._waiting[0].capture.events) <= _GROUP_EVENTS):
                group.append(self._waiting.popleft())
                events += len(group[-1].capture.events)
                self._waiting_bytes -= group[-1].capture.size
            return group

    def _keep_group(self, group: list[_Waiting]) -> None:
        by_project: dict[int, list[_Waiting]] = {}
        for waiting in group:
            by_project.setdefault(waiting.capture.key.project, []).append(waiting)
        for project, members in by_project.items():
            self._keep_project(project, members)

    def _keep_project(self, project: int, members: list[_Waiting]) -> None:
        try:
            captures = [waiting.capture for waiting in members]
            found = judged(captures, project)
            key_ids = {capture.key.id for capture in captures}
            began = time.perf_counter()
            new = self._store().add(found.delivery, key_ids, self._to_note(key_ids))
            self._committed(time.perf_counter() - began)
            for waiting, outcome in zip(members, found.outcomes(new), strict=True):
                waiting.resolve(outcome)
        except RevokedKeysError as error:
            for waiting in members:
                if waiting.capture.key.id in error.key_ids:
                    waiting.resolve(unknown_key())
            if rest := [waiting for waiting in members if waiting.capture.key.id not in error.key_ids]:
                self._keep_project(project, rest)
        except StoreError as error:
            for waiting in members:
                waiting.resolve(store_unavailable(error))
        except Exception:
            if len(members) > 1:  # one of them may be at fault: the others are kept all the same
                for waiting in members:
                    self._keep_project(project, [waiting])
                return
            log.exception("A request could not be stored")
            members[0].resolve(_unavailable("not_stored", "The request could not be stored: try again later."))

    def _to_note(self, key_ids: set[str]) -> set[str]:
        now = time.monotonic()
        due = {key for key in key_ids if now - self._used_at.get(key, -_NOTE_USE_SECONDS) >= _NOTE_USE_SECONDS}
        self._used_at.update(dict.fromkeys(due, now))
        return due


def unknown_key() -> CaptureError:
    """Return the one answer to keys that are unknown or revoked."""
    return CaptureError(401, "unknown_key", "The write key is unknown or revoked.")


def store_unavailable(error: StoreError) -> CaptureError:
    """Return the answer while the store does not answer."""
    return _unavailable("store_unavailable", str(error))


def _unavailable(code: str, message: str) -> CaptureError:
    return CaptureError(503, code, message, retry_after=_RETRY_SECONDS)
