"""Optional properties that could not be used, of stored events: how often, by project and import, with an example."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from analytics.events.left_out import LeftOut, LeftOuts
from analytics.store.counts import NO_IMPORT, add_counts
from analytics.store.tables import left_out as table


@dataclass(frozen=True)
class LeftOutCount:
    """How often a property was left out, what it held in one case, and when it came last."""

    left_out: LeftOut
    count: int
    last_seen: datetime


def note_left_out(
    connection: Connection, project: int, found: Mapping[LeftOut, int], import_id: str = NO_IMPORT
) -> None:
    """Count what was left out; of the values, the first is kept."""
    by_reason: LeftOuts = LeftOuts()
    values: dict[LeftOut, str] = {}
    for fields, count in sorted(found.items()):
        left_out = LeftOut(*fields)  # from a command in another process they come as plain tuples
        reason = left_out._replace(value="")
        by_reason[reason] += count
        values[reason] = values.get(reason) or left_out.value
    of_all = {"project": project, "import_id": import_id}
    rows = (
        {**of_all, **reason._asdict(), "value": values[reason], "count": count} for reason, count in by_reason.items()
    )
    add_counts(connection, table, rows)


def left_out_of(connection: Connection, project: int) -> list[LeftOutCount]:
    """Return what was left out of the events of a project, the commonest first."""
    kind = (table.c.event, table.c.field, table.c.message)
    count = func.sum(table.c.count)
    query = select(*kind, func.max(table.c.value), count, func.max(table.c.last_seen)).group_by(*kind)
    rows = connection.execute(query.where(table.c.project == project).order_by(count.desc(), *kind))
    return [LeftOutCount(LeftOut(*what), int(number), last) for *what, number, last in rows]
