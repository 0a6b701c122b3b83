"""Repeats: how many events came again, by name and by the fields in which they differ from the stored event."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyarrow as pa
from sqlalchemy import Connection, select

from analytics.events.frame import ARROW
from analytics.events.repeats import Repeats, find_repeats
from analytics.store.counts import add_counts
from analytics.store.database import Database
from analytics.store.rows import EVENTS, event_frame
from analytics.store.tables import EVENT_COLUMNS, events
from analytics.store.tables import repeats as table

_READ_BY_KEY_UP_TO_ROWS = 5_000
_KEYS_AT_A_TIME = 1_000
_BETWEEN = ", "
_SCHEMA = pa.schema([("key", pa.string()), *((name, ARROW[name]) for name in EVENT_COLUMNS)])


@dataclass(frozen=True)
class Repeat:
    """Events of one name that came again: their number, the latest time, and the fields that differ; () if none."""

    event: str
    fields: tuple[str, ...]
    count: int
    last_seen: datetime


def repeats_of(connection: Connection, project: int) -> list[Repeat]:
    """Return the repeats of a project: first those that differ, then by number."""
    query = select(table.c.event, table.c.fields, table.c.count, table.c.last_seen).where(table.c.project == project)
    found = [
        Repeat(event, tuple(fields.split(_BETWEEN)) if fields else (), count, last_seen)
        for event, fields, count, last_seen in connection.execute(query)
    ]
    return sorted(found, key=lambda repeat: (not repeat.fields, -repeat.count, repeat.event, repeat.fields))


def note_rows(database: Database, connection: Connection, project: int, again: pa.Table) -> None:
    """Compare rows of `events` that came again with the stored ones, and note the result."""
    found = Repeats()
    for asked, stored in _pair_with_stored(database, connection, again):
        both = pa.concat_tables([stored.cast(_SCHEMA), asked.cast(_SCHEMA)])
        found += find_repeats(event_frame(both, project))
    note(connection, project, found)


def note(connection: Connection, project: int, found: Repeats) -> None:
    """Note repeats."""
    rows = (
        {"project": project, "event": event, "fields": _BETWEEN.join(fields), "count": count}
        for (event, fields), count in found.items()
    )
    add_counts(connection, table, rows)


def _pair_with_stored(
    database: Database, connection: Connection, again: pa.Table
) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Yield rows that came again, and the stored rows with the same keys; both with the columns of `EVENTS`."""
    again = again.select(_SCHEMA.names)
    if len(again) > _READ_BY_KEY_UP_TO_ROWS:
        yield again, database.rows_of(connection, again["key"])
        return
    for start in range(0, len(again), _KEYS_AT_A_TIME):
        part = again.slice(start, _KEYS_AT_A_TIME)
        keys = [UUID(key) for key in part["key"].to_pylist()]
        yield part, database.read(connection, EVENTS.where(events.c.key.in_(keys)))
