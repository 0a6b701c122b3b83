"""Copies of a DuckDB database: all its tables with their keys, in another file."""

import secrets
from contextlib import suppress
from pathlib import Path

import duckdb

from analytics.store.database import StoreError
from analytics.store.duckdb_errors import SAYS_FULL


def copy_all(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, int]:
    """Write all tables as they are at one moment to a new file, and return how many rows each of them has.

    Raises:
        StoreError: if it cannot be written.
    """
    copy = f"copy_{secrets.token_hex(4)}"
    try:
        connection.execute(f"ATTACH {_text(str(file))} AS {copy}")
        try:
            connection.begin()
            ((own,),) = connection.sql("SELECT current_database()").fetchall()
            rows = _count_rows(connection)
            connection.execute(f"COPY FROM DATABASE {_name(own)} TO {copy}")
            connection.commit()
        finally:
            with suppress(duckdb.Error):  # where it was committed
                connection.rollback()
            connection.execute(f"DETACH {copy}")  # which folds the log in; CHECKPOINT would take the store down with it
    except (duckdb.IOException, duckdb.TransactionException) as error:
        if SAYS_FULL in str(error):
            full = f"The disk of {file.parent} is full: make room on it, or choose another place."
            raise StoreError(full) from None
        raise StoreError(f"The store cannot be copied: {_in_one_line(error)}") from None
    return rows


def count_rows(file: Path) -> dict[str, int]:
    """Return how many rows each table has in a DuckDB file that no other process holds.

    Raises:
        StoreError: if it cannot be read.
    """
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            return _count_rows(connection)
    except duckdb.Error as error:
        raise StoreError(f"{file} cannot be read: {_in_one_line(error)}") from None


def _count_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    of_this = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY table_name"
    names = [name for (name,) in connection.sql(of_this).fetchall()]
    return {name: connection.sql(f"SELECT count(*) FROM {_name(name)}").fetchall()[0][0] for name in names}


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _in_one_line(error: duckdb.Error) -> str:
    return " ".join(str(error).split())
