"""Tables of counts: how often something came, and when it came last, by project and what it was."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete
from sqlalchemy.dialects.postgresql import insert  # DuckDB knows the same ON CONFLICT

from analytics.store.tables import COUNTS_BY_IMPORT

NO_IMPORT = ""
"""Stands in place of an import where a request brought something."""


def add_counts(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add the `count` of each row to that of its key, in an order in which no two writers block each other.

    Other columns, such as an example, stay as they were first.
    """
    keys = [column.name for column in table.primary_key]
    for row in sorted(rows, key=lambda row: [row[name] for name in keys]):
        new = insert(table).values(**row, last_seen=datetime.now(UTC))
        more = {"count": table.c.count + new.excluded.count, "last_seen": new.excluded.last_seen}
        connection.execute(new.on_conflict_do_update(index_elements=keys, set_=more))


def forget_counts(connection: Connection, project: int, import_id: str) -> None:
    """Take away what an import brought."""
    for table in COUNTS_BY_IMPORT:
        connection.execute(delete(table).where(table.c.project == project, table.c.import_id == import_id))
