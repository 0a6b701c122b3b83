"""Judging: the captures of one project, event by event or by columns, and the outcome of each after the commit."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analytics.collector.answers import Outcome
from analytics.events.contract import EVENTS, Assumptions
from analytics.events.judge import Problem, ValidEvent, judge
from analytics.events.left_out import LeftOuts, describe, note
from analytics.events.raw_lines import RawLines
from analytics.events.rejected import Rejected
from analytics.events.unread import Unread
from analytics.events.validate import validate_to_columns
from analytics.store.event_store import Delivery
from analytics.store.rows import event_rows, rows_of_rejected, rows_of_valid_events
from analytics.store.write_keys import WriteKey

_ONE_BY_ONE_UP_TO_EVENTS = 400
"""Up to this many events, judging them one by one is faster than by columns."""


_Place = tuple[int, int, bytes]
"""An event: the number of its capture, its place there, and its bytes."""

_LeftOut = dict[int, LeftOuts]
"""The optional properties that could not be used, by the number of their capture."""

_Verdicts = tuple[pa.Table, npt.NDArray[np.int64], pa.Table | None, list[Rejected], _LeftOut]
"""Rows of good events, the number of each one's capture, rows of repeated events, the rejected events, and what was
left out."""


@dataclass(frozen=True)
class Capture:
    """The events of one request and its write key; `problem` is set if the body could not be split into events.

    `unread` is what the payload of another system held that was not understood.
    """

    key: WriteKey
    events: Sequence[bytes]
    problem: Problem | None = None
    unread: Mapping[Unread, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many bytes they have."""
        return sum(map(len, self.events))


@dataclass(frozen=True)
class JudgedCaptures:
    """The judged captures of one project: the rows to keep, and what is needed for the outcome of each capture."""

    captures: Sequence[Capture]
    delivery: Delivery
    lines: npt.NDArray[np.int64]
    rejected: Sequence[Rejected]
    left_out: _LeftOut

    def outcomes(self, new: frozenset[str] | None) -> Iterator[Outcome]:
        """Yield the outcome of each capture; `new` are the keys of the events that were new, None if all were."""
        rejected = {line: list(found) for line, found in groupby(self.rejected, lambda event: event.line)}
        lines = self.lines
        if new is not None:
            lines = lines[[key in new for key in self.delivery.events["key"].to_pylist()]]
        accepted = np.bincount(lines, minlength=len(self.captures)).tolist()
        warnings = self._warnings()
        for line, capture in enumerate(self.captures):
            bad = rejected.get(line, [])
            received = len(capture.events)
            yield Outcome(received, accepted[line], received - accepted[line] - len(bad), bad, warnings.get(line, []))

    def _warnings(self) -> dict[int, list[str]]:
        """Return the warnings about properties that were left out and event names outside the contract, by line."""
        warnings = {line: describe(found) for line, found in self.left_out.items()}
        names = self.delivery.events["event"]
        if set(names.unique().to_pylist()) <= EVENTS.keys():
            return warnings
        found = dict.fromkeys(
            (line, name) for line, name in zip(self.lines, names.to_pylist(), strict=True) if name not in EVENTS
        )
        for line, name in found:
            warnings.setdefault(line, []).append(
                f"{name!r} is not one of the nine events. It is kept, but is part of no metric."
            )
        return warnings


def judge_captures(captures: Sequence[Capture], project: int) -> JudgedCaptures:
    """Judge the captures of one project together; the first event of each identity counts."""
    now = datetime.now(UTC)
    key_ids = [capture.key.id for capture in captures]
    events = [
        (line, index, raw)
        for line, capture in enumerate(captures)
        if capture.problem is None
        for index, raw in enumerate(capture.events)
    ]
    judge_all = _judge_by_columns if len(events) > _ONE_BY_ONE_UP_TO_EVENTS else _judge_one_by_one
    rows, of_line, again, rejected, left_out = judge_all(events, project, now, key_ids)
    rejected += [
        Rejected(line, 0, capture.problem, raw)
        for line, capture in enumerate(captures)
        if capture.problem
        for raw in capture.events
    ]
    rejected.sort(key=lambda event: (event.line, event.index))
    bad = rows_of_rejected(rejected, project, now, write_keys=key_ids)
    unread: Counter[Unread] = Counter()
    for capture in captures:
        unread.update(capture.unread)
    all_left_out = sum(left_out.values(), LeftOuts())
    delivery = Delivery(
        rows, bad, again, {project: unread} if unread else {}, {project: all_left_out} if all_left_out else {}
    )
    return JudgedCaptures(captures, delivery, of_line, rejected, left_out)


def _judge_by_columns(events: Sequence[_Place], project: int, now: datetime, key_ids: Sequence[str]) -> _Verdicts:
    lines = RawLines.from_events(
        [raw for _, _, raw in events],
        np.array([line for line, _, _ in events], np.int64),
        np.array([index for _, index, _ in events], np.int32),
    )
    left_out: _LeftOut = {}
    assembly, rejected = validate_to_columns(
        [lines],
        Assumptions(now),
        open_batches=False,
        note_left_out=lambda line, found: note(left_out.setdefault(line, LeftOuts()), found),
    )
    good, repeated = assembly.event_table()
    again = event_rows(repeated, project, now, write_keys=key_ids) if len(repeated) else None
    return event_rows(good, project, now, write_keys=key_ids), good["line"].to_numpy(), again, rejected, left_out


def _judge_one_by_one(events: Sequence[_Place], project: int, now: datetime, key_ids: Sequence[str]) -> _Verdicts:
    first: dict[tuple[int, int], tuple[int, ValidEvent]] = {}
    repeated: list[tuple[int, ValidEvent]] = []
    rejected: list[Rejected] = []
    left_out: _LeftOut = {}
    for line, index, raw in events:
        match judge(raw, Assumptions(now)):
            case ValidEvent() as event:
                for found in event.left_out:
                    note(left_out.setdefault(line, LeftOuts()), found)
                if first.setdefault(event.key, (line, event))[1] is not event:
                    repeated.append((line, event))
            case Problem() as problem:
                rejected.append(Rejected(line, index, problem, raw))

    def rows(events: Collection[tuple[int, ValidEvent]]) -> pa.Table:
        return rows_of_valid_events([event for _, event in events], project, now, [key_ids[line] for line, _ in events])

    of_line = np.array([line for line, _ in first.values()], np.int64)
    return rows(first.values()), of_line, rows(repeated) if repeated else None, rejected, left_out
