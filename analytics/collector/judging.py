"""Judging: captures of one project, event by event or by columns, and what becomes of each once they are kept."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analytics.collector.answers import Outcome
from analytics.events.contract import EVENTS, Assumptions
from analytics.events.judge import Problem, ValidEvent, judge
from analytics.events.raw_lines import RawLines
from analytics.events.rejected import Rejected
from analytics.events.validate import assembled
from analytics.store.event_store import Delivery
from analytics.store.rows import event_rows, judged_rows, rejected_rows
from analytics.store.write_keys import WriteKey

_FEW = 400
"""Up to so many events, judging each is faster than by columns."""


_Place = tuple[int, int, bytes]
"""An event: the number of its capture, its place there, and its bytes."""

_Found = tuple[pa.Table, npt.NDArray[np.int64], pa.Table | None, list[Rejected]]
"""Rows of good events, the number of the capture of each, rows of what came again, and what is rejected."""


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
    judge_all = _by_columns if len(events) > _FEW else _one_by_one
    rows, of_line, again, rejected = judge_all(events, project, now, key_ids)
    rejected += [
        Rejected(line, 0, capture.problem, raw)
        for line, capture in enumerate(captures)
        if capture.problem
        for raw in capture.events
    ]
    rejected.sort(key=lambda event: (event.line, event.index))
    bad = rejected_rows(rejected, project, now, write_keys=key_ids)
    return Judged(captures, Delivery(rows, bad, again), of_line, rejected)


def _by_columns(events: Sequence[_Place], project: int, now: datetime, key_ids: Sequence[str]) -> _Found:
    lines = RawLines.from_events(
        [raw for _, _, raw in events],
        np.array([line for line, _, _ in events], np.int64),
        np.array([index for _, index, _ in events], np.int32),
    )
    assembly, rejected = assembled([lines], Assumptions(now), open_batches=False)
    good, repeated = assembly.event_table()
    again = event_rows(repeated, project, now, write_keys=key_ids) if len(repeated) else None
    return event_rows(good, project, now, write_keys=key_ids), good["line"].to_numpy(), again, rejected


def _one_by_one(events: Sequence[_Place], project: int, now: datetime, key_ids: Sequence[str]) -> _Found:
    first: dict[tuple[int, int], tuple[int, ValidEvent]] = {}
    repeated: list[tuple[int, ValidEvent]] = []
    rejected: list[Rejected] = []
    for line, index, raw in events:
        match judge(raw, Assumptions(now)):
            case ValidEvent() as event:
                if first.setdefault(event.key, (line, event))[1] is not event:
                    repeated.append((line, event))
            case Problem() as problem:
                rejected.append(Rejected(line, index, problem, raw))

    def rows(events: Collection[tuple[int, ValidEvent]]) -> pa.Table:
        return judged_rows([event for _, event in events], project, now, [key_ids[line] for line, _ in events])

    of_line = np.array([line for line, _ in first.values()], np.int64)
    return rows(first.values()), of_line, rows(repeated) if repeated else None, rejected
