"""Rejected events: why they cannot be used, and what happens to them.

None is thrown away. Once the corrected form of an event has come, from a file or from the page, it is settled: it is
no longer listed, but the same bytes are still known if they come again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import compress
from uuid import UUID

import numpy as np
import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert  # DuckDB knows the same ON CONFLICT

from analytics.events.contract import Assumptions
from analytics.events.customers import no_links
from analytics.events.judge import Problem
from analytics.events.left_out import LeftOuts, note
from analytics.events.raw_lines import RawLines
from analytics.events.rejected import Rejected
from analytics.events.tables.to_events import ONLY_IN_TABLES
from analytics.events.validate import validate_to_columns
from analytics.store import audit, customers
from analytics.store.database import Database
from analytics.store.left_out import note_left_out
from analytics.store.rows import event_rows, key_of_rejected
from analytics.store.tables import events, imports, rejected_events

RETRY = "again"

_KEYS_AT_A_TIME = 1_000
_ROWS_AT_A_TIME = 50_000

_AHEAD = "timestamp_in_future"

_C = rejected_events.c
_WAITING = _C.settled_by.is_(None)
_REASON = (_C.code, _C.field, _C.message, _C.event)


@dataclass(frozen=True)
class Reason:
    """Why events of one name are rejected, how many there are, and when the first and the last of them came."""

    code: str
    field: str
    message: str
    event: str | None
    count: int
    first_seen: datetime
    last_seen: datetime


RejectedChoice = Reason | Collection[str] | None
"""A choice of rejected events: those with a reason, those with these ids (see `Rejected.id`), or all."""


@dataclass(frozen=True)
class RetryResult:
    """The numbers of rejected events that were judged again: stored, duplicates, and still rejected."""

    stored: int
    duplicates: int
    rejected: int


def count_reasons(connection: Connection, project: int) -> list[Reason]:
    """Return why events of a project are rejected, the commonest first."""
    count = func.count()
    query = select(*_REASON, count, func.min(_C.received_at), func.max(_C.received_at))
    query = query.where(_C.project == project, _WAITING).group_by(*_REASON).order_by(count.desc(), *_REASON)
    return [Reason(*row) for row in connection.execute(query)]


def list_waiting(
    connection: Connection, project: int, chosen: RejectedChoice, *, first: int = 0, most: int | None = None
) -> list[Rejected]:
    """Return rejected events in the order they came, from the `first` one on (from 0)."""
    return [_to_rejected_event(row) for row in _select_rows(connection, project, chosen, first=first, most=most)]


def settle(connection: Connection, project: int, ids: Iterable[str], by: str) -> set[UUID]:
    """Settle rejected events that are not settled yet, and return their keys."""
    settled: set[UUID] = set()
    for keys in _in_parts(UUID(key_of_rejected(known, project)) for known in ids):
        change = update(rejected_events).where(_C.key.in_(keys), _WAITING).values(settled_by=by)
        settled.update(connection.scalars(change.returning(_C.key)))
    return settled


def settle_same_file(connection: Connection, project: int, digest: str, by: str) -> bool:
    """Settle the rejected events that a file of this digest brought before, and return whether there were any."""
    earlier = select(imports.c.id).where(
        imports.c.project == project, imports.c.digest == digest, imports.c.undone_at.is_(None)
    )
    change = update(rejected_events).where(_C.project == project, _C.import_id.in_(earlier), _WAITING)
    return bool(digest) and connection.execute(change.values(settled_by=by)).rowcount > 0


def reject_again(connection: Connection, project: int, rejected: Iterable[Rejected], settled_by: str | None) -> None:
    """List rejected events again, with their new problems as reasons; only those that `settled_by` settled."""
    by_problem: defaultdict[Problem, list[UUID]] = defaultdict(list)
    for event in rejected:
        by_problem[event.problem].append(UUID(key_of_rejected(event.id, project)))
    for problem, keys in by_problem.items():
        for part in _in_parts(keys):
            known = _C.key.in_(part), _C.settled_by.is_not_distinct_from(settled_by)
            connection.execute(
                update(rejected_events).where(*known).values(settled_by=None, **_reason_columns(problem))
            )


def forget_import(connection: Connection, project: int, import_id: str) -> None:
    """Remove the rejected events that an import brought; those that it settled are listed again."""
    own = _C.project == project
    connection.execute(delete(rejected_events).where(own, _C.import_id == import_id))
    connection.execute(update(rejected_events).where(own, _C.settled_by == import_id).values(settled_by=None))


def try_again(
    database: Database, project: int, chosen: RejectedChoice, assumptions: Assumptions, mended: Mapping[str, bytes]
) -> RetryResult:
    """Judge rejected events again: each is stored, or rejected with the new reason. `mended` are corrected bytes by id.

    A stored event belongs to the write key or the import that brought it. An event that was corrected and still cannot
    be used is kept in its new form.
    """
    with database.reading() as connection:
        rows = _select_rows(connection, project, chosen)
    judged = _judge_again(rows, assumptions, mended)
    with database.writing() as connection:
        done = _keep(database, connection, project, judged)
        audit.note(connection, audit.What.REJECTED_TRIED_AGAIN, project, stored=done.stored, rejected=done.rejected)
    return done


def judge_by_new_rules(database: Database, connection: Connection, project: int) -> RetryResult:
    """Judge all rejected events again by rules that may accept more, within a transaction.

    Those that were ahead of their time stay as they are: that time has passed since is no new rule.
    """
    stored = duplicates = rejected = 0
    while rows := _select_rows(connection, project, None, first=rejected, most=_ROWS_AT_A_TIME):
        timely = [row for row in rows if row["code"] != _AHEAD]
        done = _keep(database, connection, project, _judge_again(timely, Assumptions(), {}))
        stored, duplicates = stored + done.stored, duplicates + done.duplicates
        rejected += done.rejected + len(rows) - len(timely)
    return RetryResult(stored, duplicates, rejected)


def _keep(database: Database, connection: Connection, project: int, judged: "_JudgedAgain") -> RetryResult:
    """Store what is valid now, and note new reasons of what is not."""
    database.lock_customers(connection, project, alone=True)
    tried, valid = judged.tried, judged.valid
    rows = [event.row for event in tried]
    settled = settle(connection, project, (event.before.id for event in tried if event.is_changed), RETRY)
    mine = [event.row["key"] in settled for event in tried]
    new = _store(database, connection, rows, valid.filter(pa.array(mine, pa.bool_()).take(valid["line"])))
    for event in compress(tried, mine):
        if event.now:
            _keep_mended(connection, event.row, event.now)
    others = [event.now for event in tried if event.now and event.has_other_reason]
    reject_again(connection, project, others, None)
    for place, found in judged.left_out.items():
        if mine[place]:
            note_left_out(connection, project, found, rows[place]["import_id"] or "")
    rejected = sum(event.now is not None for event in tried)
    return RetryResult(new, len(tried) - rejected - new, rejected)


@dataclass(frozen=True)
class _RetriedEvent:
    """A rejected event that was judged again: as it was before, and as it is rejected now; None if it is valid."""

    row: RowMapping
    before: Rejected
    now: Rejected | None

    @property
    def is_changed(self) -> bool:
        """Whether a valid event or a corrected form replaces it."""
        return self.now is None or self.now.raw != self.before.raw

    @property
    def has_other_reason(self) -> bool:
        """Whether it is rejected for another reason than before."""
        return self.now is not None and _reason_columns(self.now.problem) != _reason_columns(self.before.problem)


@dataclass(frozen=True)
class _JudgedAgain:
    """The result of each of some rows, the valid events among them, and by row what was left out of its event.

    The valid events are an event frame in Arrow, in which `line` is a place in the rows.
    """

    tried: Sequence[_RetriedEvent]
    valid: pa.Table
    left_out: Mapping[int, LeftOuts]


def _judge_again(rows: Sequence[RowMapping], assumptions: Assumptions, mended: Mapping[str, bytes]) -> _JudgedAgain:
    """Judge rows of `rejected_events` again.

    A problem that only the event's table showed remains, unless the event was corrected.
    """
    before = [_to_rejected_event(row) for row in rows]
    raws = [mended.get(event.id, b"").strip() or event.raw for event in before]
    held = [
        not raw.strip() or (event.problem.code in ONLY_IN_TABLES and raw == event.raw)
        for event, raw in zip(before, raws, strict=True)
    ]
    problems = {place: before[place].problem for place in np.flatnonzero(held).tolist()}
    places = np.flatnonzero(~np.array(held, np.bool_))
    lines = RawLines.from_events([raws[place] for place in places], places, np.zeros(len(places), np.int32))
    left_out: dict[int, LeftOuts] = {}
    assembly, rejected = validate_to_columns(
        [lines],
        assumptions,
        open_batches=False,
        note_left_out=lambda place, found: note(left_out.setdefault(place, LeftOuts()), found),
    )
    problems |= {event.line: event.problem for event in rejected}
    now = [
        Rejected(event.line, event.index, problems[place], raws[place]) if place in problems else None
        for place, event in enumerate(before)
    ]
    tried = [_RetriedEvent(*each) for each in zip(rows, before, now, strict=True)]
    return _JudgedAgain(tried, assembly.event_table()[0], left_out)


def _store(database: Database, connection: Connection, rows: Sequence[RowMapping], valid: pa.Table) -> int:
    """Store valid events, each with the write key or import of its row, and return how many were new."""
    if not len(valid):
        return 0
    write_keys, import_ids = ([row[name] for row in rows] for name in ("write_key", "import_id"))
    project, now = rows[0]["project"], datetime.now(UTC)
    rows_of_events = event_rows(valid, project, now, write_keys=write_keys, import_ids=import_ids)
    customers.keep_links_of_rows(database, connection, project, rows_of_events)
    filed = customers.file_events(database, connection, rows_of_events, no_links())
    return database.insert(connection, events, filed)


def _keep_mended(connection: Connection, row: RowMapping, event: Rejected) -> None:
    """Keep the new form of a rejected event with the origin of the old one; it is listed, even if known before."""
    newer = _reason_columns(event.problem) | {"settled_by": None}
    key = UUID(key_of_rejected(event.id, row["project"]))
    values = dict(row) | newer | {"key": key, "raw": event.raw}
    connection.execute(insert(rejected_events).values(values).on_conflict_do_update(index_elements=["key"], set_=newer))


def _select_rows(
    connection: Connection, project: int, chosen: RejectedChoice, *, first: int = 0, most: int | None = None
) -> list[RowMapping]:
    query = select(rejected_events).where(_C.project == project, _WAITING)
    query = query.order_by(_C.received_at, _C.line, _C.index, _C.key).offset(first).limit(most)
    if chosen is None or isinstance(chosen, Reason):
        return list(connection.execute(query.where(*_conditions_of(chosen))).mappings())
    keys = (UUID(key_of_rejected(known, project)) for known in chosen)
    return [row for part in _in_parts(keys) for row in connection.execute(query.where(_C.key.in_(part))).mappings()]


def _conditions_of(reason: Reason | None) -> list[ColumnElement[bool]]:
    if reason is None:
        return []
    return [column.is_not_distinct_from(getattr(reason, column.name)) for column in _REASON]


def _to_rejected_event(row: RowMapping) -> Rejected:
    problem = Problem(row["field"], row["code"], row["message"], row["event"])
    return Rejected(row["line"], row["index"], problem, row["raw"])


def _reason_columns(problem: Problem) -> dict[str, str | None]:
    return {column.name: getattr(problem, column.name) for column in _REASON}


def _in_parts(keys: Iterable[UUID]) -> Iterator[list[UUID]]:
    """Yield keys in parts that fit into one statement; they are sorted, so that writers rarely block each other."""
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), _KEYS_AT_A_TIME):
        yield ordered[start : start + _KEYS_AT_A_TIME]
