"""The team store: PostgreSQL, which several processes may write at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any

import psycopg
import pyarrow as pa
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    cast,
    create_engine,
    event,
    func,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import UserDefinedType

from analytics.store.database import Database, StoreFullError, StoreUnavailableError
from analytics.store.heartbeat import Heartbeat
from analytics.store.postgres_copy import copy_if_new, copy_rows, quoted_names, read_rows
from analytics.store.tables import events, links, projects

_CONNECT_SECONDS = 3
_KNOCK_SECONDS = 2
_PATIENCE_SECONDS = 4.0
_ANSWER_SECONDS = 300
_EVENTS_WORTH_A_TRY = 5_000
"""From this many events on, it pays to try whether all of them are new."""

_BEFORE_ALL = 0
"""The revision of what was there before every transaction of this cluster."""

_NO_ANSWER = "The event store, PostgreSQL, does not answer."

_SCHEMA_LOCK = 7_201_904_113  # any number that no other program on this database uses
_CUSTOMERS_LOCK = 720_190_411  # the same, beside the number of a project


class _Snapshot(UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "pg_snapshot"


class _Xid8(UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


class PostgresDatabase(Database):
    """A PostgreSQL database (14 or later)."""

    def __init__(self, url: str) -> None:
        """Take the URL; nothing is opened yet."""
        self.engine = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_pre_ping=True,
            pool_size=4,
            max_overflow=8,
            pool_timeout=_CONNECT_SECONDS,
            connect_args={
                "connect_timeout": _CONNECT_SECONDS,
                "options": f"-c timezone=UTC -c statement_timeout={_ANSWER_SECONDS * 1000}",
            },
        )
        self._full = False
        self._heartbeat = Heartbeat(lambda: psycopg.connect(url, connect_timeout=_KNOCK_SECONDS).close())
        event.listen(self.engine, "connect", self._heartbeat.note)
        event.listen(self.engine, "checkin", self._close_if_late)
        self._is_closed = False
        self._one_snapshot = self.engine.execution_options(isolation_level="REPEATABLE READ")

    @property
    def has_room(self) -> bool:
        """Whether the latest transaction that wrote found room."""
        return not self._full

    def count_bytes(self) -> int:
        """Return the bytes of the database."""
        with self.reading() as connection:
            return int(connection.scalar(select(func.pg_database_size(func.current_database()))) or 0)

    @property
    def patience(self) -> float:
        """The seconds in which a commit of a few events should be done; the server may hang."""
        return _PATIENCE_SECONDS

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a write transaction; writers that bring the same events wait for each other."""
        try:
            with self._answering(), self.engine.begin() as connection:
                yield connection
        except StoreFullError:
            self._full = True
            raise
        self._full = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a read transaction, which sees one snapshot."""
        with self._answering(), self._one_snapshot.begin() as connection:
            yield connection

    def lock_schema(self, connection: Connection) -> None:
        """Keep other processes from making or upgrading tables until this transaction ends."""
        connection.execute(select(func.pg_advisory_xact_lock(_SCHEMA_LOCK)))

    def lock_customers(self, connection: Connection, project: int, *, alone: bool) -> None:
        """Let others file events at the same time, or nobody."""
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        connection.execute(select(lock(_CUSTOMERS_LOCK, project)))

    def insert(self, connection: Connection, table: Table, rows: pa.Table, *, all_new: bool = False) -> int:
        """Insert the rows whose key is not there yet, in the order of keys, so that no two writers block each other."""
        if "revision" in table.c:
            revision = connection.scalar(select(_OWN_ID))
            rows = rows.append_column("revision", pa.repeat(pa.scalar(revision, pa.int64()), len(rows)))
        many = table is events and (all_new or len(rows) >= _EVENTS_WORTH_A_TRY)
        if many and copy_if_new(connection, table, rows):
            return len(rows)
        staging = f"new_{table.name}"
        connection.execute(text(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {staging} (LIKE {table.name}) ON COMMIT DELETE ROWS"
        ))  # fmt: skip
        copy_rows(connection, staging, rows)
        names = quoted_names(rows)
        query = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {staging} ORDER BY key ON CONFLICT DO NOTHING"
        return connection.execute(text(query)).rowcount

    def just_inserted(self, connection: Connection) -> ColumnElement[bool]:  # noqa: ARG002
        """Return the condition for this transaction's id."""
        return events.c.revision == _OWN_ID

    def read(self, connection: Connection, query: Select[Any]) -> pa.Table:
        """Return what a query finds."""
        return read_rows(connection, query)

    @contextmanager
    def asking(self, connection: Connection, keys: pa.ChunkedArray) -> Iterator[None]:
        """Have a table of these keys."""
        connection.execute(text("CREATE TEMPORARY TABLE IF NOT EXISTS asked (key uuid) ON COMMIT DELETE ROWS"))
        copy_rows(connection, "asked", pa.table({"key": keys}))
        connection.execute(text("ANALYZE asked"))
        yield

    def era(self, connection: Connection) -> str:
        """Return the cluster, its timeline, and the file of the events, which a restore makes anew."""
        return str(connection.scalar(select(_ERA)))

    def settle_restored(self) -> None:
        """Give events a revision before all others where theirs is of a transaction that is yet to come here.

        A dump holds the transaction ids of the cluster that it was made from.
        """
        next_id = cast(cast(func.pg_snapshot_xmax(func.pg_current_snapshot()), Text), BigInteger)
        with self.writing() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))  # it may be all events, and is done once
            for table in (events, links):
                of_projects = table.c.project.in_(select(projects.c.id))  # so that the index finds them
                ahead = update(table).where(of_projects, table.c.revision >= next_id)
                connection.execute(ahead.values(revision=_BEFORE_ALL))

    def position(self, connection: Connection) -> str:
        """Return the snapshot that this transaction sees."""
        return str(connection.scalar(select(cast(func.pg_current_snapshot(), Text))))

    def since(self, position: str, table: Table = events) -> ColumnElement[bool]:
        """Return the condition for everything that a snapshot did not see, however late it was committed."""
        oldest_unseen = int(position.partition(":")[0])
        seen = func.pg_visible_in_snapshot(cast(cast(table.c.revision, Text), _Xid8), cast(position, _Snapshot))
        return (table.c.revision >= oldest_unseen) & ~seen

    def close(self) -> None:
        """Close the connections that wait for work, and each that still works as soon as it is done."""
        self._is_closed = True
        self._heartbeat.close()
        self.engine.dispose()

    def _close_if_late(self, _: object, entry: ConnectionPoolEntry) -> None:
        if self._is_closed:
            entry.invalidate()

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Have a server that answers; where it does not, or stops doing so, that is said."""
        if self._heartbeat.is_silent:
            raise StoreUnavailableError(_NO_ANSWER)
        with _translating_errors(), self._heartbeat.watching():
            yield


def dump_command(url: str, target: Path) -> str:
    """Return how the database at a URL is dumped to a file."""
    return f"pg_dump --format=custom --file={quote(str(target))} --dbname={_without_password(url)}"


def restore_command(url: str, source: Path) -> str:
    """Return how a dump is restored into the database at a URL, which must be empty."""
    return f"pg_restore --no-owner --single-transaction --dbname={_without_password(url)} {quote(str(source))}"


def _without_password(url: str) -> str:
    """Return a URL as PostgreSQL's own programs take it in a shell; they ask for the password, or find it elsewhere."""
    plain = (
        make_url(f"postgresql://{url.partition('://')[2]}")
        ._replace(password=None)
        .difference_update_query(["password"])
    )
    return quote(plain.render_as_string())


@contextmanager
def _translating_errors() -> Iterator[None]:
    try:
        yield
    except PoolTimeoutError:
        raise StoreUnavailableError("All connections to the event store, PostgreSQL, are in use.") from None
    except (DBAPIError, psycopg.OperationalError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, psycopg.errors.DiskFull):
            raise StoreFullError from None
        if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError) or _is_cut_off(error):
            raise StoreUnavailableError(_NO_ANSWER) from None
        raise


def _is_cut_off(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated


_OWN_ID = cast(cast(func.pg_current_xact_id(), Text), BigInteger)
"""The id of the transaction."""

_ERA = func.concat_ws(
    ".",
    text("(SELECT system_identifier FROM pg_control_system())"),
    text("(SELECT timeline_id FROM pg_control_checkpoint())"),
    func.pg_relation_filenode(events.name),
)
