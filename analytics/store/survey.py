"""The survey of a store: what it holds, and what in its tables does not agree with what they promise."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
from sqlalchemy import Column, ColumnElement, Connection, Table, Text, Uuid, cast, func, select
from sqlalchemy.exc import DBAPIError

from analytics.store.database import StoreError
from analytics.store.event_store import EventStore
from analytics.store.rejected import RETRY
from analytics.store.schema import LATEST
from analytics.store.tables import (
    METADATA,
    events,
    imports,
    left_out,
    linked_ids,
    links,
    people,
    projects,
    read_keys,
    rejected_events,
    repeats,
    roles,
    schema_version,
    settings,
    sign_ins,
    unread,
    write_keys,
)


@dataclass(frozen=True)
class Survey:
    """The rows of each table, the events of each project by its number, and what is wrong, in a sentence each."""

    rows: dict[str, int]
    events_of: dict[int, int]
    faults: list[str]


def survey(store: EventStore) -> Survey:
    """Read all tables, and return what they hold and what is wrong; whether events fit their keys is not looked at.

    Raises:
        StoreError: if a table cannot be read; the message names it.
    """
    rows: dict[str, int] = {}
    for table in METADATA.sorted_tables:
        with reading(store, f"The table {table.name}") as connection:
            rows[table.name] = connection.scalar(select(func.count()).select_from(table)) or 0
    with reading(store, "The table events") as connection:
        of_projects = select(events.c.project, func.count().label("here")).group_by(events.c.project)
        events_of = {row.project: row.here for row in connection.execute(of_projects)}
        counted = connection.scalar(select(func.count()).select_from(events))
    faults = [f"events: there should be {counted:,}, and {sum(events_of.values()):,} can be read."]
    faults = faults if counted != sum(events_of.values()) else []
    for table, says, wrong in _RULES:
        with reading(store, f"The table {table.name}") as connection:
            faults += _broken(connection, table, says, wrong)
    with reading(store, "The table settings") as connection:
        faults += _unreadable_settings(connection)
        versions = list(connection.scalars(select(schema_version.c.version)))
    if versions != [LATEST]:
        faults.append(f"schema_version: it holds {versions} in place of [{LATEST}].")
    return Survey(rows, events_of, [*faults, *store.warnings()])


@contextmanager
def reading(store: EventStore, what: str) -> Iterator[Connection]:
    """Give a transaction that reads; an error says what cannot be read.

    Raises:
        StoreError: if it cannot.
    """
    try:
        with store.database.reading() as connection:
            yield connection
    except StoreError as error:
        raise StoreError(f"{what} cannot be read: {error}") from None
    except (DBAPIError, duckdb.Error) as error:
        cause = str(error.orig if isinstance(error, DBAPIError) else error)
        raise StoreError(f"{what} cannot be read: {cause.splitlines()[0]}") from None


def _broken(connection: Connection, table: Table, says: str, wrong: ColumnElement[bool]) -> list[str]:
    """Return a sentence if any rows break a rule, with the first column of one of them."""
    found = select(func.count(), func.min(cast(table.c[0], Text))).select_from(table).where(wrong)
    count, example = connection.execute(found).one()
    return [f"{table.name}: {count:,} {says}, such as {table.c[0].name} {example}."] if count else []


def _unreadable_settings(connection: Connection) -> Iterator[str]:
    for project, name, value in connection.execute(select(settings)):
        try:
            json.loads(value)
        except ValueError:
            yield f"settings: the value of {name} of project {project} is no JSON."


def _is_not_among(column: Column[object], known: Column[object]) -> ColumnElement[bool]:
    return column.is_not(None) & column.not_in(select(known))


def _comes_twice(column: Column[object]) -> ColumnElement[bool]:
    return column.in_(select(column).group_by(column).having(func.count() > 1))


def _brought_too_many() -> ColumnElement[bool]:
    """Return the condition for imports of which more events are stored than it had; some may have been mended since."""
    here = select(events.c.import_id, func.count().label("here")).group_by(events.c.import_id).subquery()
    other = imports.alias()
    too_many = select(other.c.id).join(here, here.c.import_id == other.c.id)
    return imports.c.id.in_(too_many.where(here.c.here > other.c.stored + other.c.rejected))


_UNDONE = select(imports.c.id).where(imports.c.undone_at.is_not(None))

_KEY_OF_REJECTED = cast(
    func.md5(cast(rejected_events.c.project, Text) + func.chr(31) + func.md5(rejected_events.c.raw)), Uuid
)
"""What `key_of_rejected` returns."""

_OF_PROJECTS = (
    events,
    links,
    linked_ids,
    rejected_events,
    imports,
    write_keys,
    repeats,
    unread,
    left_out,
    roles,
    read_keys,
)

_RULES: tuple[tuple[Table, str, ColumnElement[bool]], ...] = (
    *(
        (table, "are of a project that is not there", _is_not_among(table.c.project, projects.c.id))
        for table in _OF_PROJECTS
    ),
    *(
        (table, "came with a write key that is not there", _is_not_among(table.c.write_key, write_keys.c.id))
        for table in (events, rejected_events)
    ),
    *(
        (table, "came with an import that is not there", _is_not_among(table.c.import_id, imports.c.id))
        for table in (events, links, rejected_events)
    ),
    *(
        (table, "came with an import that was undone", table.c.import_id.in_(_UNDONE))
        for table in (events, links, rejected_events)
    ),
    *((table, "have a key that comes twice", _comes_twice(table.c[0])) for table in (events, rejected_events)),
    *(
        (table, "have an id that comes twice", _comes_twice(table.c[0]))
        for table in (projects, imports, write_keys, people, read_keys)
    ),
    *(
        (table, "are of a person who is not there", _is_not_among(table.c.person, people.c.id))
        for table in (roles, sign_ins)
    ),
    (rejected_events, "have a key that is not made of their bytes", rejected_events.c.key != _KEY_OF_REJECTED),
    (
        rejected_events,
        "are settled by an import that is not there",
        (rejected_events.c.settled_by != RETRY) & _is_not_among(rejected_events.c.settled_by, imports.c.id),
    ),
    (
        imports,
        "have numbers that do not add up",
        imports.c.received != imports.c.stored + imports.c.duplicates + imports.c.rejected,
    ),
    (imports, "have more events than they brought", _brought_too_many()),
    (write_keys, "have a digest that is none", func.length(write_keys.c.digest) != 64),
)
"""What must not be: the table, what its rows would say of themselves, and the condition."""
