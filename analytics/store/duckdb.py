"""The embedded store: one DuckDB file, one process, one writer at a time."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from duckdb_engine import ConnectionWrapper
from sqlalchemy import ColumnElement, Connection, Select, Table, create_engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from analytics.arrow_query import Prepared
from analytics.events.frame import ARROW
from analytics.store.beside import log_of
from analytics.store.commits import Commits
from analytics.store.database import Database, KnownKeysError, StoreClosedError, StoreDamagedError, StoreFullError
from analytics.store.duckdb_copy import copy_all
from analytics.store.duckdb_errors import cause_of, translate, translate_opening
from analytics.store.private_files import make_folder, make_private
from analytics.store.room import Room
from analytics.store.tables import events, links

_WAL_BYTES = "256MB"
"""The size of the log at which DuckDB writes it into the file; all commits wait while it does."""

_EVENTS_WORTH_A_JOIN = 5_000
"""From this many events on, one join with all stored events is faster than looking up each in the index."""

_ROWS_AT_A_TIME = 61_440
"""The rows that one thread inserts while another inserts the next ones: half a row group of DuckDB."""

_NUMBERED = "number_commit"


class DuckDBDatabase(Database):
    """A DuckDB file. Each transaction works on a cursor of the one connection that the process has."""

    def __init__(self, path: Path) -> None:
        """Open the file; if it does not exist, it is made with its folder.

        Raises:
            StoreError: if another process holds it, or it is not a DuckDB file.
        """
        self._path = path
        self._room = Room(path)
        self._writer = threading.Lock()
        self._opening = threading.Lock()
        self._base: duckdb.DuckDBPyConnection | None = None
        self._revision: int | None = None  # the latest given out; never again, so that readers miss nothing
        self._commits = Commits(path)
        self._damage = ""
        self._closed = False
        # A cursor is closed when it is given back, which ends its transaction: no need to reset it.
        self.engine = create_engine("duckdb://", creator=self._connect, poolclass=NullPool, pool_reset_on_return=None)
        # The writer's cursor stays open, for what it has prepared.
        self._writing = create_engine("duckdb://", creator=self._connect_writer, pool_size=1, pool_reset_on_return=None)
        self._writers_cursor: ConnectionWrapper | None = None
        self._open_base()

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def has_room(self) -> bool:
        """Whether the disk has room."""
        return self._room.is_left

    @property
    def free_bytes(self) -> int:
        """The bytes that are free on its disk."""
        return self._room.free

    def count_bytes(self) -> int:
        """Return the bytes of the file and of its log."""
        log = self._path.with_name(f"{self._path.name}.wal")
        return sum(file.stat().st_size for file in (self._path, log) if file.exists())

    def warnings(self) -> list[str]:
        """Return in words what was found damaged, which commits were lost, and what to do."""
        return [*filter(None, [self._damage]), *self._commits.warnings()]

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give the one write transaction."""
        with self._writer, self._translating_errors():
            with self._writing.begin() as connection:
                with _forgetting_undone(connection):
                    yield connection
                number = _number_commit(connection)
            self._commits.confirm(number)
            self._room.note_written()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a read transaction."""
        with self._translating_errors(), self.engine.connect() as connection:
            yield connection

    def lock_schema(self, connection: Connection) -> None:
        """Do nothing: no other process can open the file."""

    def lock_customers(self, connection: Connection, project: int, *, alone: bool) -> None:
        """Do nothing: there is one writer at a time."""

    def insert(self, connection: Connection, table: Table, rows: pa.Table, *, all_new: bool = False) -> int:
        """Insert the rows whose key is not there yet, and return how many these were."""
        if "revision" in table.c:
            latest = int(self.position(connection)) if self._revision is None else self._revision
            self._revision = latest + 1
            rows = rows.append_column("revision", pa.repeat(pa.scalar(self._revision, pa.int64()), len(rows)))
        try:
            return _insert(connection, table, rows, all_new=all_new)
        except duckdb.ConstraintException:
            if all_new:
                raise KnownKeysError from None
            raise

    def just_inserted(self, connection: Connection) -> ColumnElement[bool]:  # noqa: ARG002
        """Return the condition for the number of this commit, which is the latest given out."""
        return events.c.revision == self._revision

    def read(self, connection: Connection, query: Select[Any]) -> pa.Table:
        """Return what a query finds."""
        compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
        values = [compiled.params[name] for name in compiled.positiontup or ()]
        return _cursor(connection).sql(str(compiled), params=values).to_arrow_table()

    @contextmanager
    def asking(self, connection: Connection, keys: pa.ChunkedArray) -> Iterator[None]:
        """Have a table of these keys."""
        cursor = _cursor(connection)
        cursor.register("asked", pa.table({"key": keys}))
        try:
            yield
        finally:
            cursor.unregister("asked")

    def position(self, connection: Connection) -> str:
        """Return the number of the latest commit."""
        latest = (select(func.coalesce(func.max(table.c.revision), 0)).scalar_subquery() for table in (events, links))
        return str(connection.scalar(select(func.greatest(*latest))))

    def since(self, position: str, table: Table = events) -> ColumnElement[bool]:
        """Return the condition for later commits: there is one writer, so their numbers are in order."""
        return table.c.revision > int(position)

    def copy_to(self, file: Path) -> dict[str, int]:
        """Write all tables to a new file; whoever writes meanwhile waits for a moment at most."""
        with self._translating_errors(), self._open_base().cursor() as cursor:
            return copy_all(cursor, file)

    def close(self) -> None:
        """Close the file; the log is folded into it."""
        with self._writer, self._opening:
            self._writing.dispose()
            if self._base:
                self._base.close()
            self._base, self._closed = None, True
            self._commits.close()

    def _connect(self) -> ConnectionWrapper:
        return ConnectionWrapper(self._open_base().cursor())

    def _connect_writer(self) -> ConnectionWrapper:
        self._writers_cursor = self._connect()
        return self._writers_cursor

    def _open_base(self) -> duckdb.DuckDBPyConnection:
        with self._opening:
            if self._closed:
                raise StoreClosedError
            if self._base is None:
                self._base, latest = _open(self._path)
                self._commits.compare(latest)
            return self._base

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, duckdb.Error) as error:
            if isinstance(cause_of(error), duckdb.FatalException):
                self._abandon()
            if found := translate(error, self._path):
                if isinstance(found, StoreDamagedError):
                    self._damage = str(found)
                if isinstance(found, StoreFullError):
                    self._room.note_full()
                raise found from None
            raise

    def _abandon(self) -> None:
        """Close a database that has failed; the next call opens it again."""
        with self._opening:
            base, self._base = self._base, None
            cursor, self._writers_cursor = self._writers_cursor, None
            self._writing.dispose()
            for connection in (cursor, base):
                if connection:
                    _close_quietly(connection)
        gc.collect()  # else what is part of a cycle keeps the failed database open, and nobody can open it anew


def _close_quietly(connection: Any) -> None:
    with suppress(duckdb.Error):  # who reads yet comes to an end soon, as the database has failed
        connection.interrupt()
        connection.close()


def _open(path: Path) -> tuple[duckdb.DuckDBPyConnection, int]:
    """Return a connection to the file, and the number of the latest commit."""
    base = None
    try:
        make_folder(path.parent)
        base = duckdb.connect(str(path))
        make_private(path, log_of(path))
        base.execute(f"SET checkpoint_threshold = '{_WAL_BYTES}'")
        base.execute("SET TimeZone = 'UTC'")
        base.execute("CREATE SEQUENCE IF NOT EXISTS commit_number")
        return base, _latest_commit(base)
    except (OSError, duckdb.Error) as error:
        if base:
            _close_quietly(base)
        if isinstance(error, duckdb.FatalException):  # it has failed, and a thread that was reading holds it yet
            gc.collect()
        raise translate_opening(error, path) from None


def _latest_commit(base: duckdb.DuckDBPyConnection) -> int:
    """Return the number of the latest commit, 0 where there was none."""
    query = "SELECT coalesce(max(last_value), 0) FROM duckdb_sequences() WHERE sequence_name = 'commit_number'"
    ((number,),) = base.execute(query).fetchall()
    return int(number)


@contextmanager
def _forgetting_undone(connection: Connection) -> Iterator[None]:
    """Forget what is prepared in a transaction that fails: its tables go with it."""
    before = set(connection.info)
    try:
        yield
    except BaseException:
        for name in connection.info.keys() - before:
            del connection.info[name]
        raise


def _number_commit(connection: Connection) -> int:
    """Return the number of the commit that is about to be made: see `commits.py`."""
    cursor = _cursor(connection)
    if _NUMBERED not in connection.info:
        cursor.execute(f"PREPARE {_NUMBERED} AS SELECT nextval('commit_number')")
        connection.info[_NUMBERED] = True
    ((number,),) = cursor.execute(f"EXECUTE {_NUMBERED}").fetchall()
    return int(number)


def _insert(connection: Connection, table: Table, rows: pa.Table, *, all_new: bool) -> int:
    names = ", ".join(f'"{name}"' for name in rows.column_names)
    many = len(rows) >= _EVENTS_WORTH_A_JOIN
    source = f"{'many' if many else 'few'}_{'new_' if all_new else ''}{table.name}"
    query = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {source}"
    if not all_new:
        query += f" ANTI JOIN {table.name} USING (key)" if many and table is events else " ON CONFLICT DO NOTHING"
    cursor = _cursor(connection)
    if many:
        batches = rows.combine_chunks().to_batches(_ROWS_AT_A_TIME)
        cursor.register(source, pa.Table.from_batches(batches, rows.schema))
        ((count,),) = cursor.execute(query).fetchall()
        cursor.unregister(source)
    else:
        rows = rows.cast(pa.schema([(field.name, ARROW.get(field.name, field.type)) for field in rows.schema]))
        if source not in connection.info:
            connection.info[source] = Prepared(cursor, source, rows.schema, query)
        ((count,),) = connection.info[source].run(rows)
    return int(count)


def _cursor(connection: Connection) -> Any:
    """Return DuckDB's own connection, which understands Arrow. Results that were only partly read are closed."""
    cursor: Any = connection.connection.dbapi_connection
    cursor.complete()
    return cursor
