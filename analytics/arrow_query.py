"""Queries of DuckDB over Arrow tables.

On a few rows, planning a query takes longer than running it: `Prepared` plans once.
"""

import atexit
from collections import defaultdict, deque
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

_PREPARED_UP_TO_ROWS = 10_000
"""Up to this many rows a prepared query is faster; more rows are scanned by several threads."""

_ROWS_AT_A_TIME = 16_384


class _Source:
    """The object that DuckDB asks for the rows each time a statement runs."""

    def __init__(self, rows: pa.Table) -> None:
        self.rows = rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.rows.__arrow_c_stream__(requested_schema)


class Prepared:
    """A statement that runs again and again over a table whose rows change each time."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, statement: str) -> None:
        """Take a cursor, the name that `statement` gives the table (not in use yet), and the table's columns."""
        self._nothing = schema.empty_table()
        self._source = _Source(self._nothing)
        self._cursor = cursor
        self._name = f"prepared_{name}"
        cursor.register(name, self._source)
        cursor.execute(f"PREPARE {self._name} AS {statement}")

    def query(self, rows: pa.Table) -> pa.Table:
        """Return what the query finds in `rows`."""
        self._source.rows = rows
        try:
            found: pa.Table = self._cursor.sql(f"EXECUTE {self._name}").to_arrow_table()
        finally:
            self._source.rows = self._nothing
        return found

    def run(self, rows: pa.Table) -> list[Any]:
        """Run the statement on `rows` and return the rows that it answers with."""
        self._source.rows = rows
        try:
            return self._cursor.execute(f"EXECUTE {self._name}").fetchall()
        finally:
            self._source.rows = self._nothing


def run_query(query: str, name: str, rows: pa.Table) -> pa.Table:
    """Return what a query finds in `rows`; the query calls this table `name`."""
    if len(rows) > _PREPARED_UP_TO_ROWS:
        return run_query_once(query, name, rows)
    idle = _idle[query, name, rows.schema]
    try:
        prepared = idle.pop()
    except IndexError:
        prepared = Prepared(_database().cursor(), name, rows.schema, query)
    try:
        return prepared.query(rows)
    finally:
        idle.append(prepared)


def run_query_once(query: str, name: str, rows: pa.Table) -> pa.Table:
    """Return the same for a query that will hardly be asked again: nothing is kept for it."""
    cursor = _database().cursor()
    cursor.register(name, pa.Table.from_batches(rows.to_batches(max_chunksize=_ROWS_AT_A_TIME), rows.schema))
    return cursor.sql(query).to_arrow_table()


_idle: defaultdict[tuple[str, str, pa.Schema], deque[Prepared]] = defaultdict(deque)
"""Prepared queries that no thread uses."""


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Return the database of this process, which has no tables of its own. Opening one takes a while."""
    database = duckdb.connect()
    atexit.register(_idle.clear)
    return database
