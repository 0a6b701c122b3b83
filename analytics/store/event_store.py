"""The event store: events in, once each and for ever; events out, all of them or what is new."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Text, cast, delete, func, insert, select, update

from analytics.events.validate import Validated
from analytics.settings import settings
from analytics.store.database import Database, StoreError
from analytics.store.duckdb import DuckDBDatabase
from analytics.store.postgres import PostgresDatabase
from analytics.store.projects import Project, project_id
from analytics.store.rows import event_frame, event_rows, keys, rejected_rows
from analytics.store.schema import prepare
from analytics.store.tables import EVENT_COLUMNS, events, imports, projects, rejected_events
from analytics.store.write_keys import WriteKeys


@dataclass(frozen=True)
class Delivery:
    """What validation found of events that came together for one project.

    `write_keys` are the ids of the keys that brought them, by the `line` of the event.
    """

    project: int
    found: Validated
    write_keys: Sequence[str | None] | None = None


@dataclass(frozen=True)
class Added:
    """How many events of a delivery were new; `lines` counts them by `line`, where that was asked for."""

    stored: int
    lines: Mapping[int, int]


@dataclass(frozen=True)
class Changes:
    """Events (an event frame) that came after a position, and the position to ask from next.

    `everything` says that these are all events of the project: what was kept before no longer holds.
    """

    events: pd.DataFrame
    position: str
    everything: bool


@dataclass(frozen=True)
class Import:
    """A file that was imported: its name, when, and what was found in it."""

    id: str
    project: int
    file: str
    imported_at: datetime
    received: int
    stored: int
    duplicates: int
    rejected: int


class EventStore:
    """Events, rejected events, imports, write keys and settings of all projects."""

    def __init__(self, database: Database) -> None:
        """Make or upgrade the tables."""
        prepare(database)
        self.database = database
        self.keys = WriteKeys(database)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def answers(self) -> bool:
        """Return true; the store is asked for it.

        Raises:
            StoreUnavailableError: where it does not answer.
        """
        with self.database.reading() as connection:
            return connection.scalar(select(1)) == 1

    def projects(self) -> list[Project]:
        """Return all projects, by name."""
        with self.database.reading() as connection:
            rows = connection.execute(select(projects.c.id, projects.c.name).order_by(projects.c.name))
            return [Project(*row) for row in rows]

    def project(self, name: str) -> Project:
        """Return the project of a name.

        Raises:
            StoreError: where there is none; the message names those there are.
        """
        known = self.projects()
        for project in known:
            if project.name == name:
                return project
        names = ", ".join(project.name for project in known) or "none yet"
        raise StoreError(f"There is no project {name!r}; there are: {names}.")

    def create_project(self, name: str) -> Project:
        """Return the project of a name, made where there is none."""
        with self.database.writing() as connection:
            return Project(project_id(connection, name), name)

    def add(self, deliveries: Sequence[Delivery], *, by_line: bool = False) -> list[Added]:
        """Keep events and rejected events in one transaction; what is known already is left as it is.

        Raises:
            StoreUnavailableError: where nothing could be kept.
        """
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            return [self._add(connection, delivery, now, by_line=by_line) for delivery in deliveries]

    def add_import(self, project: int, found: Validated, *, file: str, digest: str) -> Import:
        """Keep what was found in a file, and that it was; all of it or nothing."""
        now = datetime.now(UTC)
        entry = secrets.token_hex(4)
        with self.database.writing() as connection:
            rows = event_rows(found.events, project, now, import_id=entry)
            stored = self.database.insert(connection, events, rows, tell_keys=False).count
            self._reject(connection, Delivery(project, found), now, import_id=entry)
            done = Import(
                entry, project, file, now, found.received, stored,
                len(found.events) - stored + found.duplicates, len(found.rejected),
            )  # fmt: skip
            connection.execute(insert(imports).values(
                id=done.id, project=project, file=file, digest=digest, imported_at=now, received=done.received,
                stored=done.stored, duplicates=done.duplicates, rejected=done.rejected,
            ))  # fmt: skip
        return done

    def events(self, project: int, position: str | None = None) -> Changes:
        """Return the events of a project: those after `position`, or all."""
        with self.database.reading() as connection:
            generation = connection.scalar(select(projects.c.generation).where(projects.c.id == project)) or 0
            known, _, place = (position or "").partition("@")
            everything = known != str(generation)
            chosen = _EVENTS.where(events.c.project == project)
            if not everything:
                chosen = chosen.where(self.database.since(place))
            rows = self.database.read(connection, chosen)
            place = self.database.position(connection)
        return Changes(event_frame(rows, project), f"{generation}@{place}", everything)

    def count(self, project: int) -> int:
        """Return how many events a project has."""
        with self.database.reading() as connection:
            return connection.scalar(select(func.count()).where(events.c.project == project)) or 0

    def delete_test_events(self, project: int) -> int:
        """Delete a project's test events and return how many there were."""
        return self._delete(project, events.c.test)

    def _delete(self, project: int, chosen: Any) -> int:
        with self.database.writing() as connection:
            deleted = connection.execute(
                delete(events).where(events.c.project == project, chosen).returning(events.c.key)
            )
            count = len(deleted.all())
            connection.execute(
                update(projects).where(projects.c.id == project).values(generation=projects.c.generation + 1)
            )
        return count

    def _add(self, connection: Connection, delivery: Delivery, now: datetime, *, by_line: bool) -> Added:
        found = delivery.found
        added = Added(0, {})
        if len(found.events):
            rows = event_rows(found.events, delivery.project, now, write_keys=delivery.write_keys)
            inserted = self.database.insert(connection, events, rows, tell_keys=by_line)
            added = Added(inserted.count, _by_line(found.events, delivery.project, inserted.keys) if by_line else {})
        self._reject(connection, delivery, now)
        return added

    def _reject(
        self, connection: Connection, delivery: Delivery, now: datetime, *, import_id: str | None = None
    ) -> None:
        if delivery.found.rejected:
            rows = rejected_rows(
                delivery.found.rejected, delivery.project, now, write_keys=delivery.write_keys, import_id=import_id
            )
            self.database.insert(connection, rejected_events, rows, tell_keys=False)


_EVENTS = select(
    func.replace(cast(events.c.key, Text), "-", "").label("key"), *(events.c[name] for name in EVENT_COLUMNS)
)


def _by_line(frame: pd.DataFrame, project: int, inserted: frozenset[str]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for line, key in zip(frame["line"].tolist(), keys(frame, project).to_pylist(), strict=True):
        if key in inserted:
            counts[line] = counts.get(line, 0) + 1
    return counts


@cache
def open_store(url: str | None = None) -> EventStore:
    """Return the store at a URL, or the one of the settings; one per process and URL.

    Raises:
        StoreError: where it cannot be opened, or the URL is not understood.
    """
    url = url or settings().store_url
    kind, _, place = url.partition("://")
    if kind == "duckdb" and place.startswith("/"):
        return EventStore(DuckDBDatabase(Path(place[1:])))
    if kind.split("+")[0] in ("postgresql", "postgres"):
        return EventStore(PostgresDatabase(f"postgresql://{place}"))
    raise StoreError("The store's URL is not understood: duckdb:///path/to/file or postgresql://user@host/database.")
