"""Rows on their way into PostgreSQL and out of it, as CSV in its `COPY`, which is its fastest way."""

import io
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv
from sqlalchemy import Connection, Select, Table

from analytics.events.columns.instants import text_bytes
from analytics.store.tables import SQL_TYPES

_ROWS_AT_A_TIME = 50_000
_ARROW = {type(sql): kind.arrow for kind, sql in SQL_TYPES.items()}
"""As what Arrow reads each type; others are read as texts."""


def copy_if_new(connection: Connection, table: Table, rows: pa.Table) -> bool:
    """Insert all rows and return true, or insert none and return false if a key is known.

    It takes a third of the time of `ON CONFLICT`. Keys are spread evenly, so if several are known, the first is met
    early and little time is lost.
    """
    try:
        with connection.begin_nested():
            copy_rows(connection, table.name, rows)
    except psycopg.errors.UniqueViolation:
        return False
    return True


def copy_rows(connection: Connection, table: str, rows: pa.Table) -> None:
    """Copy rows into a table in the order of their keys; meanwhile a thread writes the next part as CSV."""
    order = _sort_by_key(rows)
    rows = rows.combine_chunks()
    parts = [order[start : start + _ROWS_AT_A_TIME] for start in range(0, len(order), _ROWS_AT_A_TIME)]
    query = f"COPY {table} ({quoted_names(rows)}) FROM STDIN (FORMAT csv)"
    with ThreadPoolExecutor(1) as thread, _cursor(connection).copy(query) as copy:
        ahead: deque[Future[bytes]] = deque()
        for part in parts:
            ahead.append(thread.submit(_to_csv, rows, part))
            if len(ahead) > 1:
                copy.write(ahead.popleft().result())
        for csv in ahead:
            copy.write(csv.result())


def read_rows(connection: Connection, query: Select[Any]) -> pa.Table:
    """Return what a query finds."""
    compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
    with _cursor(connection).copy(f"COPY ({compiled}) TO STDOUT (FORMAT csv)", compiled.params) as copy:
        found = _with_nul(b"".join(copy))
    names = [column.name for column in query.selected_columns]
    kinds = {column.name: _ARROW.get(type(column.type), pa.string()) for column in query.selected_columns}
    if not found:
        return pa.schema(kinds.items()).empty_table()
    return pa_csv.read_csv(
        pa.BufferReader(found),
        read_options=pa_csv.ReadOptions(column_names=names, block_size=16 * 2**20),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=kinds,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def quoted_names(rows: pa.Table) -> str:
    """Return the names of the columns as SQL takes them."""
    return ", ".join(f'"{name}"' for name in rows.column_names)


def _sort_by_key(rows: pa.Table) -> npt.NDArray[np.intp]:
    data, offsets = text_bytes(rows["key"].combine_chunks())
    return np.argsort(data[offsets[0] : offsets[-1]].view("S32"), kind="stable")


def _cursor(connection: Connection) -> Any:
    return connection.connection.dbapi_connection.cursor()  # type: ignore[union-attr]


def _to_csv(table: pa.Table, places: npt.NDArray[np.intp]) -> bytes:
    """Return the rows at these places as CSV; missing values stand without quotes."""
    buffer = io.BytesIO()
    rows = table.take(pa.array(places))
    columns = {name: _to_csv_column(rows[name]) for name in rows.column_names}
    pa_csv.write_csv(pa.table(columns), buffer, pa_csv.WriteOptions(include_header=False, quoting_style="all_valid"))
    return _without_nul(buffer.getvalue())


def _to_csv_column(column: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Return a column in a form that Arrow writes fast and PostgreSQL understands."""
    if pa.types.is_binary(column.type):
        return pa.array([None if raw is None else "\\x" + raw.hex() for raw in column.to_pylist()], pa.string())
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("us"))  # in UTC, as the connection
    return column


_MARK = "\N{SYMBOL FOR NULL}".encode()


def _without_nul(text: bytes) -> bytes:
    """Return a text without NUL, which PostgreSQL cannot store: NUL becomes a mark and 0, the mark a mark and 1."""
    return text.replace(_MARK, _MARK + b"1").replace(b"\x00", _MARK + b"0")


def _with_nul(text: bytes) -> bytes:
    """Return the original of a text from `_without_nul`."""
    return text.replace(_MARK + b"0", b"\x00").replace(_MARK + b"1", _MARK)
