"""Rejected events: why they cannot be used, and what becomes of them.

None is thrown away. One whose mended form has come, in a file or in place, is settled: it is listed no more, and
the same bytes are still known when they come again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert  # DuckDB knows the same ON CONFLICT

from analytics.events.contract import Assumptions
from analytics.events.judge import Problem, ValidEvent, judge
from analytics.events.tables.to_events import ONLY_IN_TABLES
from analytics.events.validate import Rejected
from analytics.store.database import Database
from analytics.store.rows import judged_rows, rejected_key
from analytics.store.tables import events, imports, rejected_events

TRIED_AGAIN = "again"

_KEYS_AT_A_TIME = 1_000

_C = rejected_events.c
_WAITING = _C.settled_by.is_(None)
_REASON = (_C.code, _C.field, _C.message, _C.event)


@dataclass(frozen=True)
class Reason:
    """Why events of one name are rejected, how many wait for it, and when the first and the last of them came."""

    code: str
    field: str
    message: str
    event: str | None
    count: int
    first_seen: datetime
    last_seen: datetime


Chosen = Reason | Collection[str] | None
"""Rejected events: those of a reason, those of these ids (see `Rejected.id`), or all."""


@dataclass(frozen=True)
class TriedAgain:
    """What became of rejected events that were tried again, by number."""

    stored: int
    duplicates: int
    rejected: int


def reasons(connection: Connection, project: int) -> list[Reason]:
    """Return why events of a project are rejected, the commonest first."""
    count = func.count()
    query = select(*_REASON, count, func.min(_C.received_at), func.max(_C.received_at))
    query = query.where(_C.project == project, _WAITING).group_by(*_REASON).order_by(count.desc(), *_REASON)
    return [Reason(*row) for row in connection.execute(query)]


def waiting(
    connection: Connection, project: int, chosen: Chosen, *, first: int = 0, most: int | None = None
) -> list[Rejected]:
    """Return rejected events in the order they came, from the `first` one on (from 0)."""
    return [_rejected(row) for row in _rows(connection, project, chosen, first=first, most=most)]


def settle(connection: Connection, project: int, ids: Iterable[str], by: str) -> set[UUID]:
    """Settle rejected events that wait, and return the keys of those that did."""
    settled: set[UUID] = set()
    for keys in _parts(UUID(rejected_key(known, project)) for known in ids):
        change = update(rejected_events).where(_C.key.in_(keys), _WAITING).values(settled_by=by)
        settled.update(connection.scalars(change.returning(_C.key)))
    return settled


def settle_same_file(connection: Connection, project: int, digest: str, by: str) -> bool:
    """Settle what a file of this digest brought before, and return whether there was any."""
    earlier = select(imports.c.id).where(
        imports.c.project == project, imports.c.digest == digest, imports.c.undone_at.is_(None)
    )
    change = update(rejected_events).where(_C.project == project, _C.import_id.in_(earlier), _WAITING)
    return bool(digest) and connection.execute(change.values(settled_by=by)).rowcount > 0


def reject_again(connection: Connection, project: int, rejected: Iterable[Rejected], settled_by: str | None) -> None:
    """Have rejected events wait, with these problems for reasons: those of them that something settled, or none."""
    by_problem: defaultdict[Problem, list[UUID]] = defaultdict(list)
    for event in rejected:
        by_problem[event.problem].append(UUID(rejected_key(event.id, project)))
    for problem, keys in by_problem.items():
        for part in _parts(keys):
            known = _C.key.in_(part), _C.settled_by.is_not_distinct_from(settled_by)
            connection.execute(update(rejected_events).where(*known).values(settled_by=None, **_reason(problem)))


def forget_import(connection: Connection, project: int, import_id: str) -> None:
    """Remove what an import brought; what it settled waits again."""
    own = _C.project == project
    connection.execute(delete(rejected_events).where(own, _C.import_id == import_id))
    connection.execute(update(rejected_events).where(own, _C.settled_by == import_id).values(settled_by=None))


def try_again(
    database: Database, project: int, chosen: Chosen, assumptions: Assumptions, mended: Mapping[str, bytes]
) -> TriedAgain:
    """Judge rejected events again: each is stored, or rejected with its newer reason; `mended` are bytes by id.

    One that is stored stays with the write key or the import that brought it. One that was mended and still cannot
    be used is kept in its newer form.
    """
    with database.reading() as connection:
        tried = [_Tried.of(row, assumptions, mended) for row in _rows(connection, project, chosen)]
    changed = {event.before.id: event for event in tried if event.is_settled}
    with database.writing() as connection:
        settled = settle(connection, project, changed, TRIED_AGAIN)
        mine = [event for known, event in changed.items() if UUID(rejected_key(known, project)) in settled]
        new = _store(database, connection, project, mine)
        for event in mine:
            if isinstance(event.found, Problem):
                _keep_mended(connection, event.row, event.now(event.found))
        others = [
            event.now(event.found)
            for event in tried
            if isinstance(event.found, Problem) and _reason(event.found) != _reason(event.before.problem)
        ]
        reject_again(connection, project, others, None)
    valid = sum(isinstance(event.found, ValidEvent) for event in tried)
    return TriedAgain(new, valid - new, len(tried) - valid)


@dataclass(frozen=True)
class _Tried:
    """A rejected event that was judged again: its row, what was judged, and what was found."""

    row: RowMapping
    before: Rejected
    raw: bytes
    found: ValidEvent | Problem

    @classmethod
    def of(cls, row: RowMapping, assumptions: Assumptions, mended: Mapping[str, bytes]) -> "_Tried":
        """Judge the event of a row; what only its table showed still holds, unless it was mended."""
        before = _rejected(row)
        raw = mended.get(before.id, before.raw)
        if before.problem.code in ONLY_IN_TABLES and raw == before.raw:
            return cls(row, before, raw, before.problem)
        return cls(row, before, raw, judge(raw, assumptions))

    @property
    def is_settled(self) -> bool:
        """Whether its row is, by another or by an event."""
        return self.raw != self.before.raw or isinstance(self.found, ValidEvent)

    def now(self, problem: Problem) -> Rejected:
        """Return it as it is rejected now."""
        return Rejected(self.before.line, self.before.index, problem, self.raw)


def _store(database: Database, connection: Connection, project: int, tried: Sequence[_Tried]) -> int:
    """Store those that are valid, the first of each identity, and return how many were new."""
    first: dict[tuple[int, int], _Tried] = {}
    valid: dict[tuple[int, int], ValidEvent] = {}
    for event in tried:
        if isinstance(event.found, ValidEvent):
            first.setdefault(event.found.key, event)
            valid.setdefault(event.found.key, event.found)
    origins = [event.row for event in first.values()]
    write_keys, import_ids = ([row[name] for row in origins] for name in ("write_key", "import_id"))
    rows = judged_rows(list(valid.values()), project, datetime.now(UTC), write_keys, import_ids)
    return database.insert(connection, events, rows) if len(rows) else 0


def _keep_mended(connection: Connection, row: RowMapping, event: Rejected) -> None:
    """Keep the newer form of a rejected event, from where the older came; it waits, also if it was known before."""
    newer = _reason(event.problem) | {"settled_by": None}
    key = UUID(rejected_key(event.id, row["project"]))
    values = dict(row) | newer | {"key": key, "raw": event.raw}
    connection.execute(insert(rejected_events).values(values).on_conflict_do_update(index_elements=["key"], set_=newer))


def _rows(
    connection: Connection, project: int, chosen: Chosen, *, first: int = 0, most: int | None = None
) -> list[RowMapping]:
    query = select(rejected_events).where(_C.project == project, _WAITING)
    query = query.order_by(_C.received_at, _C.line, _C.index, _C.key).offset(first).limit(most)
    if chosen is None or isinstance(chosen, Reason):
        return list(connection.execute(query.where(*_of_reason(chosen))).mappings())
    keys = (UUID(rejected_key(known, project)) for known in chosen)
    return [row for part in _parts(keys) for row in connection.execute(query.where(_C.key.in_(part))).mappings()]


def _of_reason(reason: Reason | None) -> list[ColumnElement[bool]]:
    if reason is None:
        return []
    return [column.is_not_distinct_from(getattr(reason, column.name)) for column in _REASON]


def _rejected(row: RowMapping) -> Rejected:
    problem = Problem(row["field"], row["code"], row["message"], row["event"])
    return Rejected(row["line"], row["index"], problem, row["raw"])


def _reason(problem: Problem) -> dict[str, str | None]:
    return {column.name: getattr(problem, column.name) for column in _REASON}


def _parts(keys: Iterable[UUID]) -> Iterator[list[UUID]]:
    """Yield keys in parts that one statement can name, in order, so that writers rarely meet."""
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), _KEYS_AT_A_TIME):
        yield ordered[start : start + _KEYS_AT_A_TIME]
