"""Optional properties that could not be used, of stored events: how often, by project and import, with an example."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert  # DuckDB knows the same ON CONFLICT

from analytics.events.left_out import LeftOut, LeftOuts
from analytics.store.tables import left_out as table

_OF_REQUESTS = ""
"""Stands in place of an import where requests brought something."""


@dataclass(frozen=True)
class LeftOutCount:
    """How often a property was left out, what it held in one case, and when it came last."""

    left_out: LeftOut
    count: int
    last_seen: datetime


def note_left_out(
    connection: Connection, project: int, found: Mapping[LeftOut, int], import_id: str = _OF_REQUESTS
) -> None:
    """Count what was left out, in an order in which no two writers block each other; the first value is kept."""
    by_reason: LeftOuts = LeftOuts()
    values: dict[LeftOut, str] = {}
    for fields, count in sorted(found.items()):
        left_out = LeftOut(*fields)  # from a command in another process they come as plain tuples
        reason = left_out._replace(value="")
        by_reason[reason] += count
        values[reason] = values.get(reason) or left_out.value
    for reason, count in by_reason.items():
        row = {"project": project, "import_id": import_id, **reason._asdict(), "value": values[reason], "count": count}
        new = insert(table).values(**row, last_seen=datetime.now(UTC))
        more = {"count": table.c.count + new.excluded.count, "last_seen": new.excluded.last_seen}
        connection.execute(new.on_conflict_do_update(index_elements=list(table.primary_key), set_=more))


def left_out_of(connection: Connection, project: int) -> list[LeftOutCount]:
    """Return what was left out of the events of a project, the commonest first."""
    kind = (table.c.event, table.c.field, table.c.message)
    count = func.sum(table.c.count)
    query = select(*kind, func.max(table.c.value), count, func.max(table.c.last_seen)).group_by(*kind)
    rows = connection.execute(query.where(table.c.project == project).order_by(count.desc(), *kind))
    return [LeftOutCount(LeftOut(*what), int(number), last) for *what, number, last in rows]


def forget_left_out(connection: Connection, project: int, import_id: str) -> None:
    """Take away what an import brought."""
    connection.execute(delete(table).where(table.c.project == project, table.c.import_id == import_id))
