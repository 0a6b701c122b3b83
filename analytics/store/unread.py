"""What payloads of other systems held that was not understood: kept by project and import, counted and named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from analytics.events.unread import Unread
from analytics.store.counts import NO_IMPORT, add_counts
from analytics.store.tables import unread as table


@dataclass(frozen=True)
class UnreadCount:
    """How often something was not understood, and when it came last."""

    unread: Unread
    count: int
    last_seen: datetime


def note_unread(connection: Connection, project: int, found: Mapping[Unread, int], import_id: str = NO_IMPORT) -> None:
    """Count what was not understood."""
    of_all = {"project": project, "import_id": import_id}
    add_counts(connection, table, ({**of_all, **kind._asdict(), "count": count} for kind, count in found.items()))


def unread_of(connection: Connection, project: int) -> list[UnreadCount]:
    """Return what was not understood in a project, the commonest first."""
    kind = (table.c.system, table.c.what, table.c.name)
    count = func.sum(table.c.count)
    query = select(*kind, count, func.max(table.c.last_seen)).where(table.c.project == project).group_by(*kind)
    rows = connection.execute(query.order_by(count.desc(), *kind))
    return [UnreadCount(Unread(system, what, name), int(count), last) for system, what, name, count, last in rows]
