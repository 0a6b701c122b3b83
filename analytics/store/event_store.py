"""The event store: it keeps each event once and for ever, and returns all events or the new ones."""

import atexit
import secrets
import threading
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, delete, func, select, update

from analytics.events.contract import Assumptions
from analytics.events.left_out import LeftOuts
from analytics.events.rejected import Rejected
from analytics.events.unread import Unread
from analytics.events.validate import Validation
from analytics.settings import settings
from analytics.store import counts, customers, feed, rejected, repeats, unfiled
from analytics.store.ahead import EventsAhead, find_ahead_of_time
from analytics.store.audit import What, note
from analytics.store.beside import find_file
from analytics.store.copies import copy_path, remove_unfinished
from analytics.store.database import Database, KnownKeysError, StoreError, StoreFullError
from analytics.store.duckdb import DuckDBDatabase
from analytics.store.imports import Import, imports_of, note_import, note_undone
from analytics.store.left_out import LeftOutCount, left_out_of, note_left_out
from analytics.store.postgres import PostgresDatabase
from analytics.store.project_settings import ProjectSettings
from analytics.store.projects import Project, find_or_make_project
from analytics.store.rejected import Reason, RejectedChoice, RetryResult
from analytics.store.repeats import Repeat
from analytics.store.rows import KEY, event_rows, make_keys, rows_of_rejected, without_keys
from analytics.store.schema import prepare
from analytics.store.tables import events, links, projects, rejected_events
from analytics.store.unread import UnreadCount, note_unread, unread_of
from analytics.store.webhooks import Webhooks
from analytics.store.write_keys import WriteKeys, find_usable_ids, note_use


@dataclass(frozen=True)
class Delivery:
    """Rows of `events` and of `rejected_events` (see `rows.py`) that are kept in one transaction.

    `again` are further rows of `events`, with keys that occur in `events` already. By project, `unread` is what
    payloads of other systems held that was not understood, and `left_out` which optional properties were of no use.
    """

    events: pa.Table
    rejected: pa.Table
    again: pa.Table | None = None
    unread: Mapping[int, Mapping[Unread, int]] = field(default_factory=dict)
    left_out: Mapping[int, LeftOuts] = field(default_factory=dict)


class RevokedKeysError(Exception):
    """Some of the write keys were revoked; nothing was kept."""

    def __init__(self, key_ids: AbstractSet[str]) -> None:
        super().__init__(f"{len(key_ids)} write keys are revoked")
        self.key_ids = key_ids


class EventStore:
    """Events, rejected events, imports, write keys, webhooks and settings of all projects."""

    def __init__(self, database: Database) -> None:
        """Make or upgrade the tables; if that fails, the database is closed."""
        try:
            prepare(database)
            database.settle_restored()
            unfiled.file_old_events(database)
        except BaseException:
            database.close()
            raise
        if database.path:
            remove_unfinished(database.path)
        self.database = database
        self.keys = WriteKeys(database)
        self.webhooks = Webhooks(database)
        self.settings = ProjectSettings(database)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def answers(self) -> bool:
        """Return true after asking the database.

        Raises:
            StoreUnavailableError: if it does not answer, or can keep nothing more.
        """
        if not self.database.has_room:
            raise StoreFullError
        with self.database.reading() as connection:
            return connection.scalar(select(1)) == 1

    def warnings(self) -> list[str]:
        """Return in words what was found damaged or was lost, and what to do."""
        return self.database.warnings()

    def projects(self) -> list[Project]:
        """Return all projects, by name."""
        with self.database.reading() as connection:
            rows = connection.execute(select(projects.c.id, projects.c.name).order_by(projects.c.name))
            return [Project(*row) for row in rows]

    def project(self, name: str) -> Project:
        """Return the project of a name.

        Raises:
            StoreError: if there is none; the message names those that exist.
        """
        known = self.projects()
        for project in known:
            if project.name == name:
                return project
        names = ", ".join(project.name for project in known) or "none yet"
        raise StoreError(f"There is no project {name!r}; there are: {names}.")

    def create_project(self, name: str) -> Project:
        """Return the project of a name; it is made if there is none."""
        with self.database.writing() as connection:
            return Project(find_or_make_project(connection, name), name)

    def add(self, delivery: Delivery, write_keys: AbstractSet[str], used: AbstractSet[str]) -> frozenset[str] | None:
        """Keep what came with `write_keys` in one transaction, and return the keys of the events that were new.

        None means that all were new. Events that are known already stay as they are. The time of use is noted for the
        write keys in `used`.

        Raises:
            RevokedKeysError: if some of the write keys were revoked.
            StoreUnavailableError: if nothing could be kept.
        """
        try:
            return self._add(delivery, write_keys, used, all_new=True)
        except KnownKeysError:
            return self._add(delivery, write_keys, used, all_new=False)

    def _add(
        self, delivery: Delivery, write_keys: AbstractSet[str], used: AbstractSet[str], *, all_new: bool
    ) -> frozenset[str] | None:
        count = len(delivery.events)
        with self.database.writing() as connection:
            if revoked := write_keys - find_usable_ids(connection):
                raise RevokedKeysError(revoked)
            new, again, found = None, delivery.again, customers.links_of_rows(delivery.events, delivery.again)
            rows = customers.file_events(self.database, connection, delivery.events, found)
            if count and self.database.insert(connection, events, rows, all_new=all_new) < count:
                new = frozenset(connection.scalars(select(KEY).where(self.database.just_inserted(connection))))
                known = without_keys(rows, pa.array(new, pa.string()))
                again = pa.concat_tables([known, again]) if again else known
            if again:
                repeats.note_rows(self.database, connection, again["project"][0].as_py(), again)
            if len(delivery.rejected):
                self.database.insert(connection, rejected_events, delivery.rejected)
            for project, unread in delivery.unread.items():
                note_unread(connection, project, unread)
            for project, left_out in delivery.left_out.items():
                note_left_out(connection, project, left_out)
            if used:
                brought = used & set(delivery.events["write_key"].unique().to_pylist())
                note_use(connection, used, brought, datetime.now(UTC))
        return new

    def add_import(self, project: int, found: Validation, *, file: str, digest: str, who: str | None = None) -> Import:
        """Keep the events of a file and who imported it, all of it or nothing.

        Some earlier rejected events are settled by it: those that the file holds in a corrected form, and those that
        the same file brought before and that are valid now. `digest` is the hash of its bytes, empty if not known.
        """
        now = datetime.now(UTC)
        entry = secrets.token_hex(4)
        with self.database.writing() as connection:
            rows = event_rows(found.events, project, now, import_ids=entry)
            rows = customers.file_events(self.database, connection, rows, found.all_links, entry)
            stored = self.database.insert(connection, events, rows)
            repeats.note(connection, project, found.repeats)
            note_unread(connection, project, found.unread, entry)
            note_left_out(connection, project, found.left_out_properties, entry)
            if stored < len(rows):
                new = self.database.read(connection, select(KEY).where(self.database.just_inserted(connection)))
                repeats.note_rows(self.database, connection, project, without_keys(rows, new["key"]))
            rejected.settle(connection, project, found.mended, entry)
            came_before = rejected.settle_same_file(connection, project, digest, entry)
            bad = rows_of_rejected(found.rejected, project, now, import_ids=entry)
            self.database.insert(connection, rejected_events, bad)
            if came_before:
                rejected.reject_again(connection, project, found.rejected, entry)
            duplicates = len(found.events) - stored + found.duplicates
            done = Import(entry, project, file, who, now, found.received, stored, duplicates, len(found.rejected))
            note_import(connection, done, digest)
        return done

    def count_known(self, project: int, found: pd.DataFrame) -> int:
        """Return how many events of an event frame a project has already; each identity occurs once in the frame."""
        with self.database.reading() as connection:
            if not connection.scalar(select(events.c.key).where(events.c.project == project).limit(1)):
                return 0
            asked = make_keys(found["key_high"].to_numpy(), found["key_low"].to_numpy(), project)
            return self.database.count_of(connection, pa.chunked_array([asked]))

    def imports(self, project: int) -> list[Import]:
        """Return all imports of a project, including those that were undone, the newest first."""
        with self.database.reading() as connection:
            return imports_of(connection, project)

    def undo_import(self, project: int, import_id: str) -> int:
        """Remove the events and rejected events that an import stored, and return how many events were removed.

        Rejected events that it had settled are listed again. Customers whom nothing else joins are parted.

        Raises:
            StoreError: if there is no such import, or it was undone before.
        """
        with self.database.writing() as connection:
            self.database.lock_customers(connection, project, alone=True)
            note_undone(connection, project, import_id)
            rejected.forget_import(connection, project, import_id)
            counts.forget_counts(connection, project, import_id)
            return self._delete(connection, project, "import_id", import_id)

    def list_reasons(self, project: int) -> list[Reason]:
        """Return why events of a project are rejected, and how many for each reason, the commonest first."""
        with self.database.reading() as connection:
            return rejected.count_reasons(connection, project)

    def list_rejected(
        self, project: int, chosen: RejectedChoice = None, *, first: int = 0, most: int | None = None
    ) -> list[Rejected]:
        """Return rejected events of a project, `most` from the `first` one on (from 0), in the order they came."""
        with self.database.reading() as connection:
            return rejected.list_waiting(connection, project, chosen, first=first, most=most)

    def try_again(
        self,
        project: int,
        chosen: RejectedChoice = None,
        assumptions: Assumptions | None = None,
        mended: Mapping[str, bytes] | None = None,
    ) -> RetryResult:
        """Judge rejected events again: each is stored, or rejected with the new reason; all or nothing.

        `mended` are corrected bytes by id, which are judged instead of the bytes that came.
        """
        return rejected.try_again(self.database, project, chosen, assumptions or Assumptions(), mended or {})

    def find_ahead_of_time(self, project: int) -> list[EventsAhead]:
        """Return which events of a project say that they happened after they were received."""
        with self.database.reading() as connection:
            return find_ahead_of_time(connection, project)

    def repeats(self, project: int) -> list[Repeat]:
        """Return which events of a project came again, and in which fields they differed from what is stored."""
        with self.database.reading() as connection:
            return repeats.repeats_of(connection, project)

    def unread(self, project: int) -> list[UnreadCount]:
        """Return what payloads of other systems held that was not understood, the commonest first."""
        with self.database.reading() as connection:
            return unread_of(connection, project)

    def left_out(self, project: int) -> list[LeftOutCount]:
        """Return which optional properties of stored events could not be used, the commonest first."""
        with self.database.reading() as connection:
            return left_out_of(connection, project)

    def events(self, project: int, position: str | None = None) -> feed.Changes:
        """Return the events of a project: those after `position`, or all."""
        return feed.read_changes(self.database, project, position)

    def position(self, project: int) -> str:
        """Return the position after all events that a project has now."""
        with self.database.reading() as connection:
            return feed.position_now(self.database, connection, project)

    def count_up_to(self, project: int, position: str) -> tuple[int, datetime | None, int]:
        """Return how many events a project has up to a position, when the last of them arrived, and how many links.

        Another store, such as one restored from a backup, gives other values.
        """
        return feed.count_up_to(self.database, project, position)

    def copy_of(self, project: int) -> Path | None:
        """Return the path for a copy of a project's events, None without a file; deleting events removes the copy."""
        path = self.database.path
        return path and copy_path(path, project)

    def count(self, project: int) -> int:
        """Return how many events a project has."""
        with self.database.reading() as connection:
            return connection.scalar(select(func.count()).where(events.c.project == project)) or 0

    def delete_test_events(self, project: int) -> int:
        """Delete a project's test events and return how many there were."""
        with self.database.writing() as connection:
            self.database.lock_customers(connection, project, alone=True)
            count = self._delete(connection, project, "test", True)
            note(connection, What.TEST_EVENTS_DELETED, project, events=count)
        return count

    def _delete(self, connection: Connection, project: int, column: str, value: object) -> int:
        """Delete events and links by what a column holds; readers read all again. Return how many events these were."""
        if copy := self.copy_of(project):
            copy.unlink(missing_ok=True)
        chosen = events.c.project == project, events.c[column] == value
        count = connection.execute(delete(events).where(*chosen)).rowcount
        customers.forget_links(self.database, connection, project, links.c[column] == value)
        later = projects.c.generation + 1
        connection.execute(update(projects).where(projects.c.id == project).values(generation=later))
        return count


WHEN_OPENED: list[Callable[[EventStore], None]] = []
"""What is done with each store that `open_store` opens. What this registers with `atexit` comes before the closing."""

_opened: dict[str, EventStore] = {}
_opening = threading.Lock()


def open_store(url: str | None = None) -> EventStore:
    """Return the store at a URL, or at the URL of the settings. It is opened once per process and closed at its end.

    Raises:
        StoreError: where it cannot be opened, or the URL is not understood.
    """
    url = url or settings().store_url
    with _opening if find_file(url) else nullcontext():  # who waits for PostgreSQL need not wait for each other
        if url not in _opened:
            _opened[url] = store = open_store_at(url)
            atexit.register(store.close)
            for call in WHEN_OPENED:
                call(store)
        return _opened[url]


def open_store_at(url: str) -> EventStore:
    """Open the store at a URL.

    Raises:
        StoreError: where it cannot be opened, or the URL is not understood.
    """
    if file := find_file(url):
        return EventStore(DuckDBDatabase(file))
    return EventStore(PostgresDatabase(f"postgresql://{url.partition('://')[2]}"))
