"""What payloads of other systems held that was not understood: kept by project and import, counted and named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert  # DuckDB knows the same ON CONFLICT

from analytics.events.unread import Unread
from analytics.store.tables import unread as table

_OF_WEBHOOKS = ""
"""Stands in place of an import where a webhook brought something."""


@dataclass(frozen=True)
class UnreadCount:
    """How often something was not understood, and when it came last."""

    unread: Unread
    count: int
    last_seen: datetime


def note_unread(
    connection: Connection, project: int, found: Mapping[Unread, int], import_id: str = _OF_WEBHOOKS
) -> None:
    """Count what was not understood, in an order in which no two writers block each other."""
    for kind, count in sorted(found.items()):
        values = {"project": project, "import_id": import_id, **kind._asdict(), "count": count}
        new = insert(table).values(**values, last_seen=datetime.now(UTC))
        more = {"count": table.c.count + new.excluded.count, "last_seen": new.excluded.last_seen}
        connection.execute(new.on_conflict_do_update(index_elements=list(table.primary_key), set_=more))


def unread_of(connection: Connection, project: int) -> list[UnreadCount]:
    """Return what was not understood in a project, the commonest first."""
    kind = (table.c.system, table.c.what, table.c.name)
    count = func.sum(table.c.count)
    query = select(*kind, count, func.max(table.c.last_seen)).where(table.c.project == project).group_by(*kind)
    rows = connection.execute(query.order_by(count.desc(), *kind))
    return [UnreadCount(Unread(system, what, name), int(count), last) for system, what, name, count, last in rows]


def forget_unread(connection: Connection, project: int, import_id: str) -> None:
    """Take away what an import brought."""
    connection.execute(delete(table).where(table.c.project == project, table.c.import_id == import_id))
